package dev.anabranch.batch;

import dev.anabranch.lakehouse.Lakehouse;
import dev.anabranch.lakehouse.RowFiles;
import dev.anabranch.view.Cut;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.iceberg.AppendFiles;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.data.GenericRecord;
import org.apache.iceberg.types.Types;

/** {@code runs.history}: what every run of the batch layer did, and how it ended. */
public final class RunHistory {
    static final TableIdentifier IDENTIFIER = TableIdentifier.of("runs", "history");

    static final Schema SCHEMA = new Schema(
            Types.NestedField.required(1, "run", Types.StringType.get(), "Names the run for ever."),
            Types.NestedField.required(2, "use_case", Types.StringType.get()),
            Types.NestedField.required(3, "trigger", Types.StringType.get(), "Who asked for it: schedule or command."),
            Types.NestedField.required(4, "whole", Types.BooleanType.get(), "Whether views were made from the start."),
            Types.NestedField.required(5, "started_millis", Types.LongType.get()),
            Types.NestedField.required(6, "ended_millis", Types.LongType.get()),
            Types.NestedField.required(7, "outcome", Types.StringType.get(), "succeeded or failed."),
            Types.NestedField.optional(8, "error", Types.StringType.get()),
            Types.NestedField.required(
                    9,
                    "snapshots",
                    Types.MapType.ofRequired(10, 11, Types.StringType.get(), Types.LongType.get()),
                    "The archive snapshot it read, by table."),
            Types.NestedField.required(
                    12,
                    "cut",
                    Types.MapType.ofRequired(13, 14, Types.StringType.get(), Types.LongType.get()),
                    "For each topic partition the first offset not included."),
            Types.NestedField.required(
                    15,
                    "stages",
                    Types.ListType.ofRequired(
                            16,
                            Types.StructType.of(
                                    Types.NestedField.required(17, "name", Types.StringType.get()),
                                    Types.NestedField.required(18, "started_millis", Types.LongType.get()),
                                    Types.NestedField.required(19, "took_millis", Types.LongType.get()),
                                    Types.NestedField.required(20, "rows", Types.LongType.get())))));

    private final Table table;

    public RunHistory(Lakehouse lakehouse) {
        table = lakehouse.table(IDENTIFIER, SCHEMA, PartitionSpec.unpartitioned());
    }

    /** @param error null when the run succeeded */
    public void record(BatchRun run, String trigger, boolean whole, Throwable error) {
        GenericRecord row = GenericRecord.create(table.schema());
        row.setField("run", run.id());
        row.setField("use_case", run.useCase().name());
        row.setField("trigger", trigger);
        row.setField("whole", whole);
        row.setField("started_millis", run.startedMillis());
        row.setField("ended_millis", run.clock().millis());
        row.setField("outcome", error == null ? "succeeded" : "failed");
        row.setField("error", error == null ? null : error.toString());
        row.setField("snapshots", run.snapshots());
        row.setField("cut", offsets(run.cut()));
        row.setField("stages", stages(run.stages()));
        RowFiles files = new RowFiles(table, 0);
        files.write(row);
        AppendFiles append = table.newAppend();
        files.complete().forEach(append::appendFile);
        append.commit();
    }

    private static Map<String, Long> offsets(Cut cut) {
        Map<String, Long> offsets = new TreeMap<>();
        cut.origins().forEach((origin, offset) -> offsets.put(origin.toString(), offset));
        return offsets;
    }

    private List<GenericRecord> stages(List<BatchRun.Stage> stages) {
        Types.StructType type =
                table.schema().findType("stages").asListType().elementType().asStructType();
        List<GenericRecord> rows = new ArrayList<>();
        for (BatchRun.Stage stage : stages) {
            GenericRecord row = GenericRecord.create(type);
            row.setField("name", stage.name());
            row.setField("started_millis", stage.startedMillis());
            row.setField("took_millis", stage.tookMillis());
            row.setField("rows", stage.rows());
            rows.add(row);
        }
        return rows;
    }
}
