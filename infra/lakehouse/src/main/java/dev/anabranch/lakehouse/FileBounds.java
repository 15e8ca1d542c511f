package dev.anabranch.lakehouse;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Table;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.types.Conversions;
import org.apache.iceberg.types.Types;

/** What a table knows of its files without opening them. */
final class FileBounds {
    private FileBounds() {}

    /**
     * The greatest value of a column of longs in the files that may hold rows that are wanted: no wanted row has a greater one,
     * though none may have it. {@link Long#MIN_VALUE} where there is no such file.
     */
    static long greatest(Table table, Expression wanted, String column) {
        int field = table.schema().findField(column).fieldId();
        long greatest = Long.MIN_VALUE;
        try (CloseableIterable<FileScanTask> files = table.newScan()
                .filter(wanted)
                .includeColumnStats(List.of(column))
                .planFiles()) {
            for (FileScanTask file : files) {
                ByteBuffer bound = file.file().upperBounds().get(field);
                greatest = Math.max(greatest, Conversions.<Long>fromByteBuffer(Types.LongType.get(), bound));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read the files of " + table.name(), e);
        }
        return greatest;
    }
}
