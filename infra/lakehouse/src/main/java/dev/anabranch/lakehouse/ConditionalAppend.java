package dev.anabranch.lakehouse;

import java.util.List;
import java.util.function.Predicate;
import org.apache.iceberg.AppendFiles;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.GenericRecord;
import org.apache.iceberg.exceptions.ValidationException;

/** Appends a row when what it was decided upon still holds at the moment of the commit: of two who see the same, one does. */
final class ConditionalAppend {
    private ConditionalAppend() {}

    /**
     * @param holds whether the row may be appended on top of a snapshot; null of an empty table
     * @return whether it was
     */
    static boolean append(Table table, Predicate<Snapshot> holds, GenericRecord row) {
        while (true) {
            table.refresh();
            Snapshot parent = table.currentSnapshot();
            if (!holds.test(parent)) {
                return false;
            }
            RowFiles written = new RowFiles(table, 0);
            written.write(row);
            List<DataFile> files = written.complete();
            AppendFiles append = table.newAppend().validateWith(CutTable.onlyOnTopOf(parent));
            files.forEach(append::appendFile);
            try {
                append.commit();
                return true;
            } catch (ValidationException e) {
                // Somebody appended in between, perhaps about something else: look again.
                RowFiles.discard(table, files);
            }
        }
    }
}
