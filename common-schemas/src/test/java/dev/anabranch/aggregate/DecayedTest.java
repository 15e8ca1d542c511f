package dev.anabranch.aggregate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class DecayedTest {
    private static final Duration HALF_LIFE = Duration.ofHours(6);
    private static final long HOUR = Duration.ofHours(1).toMillis();

    @Example
    void anAmountCountsHalfAfterEveryHalfLife() {
        Decayed one = Decayed.of(1, 1_000 * HOUR + 17, HALF_LIFE);
        assertThat(one.at(1_000 * HOUR + 17, HALF_LIFE)).isCloseTo(1, within(1e-7));
        assertThat(one.at(1_006 * HOUR + 17, HALF_LIFE)).isCloseTo(0.5, within(1e-7));
        assertThat(one.at(1_024 * HOUR + 17, HALF_LIFE)).isCloseTo(1 / 16.0, within(1e-8));
        assertThat(one.at(994 * HOUR + 17, HALF_LIFE)).as("asked about before").isCloseTo(2, within(1e-6));
    }

    @Property(tries = 300)
    void itIsTheSumOfWhatIsLeftOfEachAmountWithinItsRounding(@ForAll long seed) {
        Random random = new Random(seed);
        long at = (long) (random.nextDouble() * 1e12);
        Decayed sum = Decayed.EMPTY;
        double naive = 0;
        for (int i = 0; i < 100; i++) {
            double amount = 0.5 + random.nextDouble() * 1000;
            long when = at - (long) (random.nextDouble() * 300 * HOUR);
            sum = sum.plus(Decayed.of(amount, when, HALF_LIFE));
            naive += amount * Math.pow(2, -(double) (at - when) / HALF_LIFE.toMillis());
        }
        assertThat(sum.at(at, HALF_LIFE) / naive).isCloseTo(1, within(2.0 / Decayed.UNIT));
    }

    @Example
    void whatIsAgesOldIsNothingAndNotAnError() {
        Decayed old = Decayed.of(1, 0, Duration.ofMillis(1));
        assertThat(old.at(Long.MAX_VALUE / 4, Duration.ofMillis(1))).isZero();
    }

    @Example
    void anAmountThatIsNoneIsRefusedByName() {
        for (double amount : List.of(0.0, -1.0, 1025.0, Double.NaN, Double.POSITIVE_INFINITY)) {
            assertThatThrownBy(() -> Decayed.of(amount, 0, HALF_LIFE))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("A decayed amount must be above 0 and at most 1024, got " + amount);
        }
    }
}
