package dev.anabranch.lakehouse;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.anabranch.view.Cut;
import dev.anabranch.view.Origin;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.util.SnapshotUtil;

/**
 * The part of the log that a table holds, as the summary of its snapshots says: {@code {"<topic>-<partition>": <first
 * offset not included>}}. It is written with the rows, in the same commit, so the two never differ.
 */
public final class SnapshotCut {
    /** The property of a snapshot's summary. */
    public static final String PROPERTY = "anabranch.cut";

    private static final ObjectMapper JSON = new ObjectMapper();

    private SnapshotCut() {}

    /** The cut of a table as it stands. */
    public static Cut of(Table table) {
        return of(table, table.currentSnapshot());
    }

    /**
     * The cut of a table at one of its snapshots. Snapshots that others made, a compaction say, change no rows and name
     * no cut, so theirs is that of the snapshot they were made from.
     *
     * @param snapshot null for a table with nothing in it
     * @throws IllegalStateException when the snapshot that named the cut is gone
     */
    public static Cut of(Table table, Snapshot snapshot) {
        if (snapshot == null) {
            return Cut.NOTHING;
        }
        for (Snapshot ancestor : SnapshotUtil.ancestorsOf(snapshot.snapshotId(), table::snapshot)) {
            String cut = ancestor.summary().get(PROPERTY);
            if (cut != null) {
                return read(cut);
            }
        }
        throw new IllegalStateException("Table " + table.name() + " must keep the last snapshot whose summary has "
                + PROPERTY + "; none of the ancestors of snapshot " + snapshot.snapshotId()
                + " has it: expire fewer snapshots, or roll the table back to one that has it");
    }

    public static String write(Cut cut) {
        Map<String, Long> offsets = new TreeMap<>();
        cut.origins().forEach((origin, offset) -> offsets.put(origin.toString(), offset));
        try {
            return JSON.writeValueAsString(offsets);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("A map of numbers can be written as JSON", e);
        }
    }

    /** @throws IllegalArgumentException when {@code json} is not what {@link #write} writes */
    public static Cut read(String json) {
        try {
            Map<Origin, Long> offsets = new HashMap<>();
            JSON.readValue(json, new TypeReference<Map<String, Long>>() {}).forEach((name, offset) -> {
                int dash = name.lastIndexOf('-');
                offsets.put(new Origin(name.substring(0, dash), Integer.parseInt(name.substring(dash + 1))), offset);
            });
            return Cut.of(offsets);
        } catch (JsonProcessingException | IndexOutOfBoundsException | NumberFormatException e) {
            throw new IllegalArgumentException("A cut must be {\"<topic>-<partition>\": <offset>}, got " + json, e);
        }
    }
}
