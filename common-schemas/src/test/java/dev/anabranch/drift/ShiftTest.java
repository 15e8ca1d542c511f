package dev.anabranch.drift;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.time.DayOfWeek;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class ShiftTest {
    @Test
    void theStabilityIndexIsThatOfTheSharesInEachGroup() {
        ByWeekday reference = on(DayOfWeek.MONDAY, 600, 0, 400, 1);
        ByWeekday window = on(DayOfWeek.MONDAY, 150, 0, 250, 1);

        Shift shift = Shift.between(reference, window);

        double e = 600.5 / 1001;
        double a = 150.5 / 401;
        assertThat(shift.psi())
                .isCloseTo((a - e) * Math.log(a / e) + (e - a) * Math.log((1 - a) / (1 - e)), within(1e-12));
        assertThat(shift.ks()).isCloseTo(0.6 - 0.375, within(1e-12));
        assertThat(shift.rows()).isEqualTo(400);
        assertThat(shift.referenceRows()).isCloseTo(1000, within(1e-9));
    }

    @Property
    void theGreatestDifferenceIsThatOfTheSortedValues(
            @ForAll @Size(min = 1, max = 60) List<@IntRange(min = -15, max = 15) Integer> before,
            @ForAll @Size(min = 1, max = 60) List<@IntRange(min = -15, max = 15) Integer> now) {
        double greatest = 0;
        for (int at = -15; at <= 15; at++) {
            greatest = Math.max(greatest, Math.abs(upTo(before, at) - upTo(now, at)));
        }

        assertThat(Shift.between(of(before), of(now)).ks()).isCloseTo(greatest, within(1e-12));
    }

    private static double upTo(List<Integer> values, int at) {
        return (double) values.stream().filter(value -> value <= at).count() / values.size();
    }

    /** The critical values in the tables for large samples. */
    @Test
    void theProbabilityIsThatOfTheTables() {
        assertThat(Shift.kolmogorov(1.3581 / 1000, 2_000_000, 2_000_000)).isCloseTo(0.05, within(1e-4));
        assertThat(Shift.kolmogorov(1.6276 / 1000, 2_000_000, 2_000_000)).isCloseTo(0.01, within(1e-4));
        assertThat(Shift.kolmogorov(0, 100, 100)).isEqualTo(1);
        assertThat(Shift.kolmogorov(1e-9, 100, 100)).isEqualTo(1);
    }

    @Test
    void drawsFromOneDistributionAreHardlyApartAndRarelySignificant() {
        int significant = 0;
        double worst = 0;
        for (int seed = 0; seed < 200; seed++) {
            Random random = new Random(seed);
            Shift shift = Shift.between(drawn(random, 20_000, 0), drawn(random, 2_000, 0));
            significant += shift.p() < 0.05 ? 1 : 0;
            worst = Math.max(worst, shift.psi());
        }

        assertThat(significant).isLessThanOrEqualTo(20); // 10 are expected of continuous values, fewer of binned ones
        assertThat(worst).isLessThan(0.05);
    }

    @Test
    void aTwentiethOfTheEventsOfAnotherKindShowsInTheIndexLongBeforeItShowsInTheBulk() {
        Random random = new Random(1);
        ByWeekday window = drawn(random, 9_500, 0);
        for (int i = 0; i < 500; i++) {
            window.on(DayOfWeek.MONDAY).add(40 + random.nextInt(10)); // where hardly any was
        }

        Shift shift = Shift.between(drawn(random, 50_000, 0), window);

        assertThat(shift.psi()).isGreaterThan(0.15);
        assertThat(shift.ks()).isBetween(0.03, 0.07);
    }

    @Test
    void aWeekendIsSetBesideWeekends() {
        ByWeekday reference = on(DayOfWeek.MONDAY, 5_000, 1, 0, 9);
        reference.on(DayOfWeek.SUNDAY).add(ValueHistogram.binOf(9), 1_000);
        ByWeekday sunday = on(DayOfWeek.SUNDAY, 300, 9, 0, 1);

        assertThat(Shift.between(reference, sunday).psi()).isLessThan(0.01);
        assertThat(Shift.between(reference, sunday).ks()).isZero();
        assertThat(Shift.between(reference, on(DayOfWeek.MONDAY, 300, 9, 0, 1)).ks())
                .isEqualTo(1);
    }

    @Test
    void aWeekdayThatTheReferenceLacksIsExpectedToBeAsAllItsDays() {
        ByWeekday reference = on(DayOfWeek.MONDAY, 500, 1, 0, 9);
        reference.on(DayOfWeek.TUESDAY).add(ValueHistogram.binOf(9), 500);

        Shift shift = Shift.between(reference, on(DayOfWeek.SUNDAY, 150, 1, 150, 9));

        assertThat(shift.ks()).isZero();
        assertThat(shift.referenceRows()).isCloseTo(1_000, within(1e-9));
    }

    @Test
    void daysThatRestOnTheSameRowsRestOnThemOnce() {
        ByWeekday reference = on(DayOfWeek.MONDAY, 1_000, 1, 1_000, 9);
        ByWeekday window = new ByWeekday();
        for (DayOfWeek day : DayOfWeek.values()) {
            window.on(day).add(ValueHistogram.binOf(1), 300);
        }

        // six sevenths rest on all rows there are, and Monday on the same ones
        assertThat(Shift.between(reference, window).referenceRows()).isLessThan(2_000 * 1.4);
    }

    @Test
    void whatIsMissingCountsAmongAllAndNotAmongTheValues() {
        ByWeekday reference = on(DayOfWeek.MONDAY, 900, 1, 100, Double.NaN);
        ByWeekday window = on(DayOfWeek.MONDAY, 100, 1, 300, Double.NaN);

        Shift shift = Shift.between(reference, window);

        assertThat(shift.expectedMissing()).isCloseTo(0.1, within(1e-12));
        assertThat(shift.missing()).isCloseTo(0.75, within(1e-12));
        assertThat(shift.ks()).isZero();
        assertThat(shift.psi()).isGreaterThan(1);
    }

    @Test
    void nothingCannotBeCompared() {
        assertThatThrownBy(() -> Shift.between(new ByWeekday(), of(List.of(1))))
                .hasMessage("There must be values in reference and window, got 0 and 1");
    }

    private static ByWeekday of(List<Integer> values) {
        ByWeekday days = new ByWeekday();
        values.forEach(value -> days.on(DayOfWeek.MONDAY).add(value));
        return days;
    }

    static ByWeekday on(DayOfWeek day, long times, double value, long more, double other) {
        ByWeekday days = new ByWeekday();
        days.on(day).add(ValueHistogram.binOf(value), times);
        days.on(day).add(ValueHistogram.binOf(other), more);
        return days;
    }

    private static ByWeekday drawn(Random random, int rows, double more) {
        List<Double> values = new ArrayList<>();
        for (int i = 0; i < rows; i++) {
            values.add(10 + more + 5 * random.nextGaussian());
        }
        ByWeekday days = new ByWeekday();
        values.forEach(days.on(DayOfWeek.MONDAY)::add);
        return days;
    }
}
