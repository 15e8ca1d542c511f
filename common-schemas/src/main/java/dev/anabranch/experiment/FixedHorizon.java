package dev.anabranch.experiment;

/**
 * What a test finds that looks once, at a number of entities fixed beforehand: the usual figures for planning. A test that
 * may be looked at any time ({@link ConfidenceSequence}) needs more for the same: at the number it is tightest at, about
 * twice as many for 5 % and 80 %.
 *
 * @param alpha the share of experiments without a difference in which one is found, on either side
 * @param power the share of those with the difference in question in which it is found
 */
public record FixedHorizon(double alpha, double power) {
    public FixedHorizon {
        if (!(alpha > 0 && alpha < 1)) {
            throw new IllegalArgumentException(
                    "Alpha must be more than 0 and less than 1, got " + alpha + "; try 0.05");
        }
        if (!(power > alpha && power < 1)) {
            throw new IllegalArgumentException(
                    "Power must be more than alpha, " + alpha + ", and less than 1, got " + power + "; try 0.8");
        }
    }

    /**
     * The least difference that is found with the power asked for: (z of 1 − alpha/2 + z of power) standard errors.
     *
     * @param standardError of the difference, at the entities there are
     */
    public double detectable(double standardError) {
        return (NormalQuantile.of(1 - alpha / 2) + NormalQuantile.of(power)) * standardError;
    }

    /**
     * How many entities it takes to find a difference with the power asked for, when they go on in the same shares.
     *
     * @param difference    not 0
     * @param standardError at the entities there are
     * @param entities      how many that is, of both arms
     */
    public long entitiesFor(double difference, double standardError, long entities) {
        double times = detectable(standardError) / difference; // the error falls with the root of the entities
        return (long) Math.ceil(entities * times * times);
    }
}
