package dev.anabranch.lakehouse;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.iceberg.AppendFiles;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.data.GenericRecord;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.types.Types;

/**
 * {@code models.judgements}: what was found about versions after they were registered. One that was trained elsewhere is
 * measured on labels when a run has them, and not before. The newest judgement about a version holds.
 */
public final class ModelJudgements {
    static final TableIdentifier IDENTIFIER = TableIdentifier.of("models", "judgements");

    static final Schema SCHEMA = new Schema(
            Types.NestedField.required(1, "name", Types.StringType.get(), "Which model."),
            Types.NestedField.required(2, "version", Types.LongType.get()),
            Types.NestedField.required(
                    3,
                    "metrics",
                    Types.MapType.ofRequired(30, 31, Types.StringType.get(), Types.DoubleType.get()),
                    "What the version measured, by metric."),
            Types.NestedField.required(4, "judgement", JudgementRow.type(10)),
            Types.NestedField.required(5, "judged_by", Types.StringType.get(), "Which run."),
            Types.NestedField.required(6, "judged_millis", Types.LongType.get()));

    private final Lakehouse lakehouse;

    public ModelJudgements(Lakehouse lakehouse) {
        this.lakehouse = lakehouse;
    }

    /**
     * What was found about a version.
     *
     * @param metrics  what it measured, by metric; empty when it could not be measured
     * @param by       which run
     * @param atMillis when, by the clock of the run
     */
    public record Found(
            String name, long version, Map<String, Double> metrics, Judgement judgement, String by, long atMillis) {}

    /** Keeps what was found. */
    public void add(Found found) {
        Table table = lakehouse.table(IDENTIFIER, SCHEMA, PartitionSpec.unpartitioned());
        GenericRecord row = GenericRecord.create(table.schema());
        row.setField("name", found.name());
        row.setField("version", found.version());
        row.setField("metrics", found.metrics());
        row.setField("judgement", JudgementRow.of(table, found.judgement()));
        row.setField("judged_by", found.by());
        row.setField("judged_millis", found.atMillis());
        RowFiles files = new RowFiles(table, 0);
        files.write(row);
        List<DataFile> written = files.complete();
        AppendFiles append = table.newAppend();
        written.forEach(append::appendFile);
        append.commit();
    }

    /** What holds of the versions of a model, by version; those that nothing was found about since are not in it. */
    public Map<Long, Found> of(String name) {
        Map<Long, Found> newest = new HashMap<>();
        Optional<Table> table = lakehouse.find(IDENTIFIER);
        if (table.isEmpty()) {
            return newest;
        }
        for (Record row :
                lakehouse.appendedRows(IDENTIFIER, table.get(), table.get().currentSnapshot())) {
            if (name.equals(row.getField("name"))) {
                Found found = new Found(
                        name,
                        (Long) row.getField("version"),
                        JudgementRow.metrics(row.getField("metrics")),
                        JudgementRow.read((Record) row.getField("judgement")),
                        (String) row.getField("judged_by"),
                        (Long) row.getField("judged_millis"));
                newest.merge(found.version(), found, (one, other) -> one.atMillis() > other.atMillis() ? one : other);
            }
        }
        return newest;
    }
}
