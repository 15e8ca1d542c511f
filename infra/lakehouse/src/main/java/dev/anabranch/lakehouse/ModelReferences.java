package dev.anabranch.lakehouse;

import dev.anabranch.drift.ByWeekday;
import dev.anabranch.drift.ValueHistogram;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.DayOfWeek;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.iceberg.AppendFiles;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.data.GenericRecord;
import org.apache.iceberg.data.IcebergGenerics;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.types.Types;

/**
 * {@code models.references}: what artifacts were measured on, as histograms of each input, the score and the label by weekday.
 * It is kept by the artifact and not by the version, so that it is there before the version is. Of several about one artifact
 * the newest holds.
 */
public final class ModelReferences {
    public static final TableIdentifier IDENTIFIER = TableIdentifier.of("models", "references");

    private static final String MEASURED = "measured_millis";

    static final Schema SCHEMA = new Schema(
            Types.NestedField.required(1, "name", Types.StringType.get(), "Which model."),
            Types.NestedField.required(2, "sha256", Types.StringType.get(), "Of the artifact that was measured."),
            Types.NestedField.required(3, "subject", Types.StringType.get(), "feature/<name>, score or label."),
            Types.NestedField.required(4, "weekday", Types.IntegerType.get(), "1 for Monday to 7 for Sunday, in UTC."),
            Types.NestedField.required(5, "bins", Bins.type(10), "How many values lie in each bin."),
            Types.NestedField.required(6, MEASURED, Types.LongType.get(), "When, by the clock of the run."));

    private final Lakehouse lakehouse;

    public ModelReferences(Lakehouse lakehouse) {
        this.lakehouse = lakehouse;
    }

    /**
     * Keeps what an artifact was measured on, all or nothing.
     *
     * @param name     of the model
     * @param sha256   of the artifact
     * @param measured by subject
     */
    public void add(String name, String sha256, Map<String, ByWeekday> measured, long atMillis) {
        Table table = lakehouse.table(IDENTIFIER, SCHEMA, PartitionSpec.unpartitioned());
        RowFiles files = new RowFiles(table, 0);
        measured.forEach((subject, days) -> days.days().forEach((day, values) -> {
            GenericRecord row = GenericRecord.create(table.schema());
            row.setField("name", name);
            row.setField("sha256", sha256);
            row.setField("subject", subject);
            row.setField("weekday", day.getValue());
            row.setField("bins", Bins.write(values));
            row.setField(MEASURED, atMillis);
            files.write(row);
        }));
        AppendFiles append = table.newAppend();
        files.complete().forEach(append::appendFile);
        append.commit();
    }

    /** What an artifact was measured on, by subject; empty when it is not known. */
    public Optional<Map<String, ByWeekday>> of(String name, String sha256) {
        return lakehouse
                .find(IDENTIFIER)
                .map(table -> read(table, name, sha256))
                .filter(found -> !found.isEmpty());
    }

    private static Map<String, ByWeekday> read(Table table, String name, String sha256) {
        List<Record> rows = new ArrayList<>();
        long newest = Long.MIN_VALUE;
        try (CloseableIterable<Record> found = IcebergGenerics.read(table)
                .where(Expressions.and(Expressions.equal("name", name), Expressions.equal("sha256", sha256)))
                .build()) {
            for (Record row : found) {
                rows.add(row);
                newest = Math.max(newest, (Long) row.getField(MEASURED));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + IDENTIFIER, e);
        }
        Map<String, ByWeekday> reference = new TreeMap<>();
        for (Record row : rows) {
            if ((Long) row.getField(MEASURED) == newest) {
                ValueHistogram values = Bins.read(row.getField("bins"));
                reference
                        .computeIfAbsent((String) row.getField("subject"), none -> new ByWeekday())
                        .on(DayOfWeek.of((Integer) row.getField("weekday")))
                        .add(values);
            }
        }
        return reference;
    }
}
