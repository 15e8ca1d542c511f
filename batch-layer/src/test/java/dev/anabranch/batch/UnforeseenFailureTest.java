package dev.anabranch.batch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnforeseenFailureTest {
    private static final Throwable CAUSE =
            new IllegalStateException("Job aborted", new IOException("No space left on device\nand more"));

    @TempDir
    Path folder;

    @Test
    void aPersonReadsOneLineAndTheTraceIsKept() throws IOException {
        String line = new UnforeseenFailure("The run", CAUSE).record(folder, Instant.EPOCH);

        Path file = folder.resolve("batch-failures.log");
        assertThat(line)
                .isEqualTo("The run failed unexpectedly: IOException: No space left on device"
                        + " (the stack trace is in " + file + ")");
        assertThat(Files.readString(file))
                .startsWith("1970-01-01T00:00:00Z The run failed\n")
                .contains("IllegalStateException: Job aborted", "Caused by: java.io.IOException", "\tat ");
    }

    @Test
    void whereTheTraceCannotBeKeptItIsShown() throws IOException {
        Path noFolder = Files.createFile(folder.resolve("file"));

        String shown = new UnforeseenFailure("The run", CAUSE).record(noFolder, Instant.EPOCH);

        assertThat(shown).contains("No space left on device", "cannot be kept", "\tat ");
    }
}
