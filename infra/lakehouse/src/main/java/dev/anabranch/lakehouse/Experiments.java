package dev.anabranch.lakehouse;

import dev.anabranch.contract.Experiment;
import dev.anabranch.contract.ExperimentArm;
import dev.anabranch.contract.Wire;
import dev.anabranch.experiment.Buckets;
import dev.anabranch.experiment.Shares;
import java.nio.ByteBuffer;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.data.GenericRecord;
import org.apache.iceberg.types.Types;

/**
 * {@code models.experiments}: every step of every experiment, with who took it and why; nothing is ever taken back. The newest
 * step says whether an experiment with a model runs, and what it is.
 *
 * <p>Who takes a step names the one he has seen last. Of two who have seen the same one, the second is refused.
 */
public final class Experiments {
    static final TableIdentifier IDENTIFIER = TableIdentifier.of("models", "experiments");

    static final Schema SCHEMA = new Schema(
            Types.NestedField.required(1, "model", Types.StringType.get(), "Which model."),
            Types.NestedField.required(2, "step", Types.LongType.get(), "Counts the steps with it, from 1."),
            Types.NestedField.required(3, "action", Types.StringType.get(), "START, SHARES or STOP."),
            Types.NestedField.required(4, "experiment", Types.LongType.get(), "Counts the experiments, from 1."),
            Types.NestedField.required(5, "phase", Types.IntegerType.get(), "Counts its sets of shares, from 1."),
            Types.NestedField.required(
                    6,
                    "shares",
                    Types.MapType.ofRequired(20, 21, Types.StringType.get(), Types.DoubleType.get()),
                    "The share of each arm but the champion, from 0 to 1: of those not held out."),
            Types.NestedField.required(7, "done_by", Types.StringType.get()),
            Types.NestedField.required(8, "reason", Types.StringType.get()),
            Types.NestedField.required(9, "done_millis", Types.LongType.get()),
            Types.NestedField.required(10, "record", Types.BinaryType.get(), "The experiment as readers get it."));

    private final Lakehouse lakehouse;

    public Experiments(Lakehouse lakehouse) {
        this.lakehouse = lakehouse;
    }

    /** What is done with an experiment. */
    public enum Action {
        START,
        SHARES,
        STOP
    }

    /**
     * One step.
     *
     * @param step       counts those with its model, from 1
     * @param experiment as it is after a start or new shares; as it was before a stop
     * @param by         a person, or a run
     * @param why        in words
     * @param atMillis   when, by the clock of whoever took it
     */
    public record Step(long step, Action action, Experiment experiment, String by, String why, long atMillis) {
        /** Whether the experiment runs after it. */
        public boolean running() {
            return action != Action.STOP;
        }

        /** The share of each arm but the champion, from 0 to 1: of those not held out; of the holdout, of all. */
        public Map<String, Double> shares() {
            Map<String, Double> shares = new LinkedHashMap<>();
            for (ExperimentArm arm : experiment.getArms()) {
                shares.put(arm.getName(), Shares.size(arm.getBuckets()) / (double) Buckets.COUNT);
            }
            return shares;
        }
    }

    /** All steps with one model, oldest first. */
    public List<Step> of(String model) {
        return lakehouse
                .find(IDENTIFIER)
                .map(table -> read(table, model, table.currentSnapshot()))
                .orElse(List.of());
    }

    /** What was done last. */
    public Optional<Step> newest(String model) {
        return last(of(model));
    }

    /** The experiment that runs with a model. */
    public Optional<Experiment> running(String model) {
        return newest(model).filter(Step::running).map(Step::experiment);
    }

    /**
     * Takes a step.
     *
     * @param seen the newest step known to who takes it
     * @return empty when another has been taken since
     */
    public Optional<Step> take(
            Optional<Step> seen, Action action, Experiment experiment, String by, String why, long atMillis) {
        Table table = lakehouse.table(IDENTIFIER, SCHEMA, PartitionSpec.unpartitioned());
        Step step = new Step(seen.map(Step::step).orElse(0L) + 1, action, experiment, by, why, atMillis);
        boolean taken = ConditionalAppend.append(
                table,
                parent -> last(read(table, experiment.getModel(), parent)).equals(seen),
                row(table, step));
        return taken ? Optional.of(step) : Optional.empty();
    }

    private static Optional<Step> last(List<Step> steps) {
        return steps.isEmpty() ? Optional.empty() : Optional.of(steps.get(steps.size() - 1));
    }

    private List<Step> read(Table table, String model, Snapshot at) {
        return lakehouse.appendedRows(IDENTIFIER, table, at).stream()
                .filter(row -> model.equals(row.getField("model")))
                .map(row -> new Step(
                        (Long) row.getField("step"),
                        Action.valueOf((String) row.getField("action")),
                        Wire.EXPERIMENT.decode(Wire.bytes((ByteBuffer) row.getField("record"))),
                        (String) row.getField("done_by"),
                        (String) row.getField("reason"),
                        (Long) row.getField("done_millis")))
                .sorted(Comparator.comparingLong(Step::step))
                .toList();
    }

    private static GenericRecord row(Table table, Step step) {
        GenericRecord row = GenericRecord.create(table.schema());
        row.setField("model", step.experiment().getModel());
        row.setField("step", step.step());
        row.setField("action", step.action().name());
        row.setField("experiment", step.experiment().getNumber());
        row.setField("phase", step.experiment().getPhase());
        row.setField("shares", step.shares());
        row.setField("done_by", step.by());
        row.setField("reason", step.why());
        row.setField("done_millis", step.atMillis());
        row.setField("record", ByteBuffer.wrap(Wire.EXPERIMENT.encode(step.experiment())));
        return row;
    }
}
