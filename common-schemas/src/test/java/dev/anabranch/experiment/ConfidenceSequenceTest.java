package dev.anabranch.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.anabranch.experiment.ConfidenceSequence.Interval;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;

class ConfidenceSequenceTest {
    /** {@code count} entities of one prediction each, half of them mean − spread and half mean + spread. */
    private static ArmSums arm(long count, double mean, double spread) {
        ArmSums sums = ArmSums.EMPTY;
        for (long i = 0; i < count; i++) {
            sums = sums.plus(ArmSums.ofEntity(1, 1, i % 2 == 0 ? mean - spread : mean + spread));
        }
        return sums;
    }

    @Property
    void itIsTheIntervalAsThePaperWritesItAtTheBestRho(
            @ForAll @DoubleRange(min = 0.01, max = 0.5) double alpha,
            @ForAll @LongRange(min = 1, max = 1_000_000) long tightestAt,
            @ForAll @IntRange(min = 100, max = 300) int half) {
        int t = 2 * half;
        ArmSums pairs = arm(t, 0.25, 1);
        Interval interval =
                new ConfidenceSequence(alpha, tightestAt).difference(pairs).orElseThrow();

        double rhoSquared = bestRhoSquared(alpha, tightestAt);
        double sigma = Math.sqrt(pairs.variance().orElseThrow() * t);
        double radius = sigma * margin(t, rhoSquared, alpha);
        assertThat(interval.difference()).isEqualTo(0.25, within(1e-12));
        assertThat(interval.upper() - 0.25).isEqualTo(radius, within(1e-6 * radius));
        assertThat(0.25 - interval.lower()).isEqualTo(radius, within(1e-6 * radius));
    }

    /** Theorem 2.2, letter by letter. */
    private static double margin(double t, double rhoSquared, double alpha) {
        return Math.sqrt(
                2 * (t * rhoSquared + 1) / (t * t * rhoSquared) * Math.log(Math.sqrt(t * rhoSquared + 1) / alpha));
    }

    /** By trying: the margin has one valley, of which the bottom is flat. */
    private static double bestRhoSquared(double alpha, double t) {
        double low = Math.log(1e-3 / t);
        double high = Math.log(1e3 / t);
        for (int i = 0; i < 200; i++) {
            double third = (high - low) / 3;
            if (margin(t, Math.exp(low + third), alpha) < margin(t, Math.exp(high - third), alpha)) {
                high -= third;
            } else {
                low += third;
            }
        }
        return Math.exp((low + high) / 2);
    }

    @Property
    void zeroIsLeftOutExactlyWhenPIsLessThanAlpha(
            @ForAll @DoubleRange(min = 0.01, max = 0.2) double alpha,
            @ForAll @DoubleRange(min = -1, max = 1) double mean,
            @ForAll @IntRange(min = 100, max = 400) int count) {
        Interval interval = new ConfidenceSequence(alpha, 500)
                .difference(arm(count, mean, 2), arm(200, 0, 2))
                .orElseThrow();
        boolean leftOut = interval.lower() > 0 || interval.upper() < 0;
        assertThat(interval.p() < alpha).isEqualTo(leftOut);
        assertThat(interval.p()).isBetween(0.0, 1.0);
    }

    @Example
    void theDifferenceIsTheFirstLessTheSecondAndVariancesAdd() {
        ConfidenceSequence sequence = new ConfidenceSequence(0.05, 1_000);
        ArmSums one = arm(400, 1, 1);
        ArmSums other = arm(200, 3, 2);
        Interval there = sequence.difference(one, other).orElseThrow();
        Interval back = sequence.difference(other, one).orElseThrow();
        assertThat(there.difference()).isEqualTo(-2, within(1e-12));
        assertThat(there.standardError()).isEqualTo(Math.sqrt(1.0 / 399 + 4.0 / 199), within(1e-9));
        assertThat(back.lower()).isEqualTo(-there.upper(), within(1e-12));
        assertThat(back.p()).isEqualTo(there.p());
    }

    @Example
    void withFewerThanAHundredEntitiesInAnArmItIsTooEarlyToTell() {
        ConfidenceSequence sequence = new ConfidenceSequence(0.05, 1_000);
        assertThat(sequence.difference(arm(99, 0, 1), arm(5_000, 9, 1))).isEmpty();
        assertThat(sequence.difference(arm(5_000, 9, 1), arm(99, 0, 1))).isEmpty();
        assertThat(sequence.difference(arm(100, 0, 1), arm(100, 9, 1))).isPresent();
        assertThat(sequence.difference(arm(99, 0, 1))).isEmpty();
        assertThat(sequence.difference(arm(100, 0, 1))).isPresent();
    }

    @Example
    void versionsThatSayTheSameDifferByNothing() {
        Interval interval =
                new ConfidenceSequence(0.05, 1_000).difference(arm(200, 0, 0)).orElseThrow();
        assertThat(interval).isEqualTo(new Interval(0, 0, 0, 1, 0));
    }

    @Example
    void whatMakesNoSenseIsRefused() {
        assertThatThrownBy(() -> new ConfidenceSequence(1, 10))
                .hasMessage("Alpha must be more than 0 and less than 1, got 1.0; try 0.05");
        assertThatThrownBy(() -> new ConfidenceSequence(0.05, 0))
                .hasMessage("The number of entities it is tightest at must be 1 or more, got 0; try 1000");
    }
}
