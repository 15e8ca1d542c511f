package dev.anabranch.lakehouse;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.IcebergGenerics;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.util.SnapshotUtil;

/**
 * The rows of a small table that is only ever appended to, kept from one reading to the next. What somebody decides is a file
 * of its own, and whoever decides looks three times at what was decided: he opens what came since, not every file each time.
 * All rows stay in memory: such a table grows by what people and runs decide, some hundreds of bytes a row.
 */
final class AppendedRows {
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
            if (isBefore(table, wanted)) {
                scan.appendsBetween(known, wanted);
                found.addAll(rows);
            } else {
                scan.useSnapshot(wanted); // of a table made anew, or whose older snapshots are gone, nothing is known
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

    private boolean isBefore(Table table, long wanted) {
        return known != null && table.snapshot(known) != null && SnapshotUtil.isAncestorOf(table, wanted, known);
    }
}
