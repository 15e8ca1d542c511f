package dev.anabranch.quality;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.DoubleUnaryOperator;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class CalibrationTest {
    /** Ways in which a model says too much or too little. */
    private static final Map<String, DoubleUnaryOperator> DISTORTIONS = new TreeMap<>(Map.of(
            "too sure of danger", p -> Math.pow(p, 0.5),
            "too sure of safety", p -> p * p,
            "trained on as many frauds as others", p -> 20 * p / (1 + 19 * p),
            "overconfident", p -> 1 / (1 + Math.exp(-3 * Math.log(Math.max(1e-9, p) / Math.max(1e-9, 1 - p))))));

    @Property(tries = 200)
    void aHigherScoreNeverMeansLessAndEveryMeaningIsAProbability(@ForAll long seed) {
        Random random = new Random(seed);
        ScoreHistogram histogram = ScoreHistogram.MONOID.empty();
        for (int i = 0; i < 200; i++) {
            histogram = histogram.plus(ScoreHistogram.of(random.nextDouble(), random.nextInt(3) == 0));
        }
        Calibration calibration = Calibration.of(histogram, 1).orElseThrow();
        double before = 0;
        for (int i = 0; i <= 1_000; i++) {
            double now = calibration.of(i / 1_000.0);
            assertThat(now).isBetween(before, 1.0);
            before = now;
        }
    }

    /** The least squares that rise: no other rising line through the bins is nearer, tried by the definition with max and min. */
    @Property(tries = 100)
    void poolsAreTheRisingSharesNearestToThoseOfTheBins(@ForAll long seed) {
        Random random = new Random(seed);
        ScoreHistogram histogram = ScoreHistogram.MONOID.empty();
        for (int i = 0; i < 60; i++) {
            histogram = histogram.plus(ScoreHistogram.of(0.1 + random.nextInt(8) / 10.0, random.nextBoolean()));
        }
        List<ScoreHistogram.Bin> bins = histogram.getBins();
        Calibration.of(histogram, 1).ifPresent(calibration -> {
            double shareOfAll = 0;
            double size = 0;
            for (int i = 0; i < bins.size(); i++) {
                double value = -1;
                for (int from = 0; from <= i; from++) {
                    double least = 2;
                    for (int to = i; to < bins.size(); to++) {
                        least = Math.min(least, share(bins.subList(from, to + 1)));
                    }
                    value = Math.max(value, least);
                }
                double of = bins.get(i).negatives() + bins.get(i).positives();
                shareOfAll += value * of;
                size += of;
            }
            assertThat(shareOfAll / size)
                    .as("what rises nearest keeps the share of all")
                    .isCloseTo(calibration.positives() / (double) calibration.predictions(), Offset.offset(1e-9));
            double first = -1;
            for (int to = 0; to < bins.size(); to++) {
                double share = share(bins.subList(0, to + 1));
                first = first < 0 ? share : Math.min(first, share);
            }
            assertThat(calibration.of(0)).isCloseTo(first, Offset.offset(1e-9));
        });
    }

    private static double share(List<ScoreHistogram.Bin> bins) {
        double positives =
                bins.stream().mapToLong(ScoreHistogram.Bin::positives).sum();
        double negatives =
                bins.stream().mapToLong(ScoreHistogram.Bin::negatives).sum();
        return positives / (positives + negatives);
    }

    /** Each day is calibrated by what was known the day before, as labels come a week late. */
    @Test
    void onAStreamTheCalibrationErrorIsAtMostHalf() {
        DISTORTIONS.forEach((how, distortion) -> {
            Random random = new Random(7);
            List<ScoreHistogram> days = new ArrayList<>();
            ScoreHistogram raw = ScoreHistogram.MONOID.empty();
            ScoreHistogram calibrated = ScoreHistogram.MONOID.empty();
            for (int day = 0; day < 42; day++) {
                ScoreHistogram known = ScoreHistogram.MONOID.empty();
                for (int before = Math.max(0, day - 35); before < day - 7; before++) {
                    known = known.plus(days.get(before));
                }
                var calibration = Calibration.of(known, 50);
                ScoreHistogram today = ScoreHistogram.MONOID.empty();
                for (int i = 0; i < 2_000; i++) {
                    double probability = Math.pow(random.nextDouble(), 6); // most are safe: one in seven is not
                    boolean positive = random.nextDouble() < probability;
                    double score = distortion.applyAsDouble(probability);
                    today = today.plus(ScoreHistogram.of(score, positive));
                    if (calibration.isPresent()) {
                        raw = raw.plus(ScoreHistogram.of(score, positive));
                        calibrated = calibrated.plus(
                                ScoreHistogram.of(calibration.get().of(score), positive));
                    }
                }
                days.add(today);
            }
            double before = Quality.of(raw).calibrationError().orElseThrow();
            double after = Quality.of(calibrated).calibrationError().orElseThrow();
            System.out.printf("calibration error, %s: %.4f, calibrated %.4f%n", how, before, after);
            assertThat(after).as(how).isLessThanOrEqualTo(before / 2);
            assertThat(Quality.of(calibrated).logLoss().orElseThrow())
                    .as(how)
                    .isLessThan(Quality.of(raw).logLoss().orElseThrow());
        });
    }

    @Test
    void withTooFewOfEitherNothingIsSaid() {
        ScoreHistogram one = ScoreHistogram.of(0.3, true).plus(ScoreHistogram.of(0.2, false));
        assertThat(Calibration.of(one, 2)).isEmpty();
        assertThat(Calibration.of(one, 1)).isPresent();
        assertThat(Calibration.of(ScoreHistogram.MONOID.empty().minus(one), 1))
                .as("a part of a sum")
                .isEmpty();
        assertThatThrownBy(() -> Calibration.of(one, 1).orElseThrow().of(1.5))
                .hasMessage("A score must be from 0 to 1, got 1.5");
    }
}
