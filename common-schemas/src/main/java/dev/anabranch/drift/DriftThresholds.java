package dev.anabranch.drift;

/**
 * From where on a figure is an alert. Sizes decide, not probabilities: with many events any difference is certain, and small
 * ones are of no account.
 *
 * @param psi          of the population stability index, whatever it is otherwise
 * @param leastPsi     the same, where it is {@code timesUsual} what it usually is
 * @param timesUsual   how many times as much as usual that is
 * @param ks           of the greatest difference of cumulative shares
 * @param missing      how much more of a feature may be missing than was, as a share of all
 * @param rate         how many times as frequent, or as rare, positives may be among the labels
 * @param significance what is to be expected of chance with this probability is no alert, whatever its size
 * @param leastRows    nor is anything of fewer values than these
 */
public record DriftThresholds(
        double psi,
        double leastPsi,
        double timesUsual,
        double ks,
        double missing,
        double rate,
        double significance,
        long leastRows) {
    /** @throws IllegalArgumentException when one makes no sense, naming it */
    public DriftThresholds {
        require(psi > 0, "psi must be above 0", psi);
        require(leastPsi > 0, "least-psi must be above 0", leastPsi);
        require(timesUsual > 1, "times-usual must be above 1", timesUsual);
        require(ks > 0 && ks <= 1, "ks must be above 0 and at most 1", ks);
        require(missing > 0 && missing <= 1, "missing must be above 0 and at most 1", missing);
        require(rate > 1, "rate must be above 1", rate);
        require(significance > 0 && significance < 1, "significance must be between 0 and 1", significance);
        require(leastRows >= 1, "least-rows must be 1 or more", leastRows);
    }

    private static void require(boolean holds, String rule, Object value) {
        if (!holds) {
            throw new IllegalArgumentException("anabranch.drift." + rule + ", got " + value);
        }
    }
}
