package dev.anabranch.batch.archive;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.batch.BatchSession;
import dev.anabranch.batch.TestPlatform;
import dev.anabranch.lakehouse.RunHistory;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.iceberg.BaseTable;
import org.apache.iceberg.HasTableOperations;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableOperations;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.io.LocationProvider;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs of two use cases look after the same table at the same time: one that every run adds to. */
class ArchiveMaintenanceTest {
    private static final String NAME = RunHistory.IDENTIFIER.toString();
    private static final Instant NOW = Instant.now();

    @TempDir
    static Path folder;

    private static BatchSession session;

    private final ArchiveMaintenance maintenance =
            new ArchiveMaintenance(session.spark(), session.config().maintenance(), List.of());

    @BeforeAll
    static void open() {
        session = BatchSession.start(new TestPlatform(folder, "127.0.0.1:1", 1), "maintenance");
    }

    @AfterAll
    static void close() {
        session.close();
    }

    @BeforeEach
    void fewRuns() {
        session.lakehouse().catalog().dropTable(RunHistory.IDENTIFIER);
        for (int run = 1; run <= 4; run++) {
            record("run-" + run);
        }
    }

    @Test
    void whatAnotherRunCompactedMeanwhileFailsNoRunAndLosesNoRow() {
        Table asSeenBefore = table();
        assertThat(maintenance.maintain(NAME, table(), NOW)).as("by the other").isEqualTo(4);
        record("run-5");

        assertThat(maintenance.maintain(NAME, asSeenBefore, NOW)).isZero();

        assertThat(runs()).containsExactlyInAnyOrder("run-1", "run-2", "run-3", "run-4", "run-5");
        assertThat(files()).isEqualTo(2);
    }

    @Test
    void whoeverCommitsAtEveryAttemptFailsNoRunAndLosesNoRowAndTheNextRunCompacts() {
        Overtaken overtaken = new Overtaken(((HasTableOperations) table()).operations());

        Instant much = NOW.plus(Duration.ofDays(1)); // so that snapshots are old enough to go, too
        assertThat(maintenance.maintain(NAME, new BaseTable(overtaken, NAME), much))
                .isZero();

        int rows = 4 + overtaken.times;
        assertThat(overtaken.times).isGreaterThan(1);
        assertThat(runs()).hasSize(rows).doesNotHaveDuplicates();
        assertThat(files()).isEqualTo(rows);
        assertThat(maintenance.maintain(NAME, table(), much)).isEqualTo(rows);
        assertThat(table().snapshots()).hasSize(1);
        assertThat(runs()).hasSize(rows).doesNotHaveDuplicates();
    }

    private static Table table() {
        return session.lakehouse().find(RunHistory.IDENTIFIER).orElseThrow();
    }

    private static long files() {
        return Long.parseLong(table().currentSnapshot().summary().get("total-data-files"));
    }

    private static List<String> runs() {
        return new RunHistory(session.lakehouse())
                .newest(Optional.empty(), 1_000).stream()
                        .map(RunHistory.Run::run)
                        .toList();
    }

    private static void record(String name) {
        new RunHistory(session.lakehouse())
                .record(new RunHistory.Run(
                        name,
                        "fraud",
                        "schedule",
                        false,
                        1,
                        2,
                        RunHistory.SUCCEEDED,
                        null,
                        Map.of(),
                        Map.of(),
                        List.of()));
    }

    /** The table's own operations, and before each of their commits another run makes its own. */
    private static final class Overtaken implements TableOperations {
        private final TableOperations own;
        private int times;

        private Overtaken(TableOperations own) {
            this.own = own;
        }

        @Override
        public void commit(TableMetadata base, TableMetadata metadata) {
            times++;
            record("meanwhile-" + times);
            own.commit(base, metadata);
        }

        @Override
        public TableMetadata current() {
            return own.current();
        }

        @Override
        public TableMetadata refresh() {
            return own.refresh();
        }

        @Override
        public FileIO io() {
            return own.io();
        }

        @Override
        public String metadataFileLocation(String fileName) {
            return own.metadataFileLocation(fileName);
        }

        @Override
        public LocationProvider locationProvider() {
            return own.locationProvider();
        }
    }
}
