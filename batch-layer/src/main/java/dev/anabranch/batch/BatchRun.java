package dev.anabranch.batch;

import dev.anabranch.event.EventType;
import dev.anabranch.lakehouse.EventTables;
import dev.anabranch.usecase.UseCase;
import dev.anabranch.view.Cut;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import org.apache.iceberg.Schema;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.spark.SparkSchemaUtil;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * One run of the batch layer for one use case: what part of the archive it works on, and what it has done so far.
 *
 * <p>Everything a run computes is a function of the archive at {@link #snapshots} before {@link #cut}: rows at or past
 * the cut are ignored, though they be archived.
 */
public final class BatchRun {
    /**
     * A step that is done.
     *
     * @param name          what was done
     * @param startedMillis when it began, in epoch milliseconds
     * @param tookMillis    how long it took
     * @param rows          how many rows it was about
     */
    public record Stage(String name, long startedMillis, long tookMillis, long rows) {
        /** In words. */
        public String told() {
            return String.format(Locale.ROOT, "%s: %d rows in %.1f s", name, rows, tookMillis / 1_000.0);
        }
    }

    /** Is told of each step. */
    public interface Watcher {
        /** A step is done. */
        void done(Stage stage);

        /** A step begins. */
        default void begins(String name) {}
    }

    /** A step: returns how many rows it was about. */
    public interface Work<X extends Exception> {
        long rows() throws X;
    }

    private final String id;
    private final UseCase useCase;
    private final BatchSession session;
    private final Cut cut;
    private final Map<String, Long> snapshots;
    private final Optional<String> asOf;
    private final Clock clock;
    private final long startedMillis;
    private final Watcher watcher;
    private final List<Stage> stages = new ArrayList<>();
    private Optional<String> trainingRequest = Optional.empty();

    /**
     * @param id        names the run for ever
     * @param cut       for each origin of the use case's event topics the first offset not included; a multiple of the
     *                  block length
     * @param snapshots the snapshot of each archive table to read, by name: {@code events.transaction}
     * @param watcher   is told of each stage
     */
    public BatchRun(
            String id,
            UseCase useCase,
            BatchSession session,
            Cut cut,
            Map<String, Long> snapshots,
            Clock clock,
            Watcher watcher) {
        this(id, useCase, session, cut, snapshots, Optional.empty(), clock, watcher);
    }

    /**
     * The same.
     *
     * @param asOf of which snapshot or moment, where the archive is not read as it is but as it was
     */
    public BatchRun(
            String id,
            UseCase useCase,
            BatchSession session,
            Cut cut,
            Map<String, Long> snapshots,
            Optional<String> asOf,
            Clock clock,
            Watcher watcher) {
        this.asOf = asOf;
        this.id = id;
        this.useCase = useCase;
        this.session = session;
        this.cut = cut;
        this.snapshots = Map.copyOf(snapshots);
        this.clock = clock;
        this.startedMillis = clock.millis();
        this.watcher = watcher;
    }

    public String id() {
        return id;
    }

    public UseCase useCase() {
        return useCase;
    }

    public BatchSession session() {
        return session;
    }

    public Cut cut() {
        return cut;
    }

    /** The snapshot of each archive table, by name. A table with nothing in it yet is absent. */
    public Map<String, Long> snapshots() {
        return snapshots;
    }

    /** The archived events of a type as they stood when the run began, those past the cut too. */
    public Dataset<Row> rows(EventType<?> type) {
        return rows(EventTables.identifier(type), EventTables.schema(type));
    }

    /** The rows of a table of the archive as they stood when the run began; none where nothing was in it. */
    public Dataset<Row> rows(TableIdentifier table, Schema schema) {
        Long snapshot = snapshots.get(table.toString());
        return snapshot == null
                ? session.spark().createDataFrame(List.of(), SparkSchemaUtil.convert(schema))
                : session.table(table, snapshot);
    }

    /**
     * Of which snapshot or moment the archive is read, where not as it is. What comes of such a run is for people to look at:
     * it is older than what others have been told.
     */
    public Optional<String> asOf() {
        return asOf;
    }

    public Clock clock() {
        return clock;
    }

    public long startedMillis() {
        return startedMillis;
    }

    /** Asks that this run trains, though a version was trained not long ago. */
    public void requestTraining(String why) {
        trainingRequest = Optional.of(why);
    }

    /** Why this run is to train in any case; empty when nothing asks for it. */
    public Optional<String> trainingRequest() {
        return trainingRequest;
    }

    /** What has been done so far, in order. */
    public List<Stage> stages() {
        return List.copyOf(stages);
    }

    /** Does one step and remembers how long it took and how many rows it was about, which it returns. */
    public <X extends Exception> long stage(String name, Work<X> work) throws X {
        watcher.begins(name);
        long started = clock.millis();
        long rows = work.rows();
        finish(new Stage(name, started, clock.millis() - started, rows));
        return rows;
    }

    /** Does one step that makes something. */
    public <T> T stage(String name, Supplier<T> work, ToLongFunction<T> rows) {
        watcher.begins(name);
        long started = clock.millis();
        T made = work.get();
        finish(new Stage(name, started, clock.millis() - started, rows.applyAsLong(made)));
        return made;
    }

    private void finish(Stage stage) {
        stages.add(stage);
        watcher.done(stage);
    }
}
