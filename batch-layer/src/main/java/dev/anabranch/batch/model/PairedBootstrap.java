package dev.anabranch.batch.model;

import java.util.Arrays;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.ToDoubleBiFunction;

/**
 * How sure the difference between two models is that were measured on the same rows: the percentile interval of a paired
 * bootstrap (Efron and Tibshirani, An Introduction to the Bootstrap, 1993, chapter 13). In each resample both models
 * answer the same rows, so what is hard about the rows cancels out.
 *
 * <p>Drawn, with replacement, are clusters of rows and not rows (chapter 8: what is drawn are the units that are
 * independent): the payments of one card are alike, and to draw them one by one would make the interval too narrow. A
 * resample that cannot be measured, with no positive in it, is drawn again.
 *
 * @param resamples  how many
 * @param confidence the share of all cases in which the interval, open equally at both ends, is to hold the true difference
 * @param seed       the same seed and rows give the same interval
 */
public record PairedBootstrap(int resamples, double confidence, long seed) {
    /** When fewer than one draw in so many can be measured, there is too little to draw from. */
    private static final int MOST_DRAWS_OF_ONE = 10;

    public PairedBootstrap {
        if (!(confidence > 0 && confidence < 1)) {
            throw new IllegalArgumentException(
                    "Confidence must be more than 0 and less than 1, got " + confidence + "; try 0.95");
        }
        if (rank(resamples, confidence) < 1) {
            throw new IllegalArgumentException("Resamples must be " + least(confidence)
                    + " or more for a confidence of " + confidence + ", got " + resamples);
        }
    }

    /**
     * The difference and its interval, in units of the metric.
     *
     * @param difference of the rows as they are
     */
    record Interval(double difference, double lower, double upper) {}

    /** How far from either end of the sorted differences the interval ends, counted from 1: (B + 1) α, rounded down. */
    private static int rank(int resamples, double confidence) {
        return (int) Math.floor((resamples + 1.0) * (1 - confidence) / 2 + 1e-9);
    }

    private static long least(double confidence) {
        return (long) Math.ceil(2 / (1 - confidence) - 1 - 1e-9);
    }

    /**
     * How much more {@code one} measures than {@code other}.
     *
     * @param one     and
     * @param other   have the same rows in the same clusters
     * @param measure of a resample, NaN when it has none
     * @return empty when there is too little to draw from: positives in fewer than two clusters, say
     */
    Optional<Interval> difference(Ranking one, Ranking other, ToDoubleBiFunction<Ranking, int[]> measure) {
        if (one.clusters() != other.clusters()) {
            throw new IllegalArgumentException("Both models must be measured on the same clusters of rows, got "
                    + one.clusters() + " and " + other.clusters());
        }
        if (one.clustersWithPositives() < 2) {
            return Optional.empty();
        }
        SplittableRandom random = new SplittableRandom(seed);
        int clusters = one.clusters();
        int[] times = new int[clusters];
        double[] differences = new double[resamples];
        long drawsLeft = (long) resamples * MOST_DRAWS_OF_ONE;
        for (int done = 0; done < resamples; drawsLeft--) {
            if (drawsLeft == 0) {
                return Optional.empty();
            }
            Arrays.fill(times, 0);
            for (int i = 0; i < clusters; i++) {
                times[random.nextInt(clusters)]++;
            }
            double difference = measure.applyAsDouble(one, times) - measure.applyAsDouble(other, times);
            if (!Double.isNaN(difference)) {
                differences[done++] = difference;
            }
        }
        Arrays.sort(differences);
        int rank = rank(resamples, confidence);
        return Optional.of(new Interval(
                measure.applyAsDouble(one, one.once()) - measure.applyAsDouble(other, other.once()),
                differences[rank - 1],
                differences[resamples - rank]));
    }
}
