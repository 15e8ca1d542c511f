package dev.anabranch.batch.model;

import java.util.Arrays;
import java.util.Comparator;

/**
 * How well scores put the positives first. Rows of equal score count as one step: whatever order they are given in, the
 * figures are the same.
 */
public final class Ranking {
    private Ranking() {}

    /**
     * The area under the ROC curve: how often a positive scores above a negative, a tie counting half.
     *
     * @param targets 1 for a positive, 0 for a negative
     * @throws IllegalArgumentException when there is no positive or no negative
     */
    public static double areaUnderRoc(double[] targets, double[] scores) {
        Steps steps = new Steps(targets, scores);
        requireBoth(steps);
        double area = 0;
        while (steps.next()) {
            area += steps.stepNegatives * (steps.positivesBefore() + steps.stepPositives / 2.0);
        }
        return area / ((double) steps.allPositives * (targets.length - steps.allPositives));
    }

    /**
     * Average precision: the sum over the steps down the ranking of the precision there, weighted by the recall gained.
     * Nothing is interpolated.
     *
     * @param targets 1 for a positive, 0 for a negative
     * @throws IllegalArgumentException when there is no positive
     */
    public static double averagePrecision(double[] targets, double[] scores) {
        Steps steps = new Steps(targets, scores);
        if (steps.allPositives == 0) {
            throw new IllegalArgumentException(
                    "Average precision must have a positive among its rows, got none in " + targets.length);
        }
        double sum = 0;
        while (steps.next()) {
            sum += (double) steps.stepPositives / steps.allPositives * steps.positives / steps.rows();
        }
        return sum;
    }

    private static void requireBoth(Steps steps) {
        if (steps.allPositives == 0 || steps.allPositives == steps.targets.length) {
            throw new IllegalArgumentException("The area under the ROC curve must have positives and negatives, got "
                    + steps.allPositives + " positives in " + steps.targets.length + " rows");
        }
    }

    /** Goes down the ranking, one group of equal scores after the other. */
    private static final class Steps {
        private final double[] targets;
        private final double[] scores;
        private final Integer[] order;
        private final long allPositives;
        private int at;
        private long positives;
        private long negatives;
        private long stepPositives;
        private long stepNegatives;

        Steps(double[] targets, double[] scores) {
            if (targets.length != scores.length) {
                throw new IllegalArgumentException(
                        "Each row must have one score, got " + scores.length + " for " + targets.length + " rows");
            }
            this.targets = targets;
            this.scores = scores;
            this.allPositives = Arrays.stream(targets).filter(t -> t == 1).count();
            this.order = new Integer[targets.length];
            Arrays.setAll(order, i -> i);
            Arrays.sort(
                    order, Comparator.comparingDouble((Integer i) -> scores[i]).reversed());
        }

        boolean next() {
            stepPositives = 0;
            stepNegatives = 0;
            int first = at;
            while (at < order.length && scores[order[at]] == scores[order[first]]) {
                if (targets[order[at]] == 1) {
                    stepPositives++;
                } else {
                    stepNegatives++;
                }
                at++;
            }
            positives += stepPositives;
            negatives += stepNegatives;
            return at > first;
        }

        long positivesBefore() {
            return positives - stepPositives;
        }

        long rows() {
            return positives + negatives;
        }
    }
}
