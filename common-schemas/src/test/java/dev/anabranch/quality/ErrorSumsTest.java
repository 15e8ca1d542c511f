package dev.anabranch.quality;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.anabranch.contract.Wire;
import dev.anabranch.event.Admission;
import dev.anabranch.event.EventType;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.Size;

class ErrorSumsTest {

    @Property
    void figuresAreWhatTheObviousComputationOverTheAmountsSays(
            @ForAll @Size(min = 1, max = 20) List<@DoubleRange(min = -1e6, max = 1e6) Double> expected,
            @ForAll @Size(20) List<@DoubleRange(min = -1e6, max = 1e6) Double> actual) {
        ErrorSums sums = IntStream.range(0, expected.size())
                .mapToObj(i -> ErrorSums.of(expected.get(i), actual.get(i)))
                .reduce(ErrorSums.MONOID.empty(), ErrorSums::plus);
        double[] errors = IntStream.range(0, expected.size())
                .mapToDouble(i -> expected.get(i) - actual.get(i))
                .toArray();
        double mean = IntStream.range(0, errors.length)
                .mapToDouble(i -> errors[i])
                .average()
                .orElseThrow();
        double absolute = IntStream.range(0, errors.length)
                .mapToDouble(i -> Math.abs(errors[i]))
                .average()
                .orElseThrow();
        double squared = IntStream.range(0, errors.length)
                .mapToDouble(i -> errors[i] * errors[i])
                .average()
                .orElseThrow();

        assertThat(sums.amounts()).isEqualTo(errors.length);
        assertThat(sums.bias().orElseThrow()).isCloseTo(mean, within(1e-6));
        assertThat(sums.meanAbsoluteError().orElseThrow()).isCloseTo(absolute, within(1e-6));
        assertThat(sums.rootMeanSquaredError().orElseThrow()).isCloseTo(Math.sqrt(squared), within(1e-6));
        assertThat(sums.expected() - sums.actual()).isCloseTo(mean * errors.length, within(1e-4));
    }

    @Property(tries = 5_000)
    void anAmountIsRoundedOnceAndHalfToEven(@ForAll long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        double any = random.nextDouble(-1, 1) * Math.pow(10, random.nextInt(-10, 15));
        double nearHalf = (random.nextInt(1 << 20) + 0.5) * 1e-9 + random.nextInt(1 << 12);
        double half = random.nextInt(1 << 30)
                / 1024.0; // a billion has nine twos, so some are halves of a billionth to the bit
        for (double amount : new double[] {any, nearHalf, Math.nextUp(nearHalf), Math.nextDown(nearHalf), half}) {
            assertThat(ErrorSums.of(amount, 0).expectedBillionths())
                    .as("%s", amount)
                    .isEqualTo(new BigDecimal(amount)
                            .setScale(9, RoundingMode.HALF_EVEN)
                            .unscaledValue());
        }
    }

    @Example
    void aScoreExpectsItsShareOfWhatIsAtStake() {
        ErrorSums fraud = ErrorSums.of(outcome(0.25, true, false, 4_000L));
        ErrorSums good = ErrorSums.of(outcome(0.25, false, false, 4_000L));

        assertThat(fraud).isEqualTo(ErrorSums.of(1_000, 4_000));
        assertThat(good).isEqualTo(ErrorSums.of(1_000, 0));
        assertThat(fraud.plus(good).bias()).hasValue(-1_000);
        assertThat(fraud.plus(good).relativeBias()).hasValue(-0.5);
        assertThat(fraud.plus(good).meanAbsoluteError()).hasValue(2_000);
        assertThat(good.relativeBias()).as("nothing was lost").isEmpty();
    }

    @Example
    void aCorrectionTakesBackWhatWasCountedBefore() {
        ErrorSums first = ErrorSums.of(outcome(0.25, true, false, 4_000L));
        ErrorSums second = ErrorSums.of(outcome(0.25, false, true, 4_000L));

        assertThat(first.plus(second)).isEqualTo(ErrorSums.of(1_000, 0));
        assertThat(second.plus(first)).isEqualTo(ErrorSums.of(1_000, 0));
        assertThat(second.whole())
                .as("alone it takes back what it does not have")
                .isFalse();
        assertThat(ErrorSums.of(outcome(0.75, false, true, 4_000L)).whole()).isFalse();
        assertThat(first.plus(second).whole()).isTrue();
        assertThat(ErrorSums.MONOID.empty().whole()).isTrue();
    }

    @Example
    void theGreatestAmountsAddUpWithoutEnd() {
        ErrorSums sums = ErrorSums.of(ErrorSums.MOST, -ErrorSums.MOST);
        for (int doubled = 0; doubled < 40; doubled++) {
            sums = sums.plus(sums);
        }
        assertThat(sums.amounts()).isEqualTo(1L << 40);
        assertThat(sums.bias()).hasValue(2 * ErrorSums.MOST);
        assertThat(sums.rootMeanSquaredError().orElseThrow()).isCloseTo(2 * ErrorSums.MOST, within(1.0));
    }

    @Example
    void whatIsNoAmountIsRefused() {
        for (double amount : List.of(Double.NaN, Double.POSITIVE_INFINITY, -2e15)) {
            assertThatThrownBy(() -> ErrorSums.of(0, amount))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("An amount must be from -1.0E15 to 1.0E15, got " + amount);
        }
    }

    @Example
    void withoutAnAmountNothingIsSaid() {
        ErrorSums none = ErrorSums.MONOID.empty();
        assertThat(none.bias()).isEmpty();
        assertThat(none.meanAbsoluteError()).isEmpty();
        assertThat(none.rootMeanSquaredError()).isEmpty();
        assertThat(none.relativeBias()).isEmpty();
    }

    @Example
    void aStakeThatWouldNotAddUpIsRefusedBeforeItIsFolded() {
        EventType<Outcome> outcomes = Outcomes.of("test");
        for (long stake : List.of(-1L, (long) ErrorSums.MOST + 1)) {
            Outcome outcome = outcome(0.25, true, false, stake);
            Admission<Outcome> admission = outcomes.admit(
                    outcome.getJudged().getBytes(StandardCharsets.UTF_8),
                    Wire.of(Outcome.class).encode(outcome),
                    0);
            assertThat(admission).isInstanceOf(Admission.Refused.class);
            assertThat(admission.toString()).contains("stake", "must be from 0 to 10^15", String.valueOf(stake));
        }
    }

    private static Outcome outcome(double score, boolean positive, boolean correction, Long stake) {
        return new Outcome("p-1", 0L, "fraud-3", "p", "t1", score, positive, correction, stake);
    }
}
