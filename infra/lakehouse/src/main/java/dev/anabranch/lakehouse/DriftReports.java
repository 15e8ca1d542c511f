package dev.anabranch.lakehouse;

import dev.anabranch.contract.DriftReport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.apache.iceberg.AppendFiles;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.data.IcebergGenerics;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.types.TypeUtil;

/**
 * {@code models.drift}: what runs found when they set what live versions see beside what they were measured on, a report a row,
 * with the fields of the record {@link DriftReport}.
 */
public final class DriftReports {
    public static final TableIdentifier IDENTIFIER = TableIdentifier.of("models", "drift");

    private static final String FOUND = "foundMillis";

    static final Schema SCHEMA =
            TypeUtil.assignIncreasingFreshIds(new Schema(new AvroTypes().fields(DriftReport.getClassSchema())));

    private static final AvroRecords<DriftReport> RECORDS = new AvroRecords<>(DriftReport.class);

    private final Lakehouse lakehouse;

    public DriftReports(Lakehouse lakehouse) {
        this.lakehouse = lakehouse;
    }

    /** Keeps a report. */
    public void add(DriftReport report) {
        Table table = lakehouse.table(IDENTIFIER, SCHEMA, PartitionSpec.unpartitioned());
        RowFiles files = new RowFiles(table, 0);
        files.write(RecordRow.of(report, table.schema()));
        AppendFiles append = table.newAppend();
        files.complete().forEach(append::appendFile);
        append.commit();
    }

    /** The one that was found last about a model. Every run adds a file, so hardly another than the last is opened. */
    public Optional<DriftReport> newest(String model) {
        return lakehouse.find(IDENTIFIER).flatMap(table -> {
            Expression about = about(model);
            Expression last = Expressions.greaterThanOrEqual(FOUND, FileBounds.greatest(table, about, FOUND));
            List<DriftReport> found = read(table, Expressions.and(about, last));
            if (found.isEmpty()) { // the bounds were of files that hold reports about other models too
                found = read(table, about);
            }
            return found.isEmpty() ? Optional.empty() : Optional.of(found.get(found.size() - 1));
        });
    }

    /** All about one model, oldest first. */
    public List<DriftReport> of(String model) {
        return lakehouse
                .find(IDENTIFIER)
                .map(table -> read(table, about(model)))
                .orElse(List.of());
    }

    private static Expression about(String model) {
        return Expressions.equal("model", model);
    }

    private static List<DriftReport> read(Table table, Expression wanted) {
        List<DriftReport> found = new ArrayList<>();
        try (CloseableIterable<Record> rows =
                IcebergGenerics.read(table).where(wanted).build()) {
            for (Record row : rows) {
                found.add(RECORDS.read(name -> ArchivedRecords.value(row.getField(name))));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + IDENTIFIER, e);
        }
        found.sort(Comparator.comparingLong(DriftReport::getFoundMillis));
        return found;
    }
}
