package dev.anabranch.benchmarks;

import java.util.Locale;

/**
 * What a figure is to reach.
 *
 * @param most  whether it is to stay below, and not above
 * @param bound the value
 * @param unit  what is counted
 */
public record Goal(boolean most, double bound, String unit) {
    /** The figure must be this much or more. */
    public static Goal atLeast(double bound, String unit) {
        return new Goal(false, bound, unit);
    }

    /** The figure must be this much or less. */
    public static Goal atMost(double bound, String unit) {
        return new Goal(true, bound, unit);
    }

    /**
     * @param noise by what factor the figure may be off
     * @return met, missed, or neither when the figure is nearer to the bound than the noise is large
     */
    public String verdict(double figure, double noise) {
        double distance = figure > bound ? figure / bound : bound / figure;
        if (distance < noise) {
            return "too noisy, no verdict";
        }
        return figure <= bound == most || figure == bound ? "met" : "missed";
    }

    /** The same of a figure that each round has its own of: met or missed when all rounds say so, else neither. */
    public String verdict(Rounds figures) {
        String least = verdict(figures.least(), 1);
        return least.equals(verdict(figures.most(), 1)) ? least : "too noisy, no verdict";
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%s %s %s", most ? "<=" : ">=", Figures.shortly(bound), unit)
                .strip();
    }
}
