package dev.anabranch.batch.schedule;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** When runs are started, and how. */
@ConfigMapping(prefix = "anabranch.batch")
public interface ScheduleConfig {
    /** What stands for no runs at all, in the place of a cron expression. */
    String OFF = "off";

    /**
     * {@code anabranch.batch.cron}: when the use cases are run that have no expression of their own: minute, hour, day of
     * month, month, day of week; {@code off} for no runs at all.
     */
    @WithDefault("*/15 * * * *")
    String cron();

    /** {@code anabranch.batch.cron-of.<use case>}: when that one is run, {@code 0 3 * * *} say; {@code off} for never. */
    Map<String, String> cronOf();

    /** {@code anabranch.batch.zone}: whose clock the expressions go by. */
    @WithDefault("UTC")
    ZoneId zone();

    /** {@code anabranch.batch.retries}: how often a run that fails is tried again before its next time is waited for. */
    @WithDefault("2")
    int retries();

    /** {@code anabranch.batch.retry-after}: how long after it failed; twice as long after each further failure. */
    @WithDefault("PT1M")
    Duration retryAfter();

    /** {@code anabranch.batch.use-cases}: those that are run, separated by commas; all of them when it is not set. */
    Optional<List<String>> useCases();

    /** {@code anabranch.batch.jvm-options}: options for the JVM of a run, separated by spaces. */
    @WithDefault("-Xmx2g")
    String jvmOptions();

    /** {@code anabranch.batch.log-dir}: where the output of each use case's runs is appended, one file each. */
    @WithDefault("${anabranch.state-dir:.anabranch}/logs")
    Path logDir();
}
