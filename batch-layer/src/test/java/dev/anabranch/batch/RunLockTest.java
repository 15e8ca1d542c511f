package dev.anabranch.batch;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunLockTest {
    private static final Instant NOW = Instant.parse("2025-08-01T00:00:00Z");

    @TempDir
    Path stateDir;

    @Test
    void aSecondRunOfTheSameUseCaseIsToldWhoHoldsTheFirst() {
        try (RunLock held = RunLock.take(stateDir, "fraud", NOW)) {
            assertThatThrownBy(() -> RunLock.take(stateDir, "fraud", NOW.plusSeconds(5)))
                    .isInstanceOf(RunLock.HeldException.class)
                    .hasMessage("A batch run of fraud is under way (process "
                            + ProcessHandle.current().pid()
                            + ", since 2025-08-01T00:00:00Z); wait until it ends, or stop that process");
            RunLock.take(stateDir, "pricing", NOW).close();
        }
        RunLock.take(stateDir, "fraud", NOW).close();
    }
}
