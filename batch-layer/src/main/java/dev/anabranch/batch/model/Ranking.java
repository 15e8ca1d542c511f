package dev.anabranch.batch.model;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * Rows from the highest score to the lowest, and how well that puts the positives first. Rows of equal score count as one
 * step: whatever order they are given in, the figures are the same.
 *
 * <p>Rows belong to clusters, and a measure counts each cluster a number of times: that is how a resample is measured in
 * one pass, without sorting again. In {@code times} there is one number for each cluster, 0 or more.
 */
public final class Ranking {
    private static final int POSITIVE = 1;
    private static final int LAST_OF_STEP = 2;
    private static final int FLAGS = 2;

    /** Each row's cluster, above {@link #FLAGS} bits of flags. */
    private final int[] rows;

    private final int[] positivesOf;
    private final int[] rowsOf;

    /**
     * @param targets  1 for a positive, 0 for a negative
     * @param scores   one for each row
     * @param clusters which one each row belongs to, from 0
     * @throws IllegalArgumentException when they are not of one length, or a score is not a number
     */
    Ranking(double[] targets, double[] scores, int[] clusters) {
        if (targets.length != scores.length || targets.length != clusters.length) {
            throw new IllegalArgumentException("Each row must have one score and one cluster, got " + scores.length
                    + " and " + clusters.length + " for " + targets.length + " rows");
        }
        if (Arrays.stream(scores).anyMatch(Double::isNaN)) {
            throw new IllegalArgumentException("Scores must be numbers to be ranked, got NaN");
        }
        int[] order = IntStream.range(0, scores.length)
                .boxed()
                .sorted(Comparator.comparingDouble((Integer i) -> scores[i]).reversed())
                .mapToInt(Integer::intValue)
                .toArray();
        int width = Arrays.stream(clusters).max().orElse(-1) + 1;
        positivesOf = new int[width];
        rowsOf = new int[width];
        rows = new int[order.length];
        for (int at = 0; at < order.length; at++) {
            int row = order[at];
            boolean last = at + 1 == order.length || scores[order[at + 1]] != scores[row];
            boolean positive = targets[row] == 1;
            rows[at] = clusters[row] << FLAGS | (last ? LAST_OF_STEP : 0) | (positive ? POSITIVE : 0);
            rowsOf[clusters[row]]++;
            positivesOf[clusters[row]] += positive ? 1 : 0;
        }
    }

    private static Ranking ofSingleRows(double[] targets, double[] scores) {
        return new Ranking(targets, scores, IntStream.range(0, targets.length).toArray());
    }

    /**
     * The area under the ROC curve: how often a positive scores above a negative, a tie counting half.
     *
     * @param targets 1 for a positive, 0 for a negative
     * @throws IllegalArgumentException when there is no positive or no negative
     */
    public static double areaUnderRoc(double[] targets, double[] scores) {
        Ranking ranking = ofSingleRows(targets, scores);
        double area = ranking.areaUnderRoc(ranking.once());
        if (Double.isNaN(area)) {
            throw new IllegalArgumentException("The area under the ROC curve must have positives and negatives, got "
                    + ranking.positives(ranking.once()) + " positives in " + targets.length + " rows");
        }
        return area;
    }

    /**
     * Average precision: the sum over the steps down the ranking of the precision there, weighted by the recall gained.
     * Nothing is interpolated.
     *
     * @param targets 1 for a positive, 0 for a negative
     * @throws IllegalArgumentException when there is no positive
     */
    public static double averagePrecision(double[] targets, double[] scores) {
        Ranking ranking = ofSingleRows(targets, scores);
        double precision = ranking.averagePrecision(ranking.once());
        if (Double.isNaN(precision)) {
            throw new IllegalArgumentException(
                    "Average precision must have a positive among its rows, got none in " + targets.length);
        }
        return precision;
    }

    /** How many clusters there are. */
    int clusters() {
        return rowsOf.length;
    }

    /** How many clusters have a positive. */
    long clustersWithPositives() {
        return Arrays.stream(positivesOf).filter(positives -> positives > 0).count();
    }

    /** Each cluster once: the rows as they are. */
    int[] once() {
        int[] times = new int[clusters()];
        Arrays.fill(times, 1);
        return times;
    }

    private long positives(int[] times) {
        return sum(positivesOf, times);
    }

    private static long sum(int[] of, int[] times) {
        long sum = 0;
        for (int cluster = 0; cluster < of.length; cluster++) {
            sum += (long) of[cluster] * times[cluster];
        }
        return sum;
    }

    /** {@link #averagePrecision(double[], double[])} of a resample; NaN when no positive is in it. */
    public double averagePrecision(int[] times) {
        long allPositives = positives(times);
        if (allPositives == 0) {
            return Double.NaN;
        }
        double sum = 0;
        long positives = 0;
        long all = 0;
        long stepPositives = 0;
        for (int row : rows) {
            int count = times[row >>> FLAGS];
            all += count;
            if ((row & POSITIVE) != 0) {
                stepPositives += count;
            }
            if ((row & LAST_OF_STEP) != 0 && stepPositives > 0) {
                positives += stepPositives;
                sum += (double) stepPositives / allPositives * positives / all;
                stepPositives = 0;
            }
        }
        return sum;
    }

    /** {@link #areaUnderRoc(double[], double[])} of a resample; NaN when no positive or no negative is in it. */
    public double areaUnderRoc(int[] times) {
        long allPositives = positives(times);
        long allNegatives = sum(rowsOf, times) - allPositives;
        if (allPositives == 0 || allNegatives == 0) {
            return Double.NaN;
        }
        double area = 0;
        long positivesBefore = 0;
        long stepPositives = 0;
        long stepNegatives = 0;
        for (int row : rows) {
            int count = times[row >>> FLAGS];
            if ((row & POSITIVE) != 0) {
                stepPositives += count;
            } else {
                stepNegatives += count;
            }
            if ((row & LAST_OF_STEP) != 0) {
                area += stepNegatives * (positivesBefore + stepPositives / 2.0);
                positivesBefore += stepPositives;
                stepPositives = 0;
                stepNegatives = 0;
            }
        }
        return area / ((double) allPositives * allNegatives);
    }
}
