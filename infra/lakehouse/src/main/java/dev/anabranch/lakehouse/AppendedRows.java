package dev.anabranch.lakehouse;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.iceberg.DataOperations;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.IcebergGenerics;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.util.SnapshotUtil;

/**
 * The rows of a small table that is only ever appended to, kept from one reading to the next. What somebody decides is a file
 * of its own, and whoever decides looks three times at what was decided: he opens what came since, not every file each time.
 * All rows stay in memory: such a table grows by what people and runs decide, a row of some hundred bytes or a few thousand.
 */
final class AppendedRows {
    private static final Set<String> GROWTH = Set.of(DataOperations.APPEND, DataOperations.REPLACE);

    private Long known; // the snapshot that has exactly these rows
    private List<Record> rows = List.of();

    /**
     * @param at a snapshot of the table; null of an empty one
     * @return nobody's to change; a column that was added since a row was written is null in it
     */
    synchronized List<Record> at(Table table, Snapshot at) {
        if (at == null) {
            return List.of();
        }
        long wanted = at.snapshotId();
        if (known == null || known != wanted) {
            IcebergGenerics.ScanBuilder scan = IcebergGenerics.read(table);
            List<Record> found = new ArrayList<>();
            if (onlyGrewTo(table, wanted)) {
                scan.appendsBetween(known, wanted);
                found.addAll(rows);
            } else {
                scan.useSnapshot(wanted); // a table made anew or mended by hand, or one whose older snapshots are gone
            }
            try (CloseableIterable<Record> read = scan.build()) {
                read.forEach(found::add);
            } catch (IOException e) {
                throw new UncheckedIOException("Cannot read " + table.name(), e);
            }
            rows = List.copyOf(found);
            known = wanted;
        }
        return rows;
    }

    /** Whether all that has happened since was that rows were appended, or files were put together. */
    private boolean onlyGrewTo(Table table, long wanted) {
        if (known == null || table.snapshot(known) == null || !SnapshotUtil.isAncestorOf(table, wanted, known)) {
            return false;
        }
        for (Snapshot since : SnapshotUtil.ancestorsBetween(table, wanted, known)) {
            if (!GROWTH.contains(since.operation())) {
                return false;
            }
        }
        return true;
    }
}
