package dev.anabranch.lakehouse;

import dev.anabranch.view.Cut;
import dev.anabranch.view.Origin;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.iceberg.AppendFiles;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotAncestryValidator;
import org.apache.iceberg.Table;
import org.apache.iceberg.exceptions.ValidationException;

/**
 * A table that several writers append parts of the log to, and that knows how far it has got. Rows and the new cut are
 * one commit. Two writers of the same part exclude each other: the cut moves from where the writer began, or not at all.
 */
public final class CutTable {
    private final Table table;

    public CutTable(Table table) {
        this.table = table;
    }

    public Table table() {
        return table;
    }

    /** The cut as it stands now. */
    public Cut cut() {
        table.refresh();
        return SnapshotCut.of(table);
    }

    /**
     * Appends files and moves the cut of some origins.
     *
     * @param from where the rows in the files begin
     * @param to   where they end, for each origin that moves; others stay wherever other writers put them
     * @return false when another writer has moved one of those origins: then nothing was committed
     */
    public boolean append(List<DataFile> files, Cut from, Map<Origin, Long> to) {
        while (true) {
            table.refresh();
            Snapshot parent = table.currentSnapshot();
            Cut current = SnapshotCut.of(table, parent);
            if (to.keySet().stream().anyMatch(origin -> current.before(origin) != from.before(origin))) {
                return false;
            }
            Cut next = current;
            for (Map.Entry<Origin, Long> moved : to.entrySet()) {
                next = next.with(moved.getKey(), moved.getValue());
            }
            AppendFiles append = table.newAppend()
                    .set(SnapshotCut.PROPERTY, SnapshotCut.write(next))
                    .validateWith(onlyOnTopOf(parent));
            files.forEach(append::appendFile);
            try {
                append.commit();
                return true;
            } catch (ValidationException e) {
                // Another commit came in between, so the cut above may be stale. Look at what it did; each round of
                // this
                // loop is another writer's success.
                continue;
            }
        }
    }

    /** Iceberg would move an append on top of whatever was committed meanwhile, and its summary with it. */
    public static SnapshotAncestryValidator onlyOnTopOf(Snapshot parent) {
        return new SnapshotAncestryValidator() {
            @Override
            public boolean validate(Iterable<Snapshot> ancestors) {
                Long newest = null;
                if (ancestors.iterator().hasNext()) {
                    newest = ancestors.iterator().next().snapshotId();
                }
                return Objects.equals(newest, parent == null ? null : parent.snapshotId());
            }

            @Override
            public String errorMessage() {
                return "the table is no longer at snapshot " + (parent == null ? "none" : parent.snapshotId());
            }
        };
    }
}
