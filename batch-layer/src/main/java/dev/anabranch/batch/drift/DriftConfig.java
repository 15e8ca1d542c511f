package dev.anabranch.batch.drift;

import dev.anabranch.drift.DriftThresholds;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** From where on a difference is an alert, and what is done about it: {@code anabranch.drift.*}. */
@ConfigMapping(prefix = "anabranch.drift")
public interface DriftConfig {
    /** What a run does that finds an alert. */
    enum Action {
        /** Nothing but telling. */
        NONE,
        /** Trains in that run, though a version has been trained not long ago. */
        RETRAIN,
        /** Makes live what was live before. */
        ROLL_BACK
    }

    /**
     * {@code anabranch.drift.psi}: of the population stability index. Below 0.1 is customarily called none, from 0.2 or 0.25 on
     * much.
     */
    @WithDefault("0.2")
    double psi();

    /** {@code anabranch.drift.least-psi}: the same, of what is {@code times-usual} what it was in the two weeks before. */
    @WithDefault("0.05")
    double leastPsi();

    /** {@code anabranch.drift.times-usual}: how many times as much as usual that is. */
    @WithDefault("3")
    double timesUsual();

    /** {@code anabranch.drift.ks}: of the greatest difference of cumulative shares. */
    @WithDefault("0.1")
    double ks();

    /** {@code anabranch.drift.missing}: by how much the share of missing values may grow. */
    @WithDefault("0.05")
    double missing();

    /** {@code anabranch.drift.rate}: how many times as frequent, or as rare, positives may be among the labels. */
    @WithDefault("2.5")
    double rate();

    /** {@code anabranch.drift.significance}: what chance does with this probability is no alert, whatever its size. */
    @WithDefault("0.001")
    double significance();

    /** {@code anabranch.drift.least-rows}: nor is anything of fewer values than these. */
    @WithDefault("500")
    long leastRows();

    /** {@code anabranch.drift.action}: {@code none}, {@code retrain} or {@code roll-back}. */
    @WithDefault("none")
    Action action();

    /** {@code anabranch.drift.cool-down}: how long nothing more is done after something was. */
    @WithDefault("P1D")
    Duration coolDown();

    /**
     * {@code anabranch.drift.skew-every}: how often predictions are made again from the archive; it reads all events that their
     * views reach back to.
     */
    @WithDefault("P1D")
    Duration skewEvery();

    /** {@code anabranch.drift.skew-sample}: how many of the last day, at most; 0 for none ever. */
    @WithDefault("1000")
    int skewSample();

    /** @throws IllegalArgumentException when what is no threshold makes no sense; the message names it */
    default void check() {
        require(!coolDown().isNegative(), "cool-down", coolDown());
        require(!skewEvery().isNegative(), "skew-every", skewEvery());
        require(skewSample() >= 0, "skew-sample", skewSample());
    }

    private static void require(boolean holds, String name, Object value) {
        if (!holds) {
            throw new IllegalArgumentException("anabranch.drift." + name + " must not be negative, got " + value);
        }
    }

    /** @throws IllegalArgumentException when one makes no sense; the message names it */
    default DriftThresholds toThresholds() {
        return new DriftThresholds(
                psi(), leastPsi(), timesUsual(), ks(), missing(), rate(), significance(), leastRows());
    }
}
