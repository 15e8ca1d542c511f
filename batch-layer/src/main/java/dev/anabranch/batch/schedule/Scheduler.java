package dev.anabranch.batch.schedule;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs the use cases when they are due, one after the other: a run wants every core there is. */
final class Scheduler {
    /** Starts a run. */
    interface Starter {
        Process start(String useCase) throws IOException;
    }

    private static final Logger LOG = LoggerFactory.getLogger(Scheduler.class);
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Duration LOOK_AGAIN = Duration.ofMinutes(1);
    private static final String SUCCEEDED = "succeeded";

    private final List<Turn> turns;
    private final Starter starter;
    private final Clock clock;
    private final MeterRegistry metrics;
    private final CountDownLatch stopping = new CountDownLatch(1);
    private volatile Process running;
    private volatile String state = "not started";

    /** @param turns of each use case that is run at all */
    Scheduler(List<Turn> turns, Starter starter, Clock clock, MeterRegistry metrics) {
        this.turns = turns;
        this.starter = starter;
        this.clock = clock;
        this.metrics = metrics;
    }

    /** Returns when it was stopped and no run is left. */
    void run() throws InterruptedException {
        if (turns.isEmpty()) {
            idle();
            return;
        }
        while (true) {
            Turn next = turns.stream().min(Comparator.comparing(Turn::due)).orElseThrow();
            state = "next is " + next.useCase() + " at " + next.due();
            long wait = Duration.between(clock.instant(), next.due()).toMillis();
            if (stopping.await(Math.min(wait, LOOK_AGAIN.toMillis()), TimeUnit.MILLISECONDS)) {
                return;
            }
            if (!clock.instant().isBefore(next.due())) { // the clock may have been set meanwhile
                Instant started = clock.instant();
                boolean succeeded = runOnce(next.useCase());
                if (stopping.getCount() == 0) {
                    return; // what was stopped is due when the process is back
                }
                next.ran(succeeded, started, clock.instant());
            }
        }
    }

    /** Waits until it is stopped. */
    private void idle() throws InterruptedException {
        state = "no runs are scheduled";
        stopping.await();
    }

    /** Ends the run that is under way, and {@link #run}. */
    void stop() throws InterruptedException {
        stopping.countDown();
        Process process = running;
        if (process != null) {
            process.destroy();
            if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        }
    }

    String describe() {
        return state;
    }

    private boolean runOnce(String useCase) throws InterruptedException {
        long started = System.nanoTime();
        String outcome = "failed";
        state = "running " + useCase;
        try {
            Process process = starter.start(useCase);
            running = process;
            if (stopping.getCount() == 0) {
                process.destroy(); // told to stop while it was starting
            }
            int exit = process.waitFor();
            outcome = exit == 0 ? SUCCEEDED : "failed";
            Duration took = Duration.ofNanos(System.nanoTime() - started);
            LOG.info("Run of {} {} with exit code {} after {} s", useCase, outcome, exit, took.toSeconds());
        } catch (IOException e) {
            LOG.error("Run of {} could not be started: {}", useCase, e.getMessage());
        } finally {
            running = null;
        }
        Counter.builder("anabranch.batch.runs")
                .description("Batch runs that ended")
                .tag("use_case", useCase)
                .tag("outcome", outcome)
                .register(metrics)
                .increment();
        Timer.builder("anabranch.batch.run")
                .description("How long batch runs take")
                .tag("use_case", useCase)
                .register(metrics)
                .record(Duration.ofNanos(System.nanoTime() - started));
        return outcome.equals(SUCCEEDED);
    }
}
