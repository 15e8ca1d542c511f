package dev.anabranch.batch.schedule;

import dev.anabranch.usecase.UseCase;
import dev.anabranch.usecase.UseCases;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** The schedule that the settings ask for. */
public final class ScheduledRuns {
    private final Scheduler scheduler;

    /** @throws IllegalArgumentException when the settings name a use case there is not, or no time that comes */
    public ScheduledRuns(ScheduleConfig config, Path stateDir, Clock clock, MeterRegistry metrics) {
        RunProcess process = new RunProcess(stateDir, config.jvmOptions(), config.logDir());
        scheduler = new Scheduler(turns(config, stateDir, clock.instant()), process::start, clock, metrics);
    }

    /** Starts runs until it is stopped. */
    public void run() throws InterruptedException {
        scheduler.run();
    }

    public void stop() throws InterruptedException {
        scheduler.stop();
    }

    /** One line for a person. */
    public String describe() {
        return scheduler.describe();
    }

    static List<Turn> turns(ScheduleConfig config, Path stateDir, Instant now) {
        List<String> known = UseCases.all().stream().map(UseCase::name).toList();
        requireKnown("anabranch.batch.cron-of", config.cronOf().keySet(), known);
        if (config.retries() < 0) {
            throw new IllegalArgumentException("anabranch.batch.retries must be 0 or more, got " + config.retries());
        }
        List<String> wanted = config.useCases().orElse(known);
        requireKnown("anabranch.batch.use-cases", wanted, known);
        Served served = new Served(stateDir);
        List<Turn> turns = new ArrayList<>();
        for (String useCase : wanted) {
            boolean own = config.cronOf().containsKey(useCase);
            String setting = own ? "anabranch.batch.cron-of." + useCase : "anabranch.batch.cron";
            String expression = own ? config.cronOf().get(useCase) : config.cron();
            if (!expression.strip().equalsIgnoreCase(ScheduleConfig.OFF)) {
                Schedule schedule = Schedule.cron(setting, expression, config.zone(), now);
                turns.add(new Turn(useCase, schedule, served, config.retries(), config.retryAfter(), now));
            }
        }
        return turns;
    }

    private static void requireKnown(String setting, Iterable<String> names, List<String> known) {
        for (String name : names) {
            if (!known.contains(name)) {
                throw new IllegalArgumentException(setting + " must name some of " + known + ", got '" + name + "'");
            }
        }
    }
}
