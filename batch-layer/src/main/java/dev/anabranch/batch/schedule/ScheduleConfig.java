package dev.anabranch.batch.schedule;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Optional;

/** When runs are started, and how. */
@ConfigMapping(prefix = "anabranch.batch")
public interface ScheduleConfig {
    /**
     * {@code anabranch.batch.every}: from the start of one run of a use case to the start of its next, {@code PT15M} say;
     * {@code off} for no runs at all. A run that takes longer delays the next.
     */
    @WithDefault("PT15M")
    String every();

    /** {@code anabranch.batch.initial-delay}: from the start of the scheduler to the first runs; one interval if not set. */
    Optional<Duration> initialDelay();

    /** {@code anabranch.batch.use-cases}: those that are run, separated by commas; all of them when it is not set. */
    Optional<List<String>> useCases();

    /** {@code anabranch.batch.jvm-options}: options for the JVM of a run, separated by spaces. */
    @WithDefault("-Xmx2g")
    String jvmOptions();

    /** {@code anabranch.batch.log-dir}: where the output of each use case's runs is appended, one file each. */
    @WithDefault("${anabranch.state-dir:.anabranch}/logs")
    Path logDir();

    /** The interval; empty for {@code off}. */
    default Optional<Duration> interval() {
        if (every().equalsIgnoreCase("off")) {
            return Optional.empty();
        }
        try {
            Duration interval = Duration.parse(every());
            if (!interval.isZero() && !interval.isNegative()) {
                return Optional.of(interval);
            }
        } catch (DateTimeParseException e) {
            throw wrong(e);
        }
        throw wrong(null);
    }

    private IllegalArgumentException wrong(Exception cause) {
        return new IllegalArgumentException(
                "anabranch.batch.every must be off or a duration longer than zero, got '" + every() + "'; try PT15M",
                cause);
    }
}
