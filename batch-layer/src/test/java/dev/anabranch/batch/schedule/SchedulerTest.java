package dev.anabranch.batch.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** With real processes: this JVM's own java, doing little. */
class SchedulerTest {
    private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();

    @Test
    void everyUseCaseIsRunInTurnAndHowItEndedIsCounted() throws Exception {
        List<String> started = new CopyOnWriteArrayList<>();
        Scheduler scheduler = new Scheduler(
                List.of("one", "other"),
                useCase -> {
                    started.add(useCase);
                    return java(useCase.equals("one") ? "-version" : "--no-such-option");
                },
                metrics);
        Thread thread = running(scheduler);
        Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> started.size() >= 4);
        scheduler.stop();
        thread.join();

        assertThat(started).startsWith("one", "other", "one", "other");
        assertThat(count("one", "succeeded")).isGreaterThanOrEqualTo(1);
        assertThat(count("other", "failed")).isGreaterThanOrEqualTo(1);
    }

    @Test
    void stoppingEndsTheRunThatIsUnderWay() throws Exception {
        AtomicReference<Process> child = new AtomicReference<>();
        Scheduler scheduler = new Scheduler(
                List.of("endless"),
                useCase -> {
                    child.set(java("-cp", System.getProperty("java.class.path"), Endless.class.getName()));
                    return child.get();
                },
                metrics);
        Thread thread = running(scheduler);
        Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> child.get() != null);
        scheduler.stop();
        thread.join();
        assertThat(child.get().isAlive()).isFalse();
    }

    @Test
    void anIntervalIsADurationOrOff() {
        assertThat(config("off").interval()).isEmpty();
        assertThat(config("PT3M").interval()).contains(Duration.ofMinutes(3));
        assertThatThrownBy(() -> config("often").interval())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("anabranch.batch.every must be off or a duration longer than zero, got 'often'; try PT15M");
        assertThatThrownBy(() -> config("PT0S").interval()).isInstanceOf(IllegalArgumentException.class);
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
                scheduler.run(Duration.ZERO, Duration.ofMillis(1));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        thread.start();
        return thread;
    }

    private double count(String useCase, String outcome) {
        return metrics.get("anabranch.batch.runs")
                .tag("use_case", useCase)
                .tag("outcome", outcome)
                .counter()
                .count();
    }

    private static Process java(String... arguments) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString());
        builder.command().addAll(List.of(arguments));
        return builder.redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    private static ScheduleConfig config(String every) {
        return new ScheduleConfig() {
            @Override
            public String every() {
                return every;
            }

            @Override
            public Optional<Duration> initialDelay() {
                return Optional.empty();
            }

            @Override
            public Optional<List<String>> useCases() {
                return Optional.empty();
            }

            @Override
            public String jvmOptions() {
                return "";
            }

            @Override
            public Path logDir() {
                return Path.of("logs");
            }
        };
    }
}
