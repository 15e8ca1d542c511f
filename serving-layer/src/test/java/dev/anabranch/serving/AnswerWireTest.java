package dev.anabranch.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.fraud.CustomerActivity;
import dev.anabranch.fraud.FraudViews;
import dev.anabranch.view.Cut;
import dev.anabranch.view.Origin;
import dev.anabranch.view.Reading;
import dev.anabranch.view.WindowValues;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class AnswerWireTest {
    private static final long AT = 1_700_000_000_000L;

    @Property
    void whatAnotherReplicaReadsEqualsWhatThisOneKnows(@ForAll("answers") Answer<CustomerActivity> answer) {
        byte[] sent = AnswerWire.write(answer);

        assertThat(AnswerWire.read(FraudViews.CUSTOMER, answer.reading().entity(), AT, sent))
                .isEqualTo(answer);
    }

    @Test
    void anAnswerAboutAnotherViewIsRefused() {
        byte[] sent = AnswerWire.write(answer(List.of(1L, 2L, 3L), "", 7, true));

        assertThatThrownBy(() -> AnswerWire.read(FraudViews.TERMINAL, "ann", AT, sent))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("must run the declaration of fraud.terminal");
    }

    @Test
    void anAnswerThatIsCutShortIsRefused() {
        byte[] sent = AnswerWire.write(answer(List.of(1L, 2L, 3L), "", 7, true));

        assertThatThrownBy(() -> AnswerWire.read(FraudViews.CUSTOMER, "ann", AT, Arrays.copyOf(sent, sent.length - 3)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("Not an answer about fraud.customer");
    }

    @Provide
    Arbitrary<Answer<CustomerActivity>> answers() {
        return Combinators.combine(
                        Arbitraries.longs().between(0, 1L << 40).list().ofSize(3),
                        Arbitraries.of("", "pruned"),
                        Arbitraries.longs().between(0, 1_000),
                        Arbitraries.of(true, false))
                .as(AnswerWireTest::answer);
    }

    private static Answer<CustomerActivity> answer(List<Long> cents, String inexact, long generation, boolean seen) {
        WindowValues<CustomerActivity> part = new WindowValues<>(
                FraudViews.CUSTOMER,
                AT,
                cents.stream().map(c -> new CustomerActivity(c % 7, c)).toList());
        Origin origin = new Origin("events.transaction", 3);
        Reading<CustomerActivity> reading = new Reading<>(
                "ann",
                part,
                part,
                part.plus(part),
                generation,
                Cut.of(Map.of(origin, generation * 1024)),
                generation * 10,
                new TreeMap<>(Map.of(origin, generation * 1024 + 5)),
                inexact.isEmpty() ? Optional.empty() : Optional.of(inexact));
        return new Answer<>(reading, seen, new Freshness(generation, generation + 1), !seen);
    }
}
