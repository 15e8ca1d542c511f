package dev.anabranch.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.event.EventType;
import dev.anabranch.fraud.FraudEvents;
import dev.anabranch.fraud.FraudUseCase;
import dev.anabranch.lakehouse.CatalogConfig;
import dev.anabranch.lakehouse.EventTables;
import dev.anabranch.lakehouse.Lakehouse;
import dev.anabranch.lakehouse.SnapshotCut;
import dev.anabranch.view.Cut;
import dev.anabranch.view.Origin;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Payments, then labels, then payments again: three commits, and the archive as of each. */
class ArchiveStateTest {
    private static final FraudUseCase USE_CASE = new FraudUseCase();
    private static final Instant LATER = Instant.now().plusSeconds(3_600);

    @TempDir
    Path folder;

    private Lakehouse lakehouse;

    @BeforeEach
    void open() {
        lakehouse = Lakehouse.open(CatalogConfig.under(folder));
    }

    @AfterEach
    void close() {
        lakehouse.close();
    }

    @Test
    void asOfASnapshotEachTableIsReadAtItsNewestThatWasNotLater() {
        Snapshot first = commit(FraudEvents.TRANSACTION, 2048);
        Snapshot labels = commit(FraudEvents.FRAUD_LABEL, 1024);
        Snapshot second = commit(FraudEvents.TRANSACTION, 5000);

        assertThat(asOf(String.valueOf(first.snapshotId())))
                .isEqualTo(new ArchiveState(cut(2048, 0), Map.of(TRANSACTIONS, first.snapshotId())));
        assertThat(asOf(String.valueOf(labels.snapshotId())))
                .isEqualTo(new ArchiveState(
                        cut(2048, 1024), Map.of(TRANSACTIONS, first.snapshotId(), LABELS, labels.snapshotId())));
        assertThat(asOf(String.valueOf(second.snapshotId())))
                .isEqualTo(ArchiveState.of(lakehouse, USE_CASE))
                .isEqualTo(new ArchiveState(
                        cut(4096, 1024), Map.of(TRANSACTIONS, second.snapshotId(), LABELS, labels.snapshotId())));
    }

    @Test
    void asOfAMomentTheSnapshotOfThatVeryMomentCounts() {
        Snapshot first = commit(FraudEvents.TRANSACTION, 2048);
        Snapshot second = commit(FraudEvents.TRANSACTION, 4096);

        assertThat(asOf(Instant.ofEpochMilli(second.timestampMillis()).toString())
                        .snapshots())
                .containsEntry(TRANSACTIONS, second.snapshotId());
        assertThat(asOf(Instant.ofEpochMilli(second.timestampMillis() - 1).toString())
                        .snapshots())
                .containsEntry(TRANSACTIONS, first.snapshotId());
    }

    @Test
    void whatIsUnknownTooEarlyInTheFutureOrNonsenseIsRefused() {
        assertThatThrownBy(() -> asOf(Instant.now().toString())).hasMessageContaining("; there is none yet, got ");
        Snapshot first = commit(FraudEvents.TRANSACTION, 1000); // no whole block yet
        Instant at = Instant.ofEpochMilli(first.timestampMillis());
        assertThatThrownBy(() -> asOf(String.valueOf(first.snapshotId())))
                .hasMessage(
                        "--as-of must not lie before the first snapshot with a whole block of events; the first snapshot"
                                + " is of " + at + ", got " + first.snapshotId());
        commit(FraudEvents.TRANSACTION, 2048);

        assertThatThrownBy(() -> asOf("42"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "--as-of must be a snapshot of one of [events.transaction, events.fraud_label,"
                                + " events.fraud_outcome, events.fraud_example, predictions.fraud], got 42, which was never there or has expired");
        assertThatThrownBy(() -> asOf("2020-01-01"))
                .hasMessageContaining("the first snapshot is of " + at + ", got 2020-01-01");
        assertThatThrownBy(() -> asOf("2999-01-01T00:00:00Z")).hasMessageContaining("must not lie in the future");
        for (String nonsense :
                new String[] {"yesterday", "2026-13-01", "99999999999999999999", "9999999999999999999"}) {
            assertThatThrownBy(() -> asOf(nonsense))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage(
                            "--as-of must be a snapshot or a moment such as 2026-11-01 or 2026-11-01T06:00:00Z, got '"
                                    + nonsense + "'");
        }
    }

    private static final String TRANSACTIONS =
            EventTables.identifier(FraudEvents.TRANSACTION).toString();
    private static final String LABELS =
            EventTables.identifier(FraudEvents.FRAUD_LABEL).toString();

    private ArchiveState asOf(String asOf) {
        return ArchiveState.asOf(lakehouse, USE_CASE, asOf, LATER);
    }

    private static Cut cut(long transactions, long labels) {
        Cut cut = Cut.of(Map.of(new Origin(FraudEvents.TRANSACTION.topic(), 0), transactions));
        return labels == 0 ? cut : cut.union(Cut.of(Map.of(new Origin(FraudEvents.FRAUD_LABEL.topic(), 0), labels)));
    }

    /** As the archiver does: how far the table goes is in the commit. Later by a millisecond than any before. */
    private Snapshot commit(EventType<?> type, long end) {
        Table table = lakehouse.events(type);
        long before = System.currentTimeMillis();
        while (System.currentTimeMillis() <= before + 1) {
            Thread.onSpinWait();
        }
        table.newAppend()
                .set(SnapshotCut.PROPERTY, SnapshotCut.write(Cut.of(Map.of(new Origin(type.topic(), 0), end))))
                .commit();
        return table.currentSnapshot();
    }
}
