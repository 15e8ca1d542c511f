package dev.anabranch.lakehouse;

import dev.anabranch.experiment.ArmResult;
import dev.anabranch.experiment.ArmSums;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Comparator;
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
import org.apache.iceberg.data.IcebergGenerics;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.types.Types;

/**
 * {@code models.experiment_results}: what the arms of experiments came to, as runs of the batch layer found it. A run keeps a
 * row for each arm and loss of the phase that is running, all in one commit; the rows of earlier runs stay, so how a
 * difference came about can be drawn.
 */
public final class ExperimentResults {
    public static final TableIdentifier IDENTIFIER = TableIdentifier.of("models", "experiment_results");

    private static final String FOUND = "found_millis";

    static final Schema SCHEMA = new Schema(
            Types.NestedField.required(1, "name", Types.StringType.get(), "Which model."),
            Types.NestedField.required(
                    2, "experiment", Types.LongType.get(), "Counts the experiments with it, from 1."),
            Types.NestedField.required(
                    3, "phase", Types.IntegerType.get(), "Counts the sets of shares it has had, from 1."),
            Types.NestedField.required(
                    4, "arm", Types.StringType.get(), "champion, challenger-7, shadow-8 or holdout."),
            Types.NestedField.required(5, "metric", Types.StringType.get(), "The loss: log_loss or brier."),
            Types.NestedField.required(
                    6,
                    "paired",
                    Types.BooleanType.get(),
                    "Whether the sums are of differences to the champion on the same events."),
            Types.NestedField.required(
                    7,
                    "share",
                    Types.DoubleType.get(),
                    "Of all entities that the arm was to have, from 0 to 1; 0 of a shadow."),
            Types.NestedField.required(8, "entities", Types.LongType.get(), "That have a prediction of the arm."),
            Types.NestedField.required(
                    9, "labelled_entities", Types.LongType.get(), "Those of which a prediction is labelled."),
            Types.NestedField.required(10, "predictions", Types.LongType.get()),
            Types.NestedField.required(
                    11, "labelled", Types.LongType.get(), "Of these, it is known what came true: the sum of n."),
            Types.NestedField.required(
                    12, "loss", Types.DoubleType.get(), "The sum over entities of y, the loss of one entity."),
            Types.NestedField.required(13, "loss_squared", Types.DoubleType.get(), "The sum of y squared."),
            Types.NestedField.required(14, "loss_times_count", Types.DoubleType.get(), "The sum of y times n."),
            Types.NestedField.required(15, "count_squared", Types.LongType.get(), "The sum of n squared."),
            Types.NestedField.required(16, "positives", Types.LongType.get(), "Of the labelled."),
            Types.NestedField.required(17, "scores", Types.DoubleType.get(), "The sum over the labelled."),
            Types.NestedField.required(18, "run", Types.StringType.get(), "Which run found it."),
            Types.NestedField.required(19, FOUND, Types.LongType.get()));

    private final Lakehouse lakehouse;

    public ExperimentResults(Lakehouse lakehouse) {
        this.lakehouse = lakehouse;
    }

    /**
     * What a run found.
     *
     * @param name       of the model
     * @param experiment its number
     * @param phase      of the experiment
     * @param arms       what each came to by each loss, the champion among them
     * @param run        which run
     * @param atMillis   when, by the clock of the run
     */
    public record Found(String name, long experiment, int phase, List<ArmResult> arms, String run, long atMillis) {}

    /** Keeps what was found, all or nothing. */
    public void add(Found found) {
        addAll(List.of(found));
    }

    /** In one file, as a compaction would have it. */
    void addAll(List<Found> all) {
        Table table = lakehouse.table(IDENTIFIER, SCHEMA, PartitionSpec.unpartitioned());
        RowFiles files = new RowFiles(table, 0);
        all.forEach(found -> found.arms().forEach(arm -> files.write(row(table, found, arm))));
        List<DataFile> written = files.complete();
        AppendFiles append = table.newAppend();
        written.forEach(append::appendFile);
        append.commit();
    }

    /**
     * What the last run found that looked at an experiment; its phase is the one that was running then. Every run adds a
     * file, whose bounds say when it ran, so the file of the last one is opened and hardly another.
     */
    public Optional<Found> newest(String name, long experiment) {
        return lakehouse.find(IDENTIFIER).flatMap(table -> {
            Expression wanted = about(name, experiment);
            Expression last = Expressions.greaterThanOrEqual(FOUND, FileBounds.greatest(table, wanted, FOUND));
            List<Found> found = read(table, Expressions.and(wanted, last));
            if (found.isEmpty()) { // the bounds were of files that hold other experiments too
                found = read(table, wanted);
            }
            return found.isEmpty() ? Optional.empty() : Optional.of(found.get(found.size() - 1));
        });
    }

    /** What all runs found, oldest first. */
    public List<Found> of(String name, long experiment) {
        return lakehouse
                .find(IDENTIFIER)
                .map(table -> read(table, about(name, experiment)))
                .orElse(List.of());
    }

    private static Expression about(String name, long experiment) {
        return Expressions.and(Expressions.equal("name", name), Expressions.equal("experiment", experiment));
    }

    private static List<Found> read(Table table, Expression wanted) {
        Map<String, Found> runs = new HashMap<>();
        try (CloseableIterable<Record> rows =
                IcebergGenerics.read(table).where(wanted).build()) {
            for (Record row : rows) {
                runs.computeIfAbsent(
                                (String) row.getField("run"),
                                run -> new Found(
                                        (String) row.getField("name"),
                                        (Long) row.getField("experiment"),
                                        (Integer) row.getField("phase"),
                                        new ArrayList<>(),
                                        run,
                                        (Long) row.getField(FOUND)))
                        .arms()
                        .add(arm(row));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + IDENTIFIER, e);
        }
        return runs.values().stream()
                .sorted(Comparator.comparingLong(Found::atMillis))
                .toList();
    }

    private static GenericRecord row(Table table, Found found, ArmResult arm) {
        GenericRecord row = GenericRecord.create(table.schema());
        row.setField("name", found.name());
        row.setField("experiment", found.experiment());
        row.setField("phase", found.phase());
        row.setField("arm", arm.arm());
        row.setField("metric", arm.metric());
        row.setField("paired", arm.paired());
        row.setField("share", arm.share());
        row.setField("entities", arm.sums().entities());
        row.setField("labelled_entities", arm.sums().labelledEntities());
        row.setField("predictions", arm.sums().predictions());
        row.setField("labelled", arm.sums().labelled());
        row.setField("loss", arm.sums().loss());
        row.setField("loss_squared", arm.sums().lossSquared());
        row.setField("loss_times_count", arm.sums().lossTimesCount());
        row.setField("count_squared", arm.sums().countSquared());
        row.setField("positives", arm.positives());
        row.setField("scores", arm.scores());
        row.setField("run", found.run());
        row.setField(FOUND, found.atMillis());
        return row;
    }

    private static ArmResult arm(Record row) {
        return new ArmResult(
                (String) row.getField("arm"),
                (String) row.getField("metric"),
                (Boolean) row.getField("paired"),
                (Double) row.getField("share"),
                new ArmSums(
                        (Long) row.getField("entities"),
                        (Long) row.getField("labelled_entities"),
                        (Long) row.getField("predictions"),
                        (Long) row.getField("labelled"),
                        (Double) row.getField("loss"),
                        (Double) row.getField("loss_squared"),
                        (Double) row.getField("loss_times_count"),
                        (Long) row.getField("count_squared")),
                (Long) row.getField("positives"),
                (Double) row.getField("scores"));
    }
}
