package dev.anabranch.quality;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.view.Tiles;
import dev.anabranch.view.View;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.LongStream;
import net.jqwik.api.Example;

class OutcomeSumsTest {
    @Example
    void anOutcomeCountsByItsScoreAndByWhatWasAtStake() {
        assertThat(OutcomeSums.of(outcome(0.25, true, false, 4_000L)))
                .isEqualTo(new OutcomeSums(ScoreHistogram.of(0.25, true), ErrorSums.of(1_000, 4_000)));
        assertThat(OutcomeSums.of(outcome(0.25, true, false, null)))
                .as("a score that stands for no amount")
                .isEqualTo(new OutcomeSums(ScoreHistogram.of(0.25, true), ErrorSums.MONOID.empty()));
    }

    @Example
    void aCorrectionTakesBothBack() {
        OutcomeSums first = OutcomeSums.of(outcome(0.25, true, false, 4_000L));
        OutcomeSums second = OutcomeSums.of(outcome(0.25, false, true, 4_000L));

        assertThat(first.plus(second)).isEqualTo(OutcomeSums.of(outcome(0.25, false, false, 4_000L)));
    }

    /**
     * The worst there can be: every bin of every tile full of predictions of both kinds, and the greatest amounts. It is as
     * large as it gets where the sums that quicken it fit no longer.
     */
    @Example
    void theBatchRowOfTheBusiestVersionFitsARecord() {
        View<OutcomeSums> view = Outcomes.view("test", Outcomes.of("test"));
        OutcomeSums full = LongStream.range(0, ScoreBins.COUNT)
                .mapToObj(bin -> ScoreBins.from((int) bin))
                .map(score -> OutcomeSums.of(outcome(score, true, false, (long) ErrorSums.MOST))
                        .plus(OutcomeSums.of(outcome(score, false, false, (long) ErrorSums.MOST))))
                .reduce(OutcomeSums.MONOID.empty(), OutcomeSums::plus);
        long days = view.kept().toDays() + 1; // tiles are let go of by whole days
        int most = 0;
        for (int doubled = 0; doubled < 20; doubled++) {
            SortedMap<Long, OutcomeSums> tiles = new TreeMap<>();
            for (long tile = 0; tile < days * 24; tile++) {
                tiles.put(tile * Outcomes.HOP.toMillis(), full);
            }
            most = Math.max(most, Tiles.of(view, tiles).toBytes().length);
            full = full.plus(full);
        }
        assertThat(full.scores().getBins().get(7).negatives()).isEqualTo(1 << 20);
        assertThat(most).as("of the 16 MiB that topics of rows have room for").isLessThan(1_200_000);
    }

    private static Outcome outcome(double score, boolean positive, boolean correction, Long stake) {
        return new Outcome("p-1", 0L, "fraud-3", "p", "t1", score, positive, correction, stake);
    }
}
