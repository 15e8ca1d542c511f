package dev.anabranch.batch.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With real processes: this JVM's own java, doing little. */
class SchedulerTest {
    @TempDir
    Path folder;

    private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();

    @Test
    void everyUseCaseIsRunWhenItIsDueAndHowItEndedIsCounted() throws Exception {
        List<String> started = new CopyOnWriteArrayList<>();
        Scheduler scheduler = scheduler(List.of("one", "other"), useCase -> {
            started.add(useCase);
            return java(useCase.equals("one") ? "-version" : "--no-such-option");
        });
        Thread thread = running(scheduler);
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .until(() -> count("one", "succeeded") >= 1 && count("other", "failed") >= 1);
        scheduler.stop();
        thread.join();

        assertThat(started).contains("one", "other");
    }

    @Test
    void stoppingEndsTheRunThatIsUnderWay() throws Exception {
        AtomicReference<Process> child = new AtomicReference<>();
        Scheduler scheduler = scheduler(List.of("endless"), useCase -> {
            child.set(java("-cp", System.getProperty("java.class.path"), Endless.class.getName()));
            return child.get();
        });
        Thread thread = running(scheduler);
        Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> child.get() != null);
        scheduler.stop();
        thread.join();
        assertThat(child.get().isAlive()).isFalse();
    }

    /** A run that never ends by itself. */
    static final class Endless {
        public static void main(String[] arguments) throws InterruptedException {
            new java.util.concurrent.CountDownLatch(1).await();
        }
    }

    private static Thread running(Scheduler scheduler) {
        Thread thread = new Thread(() -> {
            try {
                scheduler.run();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        thread.start();
        return thread;
    }

    private double count(String useCase, String outcome) {
        Counter counter = metrics.find("anabranch.batch.runs")
                .tag("use_case", useCase)
                .tag("outcome", outcome)
                .counter();
        return counter == null ? 0 : counter.count();
    }

    private static Process java(String... arguments) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString());
        builder.command().addAll(List.of(arguments));
        return builder.redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    private Scheduler scheduler(List<String> useCases, Scheduler.Starter starter) {
        Clock clock = Clock.systemUTC();
        Schedule always = moment -> moment.plusMillis(1);
        Served served = new Served(folder);
        List<Turn> turns = useCases.stream()
                .map(useCase -> new Turn(useCase, always, served, 2, Duration.ofMillis(1), clock.instant()))
                .toList();
        return new Scheduler(turns, starter, clock, metrics);
    }
}
