package dev.anabranch.batch.schedule;

import dev.anabranch.usecase.UseCase;
import dev.anabranch.usecase.UseCases;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The schedule that the settings ask for. */
public final class ScheduledRuns {
    private final Scheduler scheduler;
    private final Optional<Duration> interval;
    private final Duration initialDelay;

    /** @throws IllegalArgumentException when the settings name a use case there is not, or no duration */
    public ScheduledRuns(ScheduleConfig config, Path stateDir, MeterRegistry metrics) {
        interval = config.interval();
        initialDelay = config.initialDelay().or(() -> interval).orElse(Duration.ZERO);
        RunProcess process = new RunProcess(stateDir, config.jvmOptions(), config.logDir());
        scheduler = new Scheduler(useCases(config), process::start, metrics);
    }

    /** Starts runs until it is stopped. */
    public void run() throws InterruptedException {
        if (interval.isEmpty()) {
            scheduler.idle();
        } else {
            scheduler.run(initialDelay, interval.get());
        }
    }

    public void stop() throws InterruptedException {
        scheduler.stop();
    }

    /** One line for a person. */
    public String describe() {
        return scheduler.describe();
    }

    private static List<String> useCases(ScheduleConfig config) {
        List<String> known = UseCases.all().stream().map(UseCase::name).toList();
        List<String> wanted = config.useCases().orElse(known);
        for (String name : wanted) {
            if (!known.contains(name)) {
                throw new IllegalArgumentException(
                        "anabranch.batch.use-cases must be some of " + known + ", got '" + name + "'");
            }
        }
        return wanted;
    }
}
