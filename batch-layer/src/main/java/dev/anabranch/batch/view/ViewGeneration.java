package dev.anabranch.batch.view;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.anabranch.contract.BatchHeader;
import dev.anabranch.lakehouse.SnapshotCut;
import dev.anabranch.view.Cut;
import dev.anabranch.view.Cuts;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.util.SnapshotUtil;

/**
 * A generation as the view's table keeps it: in the summary of the snapshot that its tiles were committed with.
 *
 * @param view             the view
 * @param number           from 1
 * @param cut              for each origin the first offset not included; a multiple of the block length
 * @param tilesFromMillis  tiles that start before it are not kept
 * @param newestEventMillis the latest event time among the events before the cut
 * @param fingerprint      of the view's declaration
 * @param snapshots        the archive snapshot it was computed from, by table
 * @param createdMillis    when it was computed
 * @param snapshotId       the snapshot of the view's table
 */
public record ViewGeneration(
        String view,
        long number,
        Cut cut,
        long tilesFromMillis,
        long newestEventMillis,
        String fingerprint,
        Map<String, Long> snapshots,
        long createdMillis,
        long snapshotId) {
    private static final String NUMBER = "anabranch.generation";
    private static final String TILES_FROM = "anabranch.tiles-from-millis";
    private static final String NEWEST_EVENT = "anabranch.newest-event-millis";
    private static final String FINGERPRINT = "anabranch.fingerprint";
    private static final String SNAPSHOTS = "anabranch.snapshots";
    private static final String CREATED = "anabranch.created-millis";

    private static final ObjectMapper JSON = new ObjectMapper();

    /** The newest generation in a view's table, if there is one. */
    static Optional<ViewGeneration> newest(String view, Table table) {
        return history(view, table).stream().findFirst();
    }

    /** The generations whose snapshots the table still has, newest first. */
    static List<ViewGeneration> history(String view, Table table) {
        List<ViewGeneration> found = new ArrayList<>();
        for (Snapshot snapshot : SnapshotUtil.currentAncestors(table)) {
            if (snapshot.summary().containsKey(NUMBER)) {
                found.add(read(view, snapshot));
            }
        }
        return found;
    }

    /** What the commit of this generation's tiles says in its snapshot's summary. */
    Map<String, String> summary() {
        Map<String, String> summary = new LinkedHashMap<>();
        summary.put(NUMBER, String.valueOf(number));
        summary.put(SnapshotCut.PROPERTY, SnapshotCut.write(cut));
        summary.put(TILES_FROM, String.valueOf(tilesFromMillis));
        summary.put(NEWEST_EVENT, String.valueOf(newestEventMillis));
        summary.put(FINGERPRINT, fingerprint);
        summary.put(CREATED, String.valueOf(createdMillis));
        try {
            summary.put(SNAPSHOTS, JSON.writeValueAsString(snapshots));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("A map of numbers can be written as JSON", e);
        }
        return summary;
    }

    private static ViewGeneration read(String view, Snapshot snapshot) {
        Map<String, String> summary = snapshot.summary();
        try {
            return new ViewGeneration(
                    view,
                    Long.parseLong(summary.get(NUMBER)),
                    SnapshotCut.read(summary.get(SnapshotCut.PROPERTY)),
                    Long.parseLong(summary.get(TILES_FROM)),
                    Long.parseLong(summary.get(NEWEST_EVENT)),
                    summary.get(FINGERPRINT),
                    JSON.readValue(summary.get(SNAPSHOTS), new TypeReference<>() {}),
                    Long.parseLong(summary.get(CREATED)),
                    snapshot.snapshotId());
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(
                    "Summary of snapshot " + snapshot.snapshotId() + " of " + view + " must have JSON in " + SNAPSHOTS,
                    e);
        }
    }

    BatchHeader header() {
        return new BatchHeader(view, number, Cuts.write(cut), tilesFromMillis, fingerprint, createdMillis);
    }
}
