package dev.anabranch.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.contract.Topics;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Members of real groups of a real broker; where one is killed, in a process of its own. */
class RunLeaseTest {
    private static final Instant NOW = Instant.parse("2025-08-01T00:00:00Z");
    /** Who is refused waits as long, and a machine that is busy must not stand still as long. */
    private static final Duration SESSION = Duration.ofSeconds(3);

    private static String kafka;

    /** A run on another machine: takes the lease, says so, and works until it is killed. */
    static final class Elsewhere {
        private Elsewhere() {}

        public static void main(String[] arguments) throws InterruptedException {
            RunLease.take(arguments[0], arguments[1], NOW, SESSION);
            System.out.println("taken");
            TimeUnit.MINUTES.sleep(5);
        }
    }

    @BeforeAll
    static void topic() {
        TestBroker broker = TestBroker.get();
        if (!broker.hasTopic(Topics.GENERATIONS)) {
            broker.createCompactedTopic(Topics.GENERATIONS, 1);
        }
        kafka = broker.bootstrapServers();
    }

    @Test
    void aSecondRunIsToldWhoHoldsTheFirstAndTakesNothingFromIt() throws InterruptedException {
        String useCase = useCase();
        try (RunLease held = RunLease.take(kafka, useCase, NOW, SESSION)) {
            // Assignors that are not sticky go by the order of names, which the moment is part of: one on either side.
            List.of(NOW.plusSeconds(5), NOW.minusSeconds(5)).parallelStream()
                    .forEach(other -> assertThatThrownBy(() -> RunLease.take(kafka, useCase, other, SESSION))
                            .isInstanceOf(RunLock.HeldException.class)
                            .hasMessageStartingWith("A batch run of " + useCase + " is under way (process "
                                    + ProcessHandle.current().pid() + " on ")
                            .hasMessageEndingWith(
                                    ", since 2025-08-01T00:00:00Z); wait until it ends, or stop that process"));
            RunLease.take(kafka, useCase(), NOW, SESSION).close(); // another use case's runs go on
        }
        RunLease.take(kafka, useCase, NOW, SESSION).close();
    }

    @Test
    void whoIsKilledIsSucceededByTheNextRunWithoutAnybodysDoing() throws Exception {
        String useCase = useCase();
        Process elsewhere = new ProcessBuilder(
                        ProcessHandle.current().info().command().orElseThrow(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Elsewhere.class.getName(),
                        kafka,
                        useCase)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader told =
                new BufferedReader(new InputStreamReader(elsewhere.getInputStream(), StandardCharsets.UTF_8))) {
            String line = told.readLine();
            while (line != null && !line.equals("taken")) {
                line = told.readLine();
            }
            assertThat(line).isEqualTo("taken");
        } finally {
            elsewhere.destroyForcibly().waitFor();
        }

        RunLease.take(kafka, useCase, NOW, SESSION).close();
    }

    private static String useCase() {
        return "use-case-" + UUID.randomUUID();
    }
}
