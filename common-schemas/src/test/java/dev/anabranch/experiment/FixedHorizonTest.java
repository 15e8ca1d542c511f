package dev.anabranch.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class FixedHorizonTest {
    private final FixedHorizon usual = new FixedHorizon(0.05, 0.8);

    @Test
    void quantilesAreAsInTheTables() {
        assertThat(NormalQuantile.of(0.5)).isZero();
        assertThat(NormalQuantile.of(0.8)).isEqualTo(0.8416212336, within(1e-6));
        assertThat(NormalQuantile.of(0.975)).isEqualTo(1.9599639845, within(1e-6));
        assertThat(NormalQuantile.of(0.025)).isEqualTo(-1.9599639845, within(1e-6));
        assertThat(NormalQuantile.of(0.9995)).isEqualTo(3.2905267315, within(1e-6));
        assertThat(NormalQuantile.of(1e-12)).isEqualTo(-7.0344838253, within(1e-5));
    }

    @Test
    void whatIsDetectableIsFoundByOneLookWithThePowerAskedFor() {
        double standardError = 0.3;
        double difference = usual.detectable(standardError);
        SplittableRandom random = new SplittableRandom(3);
        int found = 0;
        for (int i = 0; i < 100_000; i++) {
            double seen = difference + standardError * random.nextGaussian();
            found += Math.abs(seen) > 1.959964 * standardError ? 1 : 0;
        }
        assertThat(found / 100_000.0).isEqualTo(0.8, within(0.005));
    }

    @Test
    void halfTheDifferenceTakesFourTimesTheEntities() {
        double detectable = usual.detectable(0.01);
        assertThat(usual.entitiesFor(detectable / 2, 0.01, 500)).isBetween(2_000L, 2_001L);
        assertThat(usual.entitiesFor(-detectable, 0.01, 500)).isBetween(500L, 501L);
    }

    @Test
    void whatMakesNoSenseIsRefused() {
        assertThatThrownBy(() -> new FixedHorizon(0.05, 0.05))
                .hasMessage("Power must be more than alpha, 0.05, and less than 1, got 0.05; try 0.8");
    }
}
