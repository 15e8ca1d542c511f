package dev.anabranch.fraud.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.anabranch.batch.model.HeldOut;
import dev.anabranch.batch.model.HeldOut.HeldOutRow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class CardPrecisionTest {
    private static final long DAY = Duration.ofDays(1).toMillis();
    private static final Offset<Double> EXACT = within(1e-12);

    private final List<HeldOutRow> rows = new ArrayList<>();
    private final List<Double> scores = new ArrayList<>();

    @Test
    void itIsTheShareOfCompromisedCardsAmongTheWorst() {
        payment(0, "a", 0.9, true);
        payment(0, "b", 0.8, false);
        payment(0, "c", 0.7, true);

        assertThat(precisionAt(2)).isCloseTo(1 / 2.0, EXACT);
        assertThat(precisionAt(3)).isCloseTo(2 / 3.0, EXACT);
    }

    @Test
    void aCardCountsOnceADayWithItsWorstPaymentAndAnyFraud() {
        payment(0, "a", 0.9, false);
        payment(0, "a", 0.1, true); // found by its other payment
        payment(0, "b", 0.8, false);
        payment(0, "b", 0.7, false);
        payment(0, "c", 0.6, true);

        assertThat(precisionAt(2)).isCloseTo(1 / 2.0, EXACT);
        assertThat(precisionAt(3)).isCloseTo(2 / 3.0, EXACT);
    }

    @Test
    void aCardThatWasFoundIsNotLookedAtAgain() {
        payment(0, "a", 0.9, true);
        payment(0, "b", 0.1, false);
        payment(1, "a", 0.9, true); // blocked since yesterday
        payment(1, "b", 0.5, true);
        payment(1, "c", 0.4, false);

        assertThat(precisionAt(1)).isCloseTo((1 + 1) / 2.0, EXACT);
    }

    @Test
    void aCardThatWasLookedAtInVainComesAgain() {
        payment(0, "a", 0.9, false);
        payment(1, "a", 0.9, true);

        assertThat(precisionAt(1)).isCloseTo((0 + 1) / 2.0, EXACT);
    }

    @Test
    void fewerCardsThanMayBeLookedAtStillCountAgainstAll() {
        payment(0, "a", 0.9, true);

        assertThat(precisionAt(100)).isCloseTo(1 / 100.0, EXACT);
    }

    private void payment(long day, String card, double score, boolean fraud) {
        // Times rise, so the rows keep the order of the scores.
        rows.add(new HeldOutRow("p-" + rows.size(), day * DAY + rows.size(), card, fraud ? 1 : 0, new double[0]));
        scores.add(score);
    }

    private double precisionAt(int k) {
        return CardPrecision.at(
                k,
                new HeldOut(rows),
                scores.stream().mapToDouble(Double::doubleValue).toArray());
    }
}
