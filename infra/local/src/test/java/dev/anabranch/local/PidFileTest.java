package dev.anabranch.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PidFileTest {
    private static final ProcessHandle SELF = ProcessHandle.current();

    @TempDir
    Path directory;

    @Test
    void aProcessThatRunsIsFound() {
        PidFile file = new PidFile(directory.resolve("self.pid"));
        file.write(SELF);
        assertThat(file.running()).contains(SELF);
    }

    @Test
    void withoutAFileNothingRuns() {
        assertThat(new PidFile(directory.resolve("none.pid")).running()).isEmpty();
    }

    @Test
    void aProcessThatHasTakenOverTheIdIsAStranger() throws IOException {
        long started = SELF.info().startInstant().map(Instant::toEpochMilli).orElseThrow();
        long anotherStart = started - PidFile.TOLERANCE_MILLIS - 1;
        Path path = Files.writeString(directory.resolve("self.pid"), SELF.pid() + " " + anotherStart + "\n");
        assertThat(new PidFile(path).running()).isEmpty();
    }

    @Test
    void aStartThatTheSystemRoundsDifferentlyIsTheSameProcess() throws IOException {
        long started = SELF.info().startInstant().map(Instant::toEpochMilli).orElseThrow();
        Path path = Files.writeString(directory.resolve("self.pid"), SELF.pid() + " " + (started + 1_000) + "\n");
        assertThat(new PidFile(path).running()).contains(SELF);
    }

    @Test
    void aProcessThatHasEndedDoesNotRun() throws Exception {
        Process process = new ProcessBuilder(Distribution.java(), "-version").start();
        PidFile file = new PidFile(directory.resolve("ended.pid"));
        file.write(process.toHandle());
        process.waitFor();
        assertThat(file.running()).isEmpty();
    }

    @Test
    void aDamagedFileSaysWhatItMustHold() throws IOException {
        Path path = Files.writeString(directory.resolve("damaged.pid"), "twelve\n");
        assertThatThrownBy(new PidFile(path)::running)
                .isInstanceOf(Problem.class)
                .hasMessageContaining("damaged.pid must hold a process id and its start in epoch milliseconds");
    }
}
