package dev.anabranch.benchmarks;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.DoubleBinaryOperator;
import java.util.function.ToDoubleFunction;

/** One figure of each round of a benchmark, in the order of the rounds. */
public final class Rounds {
    private final double[] figures;

    private Rounds(double[] figures) {
        if (figures.length == 0) {
            throw new IllegalArgumentException("There must be a round");
        }
        this.figures = figures;
    }

    public static Rounds of(double... figures) {
        return new Rounds(figures.clone());
    }

    public static <T> Rounds of(List<T> rounds, ToDoubleFunction<T> figure) {
        return new Rounds(rounds.stream().mapToDouble(figure).toArray());
    }

    /** The first rounds alone. */
    public Rounds first(int count) {
        return new Rounds(Arrays.copyOf(figures, count));
    }

    public int count() {
        return figures.length;
    }

    /** That of one round, from 0. */
    public double figure(int round) {
        return figures[round];
    }

    public double median() {
        double[] sorted = sorted();
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    public double least() {
        return sorted()[0];
    }

    public double most() {
        return sorted()[figures.length - 1];
    }

    /**
     * Round by round, this one's figure divided by the other's.
     *
     * @throws IllegalArgumentException when they had not as many rounds
     */
    public Rounds over(Rounds other) {
        return with(other, (mine, its) -> mine / its);
    }

    /**
     * Round by round, this one's figure less the other's.
     *
     * @throws IllegalArgumentException when they had not as many rounds
     */
    public Rounds less(Rounds other) {
        return with(other, (mine, its) -> mine - its);
    }

    private Rounds with(Rounds other, DoubleBinaryOperator both) {
        if (other.figures.length != figures.length) {
            throw new IllegalArgumentException(
                    "Both must have had the same rounds, got " + figures.length + " and " + other.figures.length);
        }
        double[] results = new double[figures.length];
        for (int i = 0; i < results.length; i++) {
            results[i] = both.applyAsDouble(figures[i], other.figures[i]);
        }
        return new Rounds(results);
    }

    /**
     * What a figure is worth, by the rounds alone: the largest factor between one round and the next, 1 or more. 1 when there
     * was only one, which says nothing.
     */
    public double noise() {
        double noise = 1;
        for (int i = 1; i < figures.length; i++) {
            noise = Math.max(noise, factor(figures[i] / figures[i - 1]));
        }
        return noise;
    }

    /** What a figure is worth, by the same work done beside it: the largest factor between the two in a round, 1 or more. */
    public double noise(Rounds again) {
        return Arrays.stream(over(again).figures).map(Rounds::factor).max().orElseThrow();
    }

    private static double factor(double ratio) {
        return Math.max(ratio, 1 / ratio);
    }

    private double[] sorted() {
        double[] sorted = figures.clone();
        Arrays.sort(sorted);
        return sorted;
    }

    /** As ratios are told: {@code 1.52 (1.31 to 1.70)}. */
    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%.2f (%.2f to %.2f)", median(), least(), most());
    }
}
