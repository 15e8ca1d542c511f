package dev.anabranch.lakehouse;

import dev.anabranch.experiment.ArmResult;
import dev.anabranch.experiment.ArmSums;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
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
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.types.Types;

/**
 * {@code models.experiment_results}: what the arms of experiments came to, as runs of the batch layer found it. A run keeps a
 * row for each arm and loss of the phase that is running, all in one commit; the rows of earlier runs stay, so how a
 * difference came about can be drawn.
 */
public final class ExperimentResults {
    static final TableIdentifier IDENTIFIER = TableIdentifier.of("models", "experiment_results");

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
                    7, "buckets", Types.IntegerType.get(), "How many of the 10,000 the arm had; 0 of a shadow."),
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
            Types.NestedField.required(19, "found_millis", Types.LongType.get()));

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
        Table table = lakehouse.table(IDENTIFIER, SCHEMA, PartitionSpec.unpartitioned());
        RowFiles files = new RowFiles(table, 0);
        found.arms().forEach(arm -> files.write(row(table, found, arm)));
        List<DataFile> written = files.complete();
        AppendFiles append = table.newAppend();
        written.forEach(append::appendFile);
        append.commit();
    }

    /** What the last run found that looked at an experiment; its phase is the one that was running then. */
    public Optional<Found> newest(String name, long experiment) {
        List<Found> all = of(name, experiment);
        return all.isEmpty() ? Optional.empty() : Optional.of(all.get(all.size() - 1));
    }

    /** What all runs found, oldest first. */
    public List<Found> of(String name, long experiment) {
        Optional<Table> table = lakehouse.find(IDENTIFIER);
        if (table.isEmpty()) {
            return List.of();
        }
        List<Found> runs = new ArrayList<>();
        try (CloseableIterable<Record> rows = IcebergGenerics.read(table.get())
                .where(Expressions.and(Expressions.equal("name", name), Expressions.equal("experiment", experiment)))
                .build()) {
            for (Record row : rows) {
                String run = (String) row.getField("run");
                int phase = (Integer) row.getField("phase");
                long atMillis = (Long) row.getField("found_millis");
                runs.stream()
                        .filter(found -> found.run().equals(run))
                        .findFirst()
                        .orElseGet(() -> {
                            Found first = new Found(name, experiment, phase, new ArrayList<>(), run, atMillis);
                            runs.add(first);
                            return first;
                        })
                        .arms()
                        .add(arm(row));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + IDENTIFIER, e);
        }
        runs.sort(Comparator.comparingLong(Found::atMillis));
        return runs;
    }

    private static GenericRecord row(Table table, Found found, ArmResult arm) {
        GenericRecord row = GenericRecord.create(table.schema());
        row.setField("name", found.name());
        row.setField("experiment", found.experiment());
        row.setField("phase", found.phase());
        row.setField("arm", arm.arm());
        row.setField("metric", arm.metric());
        row.setField("paired", arm.paired());
        row.setField("buckets", arm.buckets());
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
        row.setField("found_millis", found.atMillis());
        return row;
    }

    private static ArmResult arm(Record row) {
        return new ArmResult(
                (String) row.getField("arm"),
                (String) row.getField("metric"),
                (Boolean) row.getField("paired"),
                (Integer) row.getField("buckets"),
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
