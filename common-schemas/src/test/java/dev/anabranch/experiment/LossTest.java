package dev.anabranch.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.anabranch.quality.Outcome;
import dev.anabranch.quality.Quality;
import dev.anabranch.quality.ScoreHistogram;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;

class LossTest {
    private static final double HALF_A_BILLIONTH = 0.5e-9;

    private static Quality quality(double score, boolean positive) {
        return Quality.of(ScoreHistogram.of(new Outcome("p-1", 0L, "m-1", "p", "e", score, positive, false, null)));
    }

    @Property
    void aLossIsWhatLiveQualityIsTheMeanOf(
            @ForAll @DoubleRange(min = 0, max = 1) double score, @ForAll boolean positive) {
        assertThat(Loss.LOG_LOSS.of(score, positive))
                .isEqualTo(quality(score, positive).logLoss().orElseThrow(), within(2 * HALF_A_BILLIONTH));
        assertThat(Loss.BRIER.of(score, positive))
                .isEqualTo(quality(score, positive).brier().orElseThrow(), within(2 * HALF_A_BILLIONTH));
    }

    @Example
    void beingWrongForSureCostsNoMoreThanThirtyFiveLogarithms() {
        assertThat(Loss.LOG_LOSS.of(1, false)).isEqualTo(-Math.log(1e-15), within(1e-12));
        assertThat(Loss.LOG_LOSS.of(0, true)).isEqualTo(-Math.log(1e-15), within(1e-12));
        assertThat(Loss.LOG_LOSS.of(1, true)).isZero();
    }
}
