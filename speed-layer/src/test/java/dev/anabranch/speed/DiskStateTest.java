package dev.anabranch.speed;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiskStateTest {
    @TempDir
    private Path directory;

    private DiskState state;

    @BeforeEach
    void twoTasksAndWhatIsNoTask() throws IOException {
        Files.createDirectories(directory.resolve("0_1/rocksdb/cells"));
        Files.createFile(directory.resolve("0_1/rocksdb/cells/000004.sst"));
        Files.createDirectories(directory.resolve("2_0"));
        Files.createFile(directory.resolve("kafka-streams-process-metadata"));
        state = new DiskState(directory);
    }

    @Test
    void afterALifeThatEndedInOrderItsStoresAreUsed() {
        assertThat(state.begin()).as("the first life").isZero();
        state.end();
        assertThat(new DiskState(directory).begin()).isZero();
        assertThat(directory.resolve("0_1/rocksdb/cells/000004.sst")).exists();
    }

    @Test
    void afterALifeThatWasKilledItsStoresAreGoneAndWhoItIsStays() {
        state.begin();
        assertThat(new DiskState(directory).begin()).isEqualTo(2);
        assertThat(directory.resolve("0_1")).doesNotExist();
        assertThat(directory.resolve("2_0")).doesNotExist();
        assertThat(directory.resolve("kafka-streams-process-metadata")).exists();
        assertThat(new DiskState(directory).begin()).as("killed once more").isZero();
        state.end();
        assertThat(new DiskState(directory).begin()).isZero();
    }

    @Test
    void aLifeThatEndedBeforeItBeganSaysNothingOfTheOneBefore() {
        state.begin();
        new DiskState(directory).end();
        assertThat(new DiskState(directory).begin()).isEqualTo(2);
    }

    @Test
    void withNothingOnDiskNothingIsDone() {
        DiskState nowhere = new DiskState(directory.resolve("nowhere"));
        assertThat(nowhere.begin()).isZero();
        nowhere.end();
        assertThat(directory.resolve("nowhere")).doesNotExist();
    }
}
