package dev.anabranch.batch.model;

import io.smallrye.config.WithDefault;
import java.util.LinkedHashMap;
import java.util.Map;

/** What a new version must reach before it may be live: {@code <use case's training>.gates.*}. */
public interface GateConfig {
    /** The name that the area under the ROC curve has among a version's metrics. */
    String AUC = "auc";

    /** The name that average precision has. */
    String AVERAGE_PRECISION = "average_precision";

    /** An end of the interval of the difference between the new version and the live one. */
    enum Bound {
        /** The new version is shown to be no worse, but for the tolerance. In doubt, what is live stays live. */
        LOWER,
        /** The new version is not shown to be worse. In doubt, the new one goes live. */
        UPPER
    }

    /** {@code gates.least-rows}: on fewer held-out rows no version passes. */
    @WithDefault("100")
    long leastRows();

    /** {@code gates.least-positives}: nor with fewer positives among them. */
    @WithDefault("20")
    long leastPositives();

    /** {@code gates.least-auc}: 0.5 is what chance has. */
    @WithDefault("0.5")
    double leastAuc();

    /** {@code gates.least-average-precision}: chance has the share of the positives. */
    @WithDefault("0")
    double leastAveragePrecision();

    /** {@code gates.bound}: {@code lower} or {@code upper}, the end of the interval that must reach. */
    @WithDefault("lower")
    Bound bound();

    /** {@code gates.tolerance}: how much of the deciding metric a new version may lose; 0 for nothing. */
    @WithDefault("0.02")
    double tolerance();

    /** {@code gates.confidence}: of the interval, open equally at both ends. */
    @WithDefault("0.95")
    double confidence();

    /** {@code gates.resamples}: how many make the interval. */
    @WithDefault("1000")
    int resamples();

    /**
     * The gates.
     *
     * @param key  what the names of the settings begin with, for messages
     * @param seed of the resamples
     * @throws IllegalArgumentException when a setting makes no sense; the message names it
     */
    default Gates toGates(String key, Judge judge, long seed) {
        require(leastRows() >= 1, key + ".least-rows must be 1 or more", leastRows());
        require(leastPositives() >= 1, key + ".least-positives must be 1 or more", leastPositives());
        require(isShare(leastAuc()), key + ".least-auc must be from 0 to 1", leastAuc());
        require(
                isShare(leastAveragePrecision()),
                key + ".least-average-precision must be from 0 to 1",
                leastAveragePrecision());
        require(isShare(tolerance()), key + ".tolerance must be from 0 to 1", tolerance());
        PairedBootstrap bootstrap;
        try {
            bootstrap = new PairedBootstrap(resamples(), confidence(), seed);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    key + ".resamples and " + key + ".confidence do not go together: " + e.getMessage(), e);
        }
        Map<String, Double> least = new LinkedHashMap<>();
        least.put(AUC, leastAuc());
        least.put(AVERAGE_PRECISION, leastAveragePrecision());
        return new Gates(judge, least, leastRows(), leastPositives(), bound(), tolerance(), bootstrap);
    }

    private static void require(boolean holds, String rule, Object got) {
        if (!holds) {
            throw new IllegalArgumentException(rule + ", got " + got);
        }
    }

    private static boolean isShare(double value) {
        return value >= 0 && value <= 1; // NaN is none
    }
}
