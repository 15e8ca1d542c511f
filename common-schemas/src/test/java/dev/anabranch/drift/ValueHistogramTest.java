package dev.anabranch.drift;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class ValueHistogramTest {
    @Property
    void greaterValuesNeverLieInLesserBins(@ForAll double left, @ForAll double right) {
        assertThat(Integer.compare(ValueHistogram.binOf(left), ValueHistogram.binOf(right))
                        * Double.compare(left, right))
                .isGreaterThanOrEqualTo(0);
    }

    @Property
    void valuesOfOneBinAreWithinAnEighthOfEachOther(
            @ForAll @DoubleRange(min = 1, max = 2) double digits,
            @ForAll @IntRange(min = -1000, max = 1000) int exponent,
            @ForAll @DoubleRange(min = 1, max = 2) double times) {
        double value = Math.scalb(digits, exponent);
        if (ValueHistogram.binOf(value) == ValueHistogram.binOf(value * times)) {
            assertThat(times).isLessThanOrEqualTo(1.125);
        } else {
            assertThat(times).isGreaterThan(1);
        }
        assertThat(ValueHistogram.binOf(-value)).isEqualTo(-ValueHistogram.binOf(value));
    }

    @Test
    void wholeNumbersUpToFifteenHaveBinsOfTheirOwnAndNothingIsMissingBelowThem() {
        for (int number = -15; number < 15; number++) {
            assertThat(ValueHistogram.binOf(number)).isLessThan(ValueHistogram.binOf(number + 1));
        }
        assertThat(ValueHistogram.binOf(0.0))
                .isEqualTo(ValueHistogram.binOf(-0.0))
                .isZero();
        assertThat(ValueHistogram.binOf(Double.NaN)).isEqualTo(ValueHistogram.MISSING);
        assertThat(ValueHistogram.binOf(Double.NEGATIVE_INFINITY)).isGreaterThan(ValueHistogram.MISSING);
    }

    @Property
    void whatTwoHaveCountedIsWhatOneWouldHave(@ForAll List<Double> left, @ForAll List<Double> right) {
        ValueHistogram both = counted(left);
        both.add(counted(right));
        ValueHistogram one = counted(left);
        right.forEach(one::add);

        assertThat(both).isEqualTo(one);
        assertThat(both.total()).isEqualTo(left.size() + right.size());
        assertThat(ValueHistogram.of(both.counts())).isEqualTo(both);
    }

    @Test
    void whatIsTakenBackLeavesNothingBehind() {
        ValueHistogram histogram = counted(List.of(1.0, 2.0));
        histogram.add(ValueHistogram.binOf(2.0), -1);

        assertThat(histogram).isEqualTo(counted(List.of(1.0)));
    }

    static ValueHistogram counted(List<Double> values) {
        ValueHistogram histogram = new ValueHistogram();
        values.forEach(histogram::add);
        return histogram;
    }
}
