package dev.anabranch.batch;

import dev.anabranch.event.EventType;
import dev.anabranch.lakehouse.EventTables;
import dev.anabranch.lakehouse.Lakehouse;
import dev.anabranch.lakehouse.SnapshotCut;
import dev.anabranch.usecase.UseCase;
import dev.anabranch.view.Cut;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;

/**
 * The archive of one use case as a run finds it.
 *
 * @param cut       what is archived of its event topics, down to whole blocks of offsets
 * @param snapshots the snapshot of each table, its predictions included; a table with nothing in it yet is absent
 */
public record ArchiveState(Cut cut, Map<String, Long> snapshots) {
    public static ArchiveState of(Lakehouse lakehouse, UseCase useCase) {
        Cut archived = Cut.NOTHING;
        Map<String, Long> snapshots = new LinkedHashMap<>();
        for (EventType<?> type : useCase.events()) {
            Table table = lakehouse.events(type);
            Snapshot snapshot = table.currentSnapshot();
            if (snapshot != null) {
                snapshots.put(EventTables.identifier(type).toString(), snapshot.snapshotId());
                archived = archived.union(SnapshotCut.of(table, snapshot));
            }
        }
        Snapshot predictions = lakehouse.predictions(useCase.name()).currentSnapshot();
        if (predictions != null) {
            snapshots.put(EventTables.predictionsIdentifier(useCase.name()).toString(), predictions.snapshotId());
        }
        return new ArchiveState(archived.atBlocks(), snapshots);
    }
}
