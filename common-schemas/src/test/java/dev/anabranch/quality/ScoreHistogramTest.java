package dev.anabranch.quality;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.quality.ScoreHistogram.Bin;
import java.util.List;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;

class ScoreHistogramTest {
    @Property
    void aScoreLiesInItsBinAndNoBinIsWiderThanWasPromised(@ForAll @DoubleRange(min = 0, max = 1) double score) {
        Bin bin = ScoreHistogram.of(score, true).getBins().get(0);
        assertThat(score).isGreaterThanOrEqualTo(bin.from());
        assertThat(score == 1 ? bin.to() == 1 : score < bin.to()).isTrue();
        double rest = Math.min(score, 1 - score);
        assertThat(bin.to() - bin.from())
                .isLessThanOrEqualTo((rest >= 0.1 ? 0.02 : Math.max(0.0002, rest / 2)) + 1e-12);
    }

    @Example
    void binsFollowOnEachOtherFromZeroToOneAndEveryTenthIsAnEdge() {
        assertThat(ScoreBins.from(0)).isZero();
        assertThat(ScoreBins.from(ScoreBins.COUNT)).isEqualTo(1);
        for (int bin = 0; bin < ScoreBins.COUNT; bin++) {
            assertThat(ScoreBins.from(bin)).isLessThan(ScoreBins.from(bin + 1));
            assertThat(ScoreBins.of(ScoreBins.from(bin))).isEqualTo(bin);
            assertThat(ScoreBins.of(Math.nextDown(ScoreBins.from(bin + 1)))).isEqualTo(bin);
            assertThat(ScoreBins.from(bin)).isGreaterThanOrEqualTo(ScoreBins.tenth(bin) / 10.0);
            assertThat(ScoreBins.from(bin + 1)).isLessThanOrEqualTo((ScoreBins.tenth(bin) + 1) / 10.0);
        }
        assertThat(ScoreBins.of(1)).isEqualTo(ScoreBins.COUNT - 1);
    }

    @Example
    void aCorrectionTakesBackWhatWasCountedBefore() {
        Outcome first = new Outcome("p-1", 0L, "fraud-3", "p", "t1", 0.25, true, false, null);
        Outcome second = new Outcome("p-2", 0L, "fraud-3", "p", "t1", 0.25, false, true, null);
        assertThat(ScoreHistogram.of(first).plus(ScoreHistogram.of(second))).isEqualTo(ScoreHistogram.of(0.25, false));
        assertThat(ScoreHistogram.of(second).plus(ScoreHistogram.of(first))).isEqualTo(ScoreHistogram.of(0.25, false));
        assertThat(ScoreHistogram.of(second).getBins()).containsExactly(new Bin(0.24, 0.26, 1, -1));
    }

    @Example
    void whatIsNoProbabilityIsRefused() {
        for (double score : List.of(-0.001, 1.001, Double.NaN)) {
            assertThatThrownBy(() -> ScoreHistogram.of(score, true))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("A score must be from 0 to 1, got " + score);
        }
    }

    @Example
    void beingWrongForSureCostsMuchAndNotInfinitelyMuch() {
        assertThat(ScoreHistogram.of(0, true).getLogLossBillionths()).isEqualTo(34_538_776_395L);
        assertThat(ScoreHistogram.of(1, true).getLogLossBillionths()).isZero();
    }
}
