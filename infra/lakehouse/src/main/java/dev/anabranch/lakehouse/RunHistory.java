package dev.anabranch.lakehouse;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Comparator;
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
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.types.Types;

/** {@code runs.history}: what every run of the batch layer did, and how it ended. */
public final class RunHistory {
    /** The outcome of a run that did all it was to do. */
    public static final String SUCCEEDED = "succeeded";

    /** The outcome of a run that did not. */
    public static final String FAILED = "failed";

    public static final TableIdentifier IDENTIFIER = TableIdentifier.of("runs", "history");

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

    private final Lakehouse lakehouse;

    public RunHistory(Lakehouse lakehouse) {
        this.lakehouse = lakehouse;
    }

    /**
     * A run that is over.
     *
     * @param run       names it for ever
     * @param trigger   who asked for it: schedule or command
     * @param whole     whether views were made from the first event
     * @param outcome   {@link #SUCCEEDED} or {@link #FAILED}
     * @param error     why it failed; null when it did not
     * @param snapshots the archive snapshot it read, by table
     * @param cut       for each topic partition, as {@code topic-3}, the first offset not included
     */
    public record Run(
            String run,
            String useCase,
            String trigger,
            boolean whole,
            long startedMillis,
            long endedMillis,
            String outcome,
            String error,
            Map<String, Long> snapshots,
            Map<String, Long> cut,
            List<Stage> stages) {}

    /**
     * A step of a run.
     *
     * @param rows how many rows it was about
     */
    public record Stage(String name, long startedMillis, long tookMillis, long rows) {}

    /** Keeps a run. */
    public void record(Run run) {
        Table table = lakehouse.table(IDENTIFIER, SCHEMA, PartitionSpec.unpartitioned());
        GenericRecord row = GenericRecord.create(table.schema());
        row.setField("run", run.run());
        row.setField("use_case", run.useCase());
        row.setField("trigger", run.trigger());
        row.setField("whole", run.whole());
        row.setField("started_millis", run.startedMillis());
        row.setField("ended_millis", run.endedMillis());
        row.setField("outcome", run.outcome());
        row.setField("error", run.error());
        row.setField("snapshots", run.snapshots());
        row.setField("cut", run.cut());
        row.setField(
                "stages", run.stages().stream().map(stage -> row(table, stage)).toList());
        RowFiles files = new RowFiles(table, 0);
        files.write(row);
        AppendFiles append = table.newAppend();
        files.complete().forEach(append::appendFile);
        append.commit();
    }

    private static GenericRecord row(Table table, Stage stage) {
        GenericRecord row = GenericRecord.create(
                table.schema().findType("stages").asListType().elementType().asStructType());
        row.setField("name", stage.name());
        row.setField("started_millis", stage.startedMillis());
        row.setField("took_millis", stage.tookMillis());
        row.setField("rows", stage.rows());
        return row;
    }

    /**
     * The runs that began last, newest first.
     *
     * @param useCase only its runs; of all use cases when empty
     * @param most    how many
     */
    public List<Run> newest(Optional<String> useCase, int most) {
        Optional<Table> table = lakehouse.find(IDENTIFIER);
        if (table.isEmpty()) {
            return List.of();
        }
        Expression wanted = useCase.<Expression>map(name -> Expressions.equal("use_case", name))
                .orElse(Expressions.alwaysTrue());
        List<Run> runs = new ArrayList<>();
        try (CloseableIterable<Record> rows =
                IcebergGenerics.read(table.get()).where(wanted).build()) {
            rows.forEach(row -> runs.add(run(row)));
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + IDENTIFIER, e);
        }
        return runs.stream()
                .sorted(Comparator.comparingLong(Run::startedMillis).reversed())
                .limit(most)
                .toList();
    }

    private static Run run(Record row) {
        List<Stage> stages = new ArrayList<>();
        for (Object each : (List<?>) row.getField("stages")) {
            Record stage = (Record) each;
            stages.add(new Stage(
                    (String) stage.getField("name"),
                    (Long) stage.getField("started_millis"),
                    (Long) stage.getField("took_millis"),
                    (Long) stage.getField("rows")));
        }
        return new Run(
                (String) row.getField("run"),
                (String) row.getField("use_case"),
                (String) row.getField("trigger"),
                (Boolean) row.getField("whole"),
                (Long) row.getField("started_millis"),
                (Long) row.getField("ended_millis"),
                (String) row.getField("outcome"),
                (String) row.getField("error"),
                longs(row.getField("snapshots")),
                longs(row.getField("cut")),
                stages);
    }

    private static Map<String, Long> longs(Object map) {
        Map<String, Long> longs = new TreeMap<>();
        ((Map<?, ?>) map).forEach((name, value) -> longs.put((String) name, (Long) value));
        return longs;
    }
}
