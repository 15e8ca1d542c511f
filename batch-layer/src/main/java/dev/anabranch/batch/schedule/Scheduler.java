package dev.anabranch.batch.schedule;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs the use cases at an interval, one after the other: a run wants every core there is. */
final class Scheduler {
    /** Starts a run. */
    interface Starter {
        Process start(String useCase) throws IOException;
    }

    private static final Logger LOG = LoggerFactory.getLogger(Scheduler.class);
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final List<String> useCases;
    private final Starter starter;
    private final MeterRegistry metrics;
    private final CountDownLatch stopping = new CountDownLatch(1);
    private volatile Process running;
    private volatile String state = "not started";

    Scheduler(List<String> useCases, Starter starter, MeterRegistry metrics) {
        this.useCases = useCases;
        this.starter = starter;
        this.metrics = metrics;
    }

    /** Returns when it was stopped and no run is left. */
    void run(Duration initialDelay, Duration interval) throws InterruptedException {
        long due = System.nanoTime() + initialDelay.toNanos();
        while (true) {
            state = "next runs in "
                    + Duration.ofNanos(Math.max(0, due - System.nanoTime())).toSeconds() + " s or less";
            if (stopping.await(due - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                return;
            }
            due = System.nanoTime() + interval.toNanos();
            for (String useCase : useCases) {
                runOnce(useCase);
            }
        }
    }

    /** Waits until it is stopped. */
    void idle() throws InterruptedException {
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

    private void runOnce(String useCase) throws InterruptedException {
        if (stopping.getCount() == 0) {
            return;
        }
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
            outcome = exit == 0 ? "succeeded" : "failed";
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
    }
}
