package dev.anabranch.lakehouse;

import dev.anabranch.contract.Prediction;
import dev.anabranch.contract.Topics;
import dev.anabranch.event.EventType;
import dev.anabranch.view.Origin;
import dev.anabranch.view.Position;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.specific.SpecificRecord;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.InternalData;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableScan;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.expressions.Evaluator;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.io.CloseableIterable;

/**
 * The records that a table of the archive holds, read in plain Java: those of the rows a filter lets through.
 *
 * @param <E> the record
 */
public final class ArchivedRecords<E extends SpecificRecord> {
    private final AvroRecords<E> records;
    private final String topic;

    private ArchivedRecords(Class<E> type, String topic) {
        this.records = new AvroRecords<>(type);
        this.topic = topic;
    }

    public static <E extends SpecificRecord> ArchivedRecords<E> of(EventType<E> type) {
        return new ArchivedRecords<>(type.type(), type.topic());
    }

    public static ArchivedRecords<Prediction> predictions(String useCase) {
        return new ArchivedRecords<>(Prediction.class, Topics.predictions(useCase));
    }

    /**
     * The rows of {@code table} as it stands that {@code filter} lets through, in no particular order. Close it.
     *
     * @param filter on the columns of {@link EventTables}; what it says of days and bounds spares opening files
     */
    public CloseableIterable<ArchivedEvent<E>> read(Table table, Expression filter) {
        return read(table, table.newScan().filter(filter), filter);
    }

    /** The same, of a table as it stood at a snapshot. */
    public CloseableIterable<ArchivedEvent<E>> read(Table table, long snapshotId, Expression filter) {
        return read(table, table.newScan().useSnapshot(snapshotId).filter(filter), filter);
    }

    /**
     * File by file, in Iceberg's own representation: its generic rows have a time as an object, made and taken apart for
     * each. Its scan of a table would parse the schema again for each file, of which an archive that is written every few
     * seconds has many. The filter is held against rows only: asking a file's dictionaries first takes longer than the
     * rows it spares, as most files have most entities.
     */
    private CloseableIterable<ArchivedEvent<E>> read(Table table, TableScan scan, Expression filter) {
        Schema schema = scan.schema();
        Evaluator lets = new Evaluator(schema.asStruct(), filter);
        CloseableIterable<CloseableIterable<Record>> files = CloseableIterable.transform(
                CloseableIterable.withNoopClose(files(scan)), file -> open(table, file, schema));
        return CloseableIterable.transform(
                CloseableIterable.filter(CloseableIterable.concat(files), lets::eval), this::record);
    }

    private static List<FileScanTask> files(TableScan scan) {
        List<FileScanTask> files = new ArrayList<>();
        try (CloseableIterable<FileScanTask> planned = scan.planFiles()) {
            planned.forEach(files::add);
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "Cannot read which files " + scan.table().name() + " has", e);
        }
        return files;
    }

    private static CloseableIterable<Record> open(Table table, FileScanTask file, Schema schema) {
        if (!file.deletes().isEmpty()) {
            throw new IllegalStateException("Table " + table.name() + " must be added to only; rows of "
                    + file.file().location() + " were deleted");
        }
        return InternalData.read(file.file().format(), table.io().newInputFile(file.file()))
                .project(schema)
                .reuseContainers()
                .build();
    }

    private ArchivedEvent<E> record(Record row) {
        Origin origin = new Origin(topic, (Integer) row.getField(EventTables.KAFKA_PARTITION));
        return new ArchivedEvent<>(
                new Position(origin, (Long) row.getField(EventTables.KAFKA_OFFSET)),
                (Long) row.getField(EventTables.ARRIVAL_MILLIS),
                records.read(name -> value(row.getField(name))));
    }

    /** A value of a row as {@link AvroRecords} takes it. */
    static Object value(Object value) {
        if (value instanceof Record struct) {
            return (AvroRecords.Columns) name -> value(struct.getField(name));
        }
        if (value instanceof List<?> list) {
            List<Object> values = new ArrayList<>(list.size());
            list.forEach(element -> values.add(value(element)));
            return values;
        }
        if (value instanceof Map<?, ?> map) {
            Map<Object, Object> values = new HashMap<>();
            map.forEach((key, element) -> values.put(key, value(element)));
            return values;
        }
        return value;
    }
}
