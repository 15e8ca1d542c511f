package dev.anabranch.batch.view;

import dev.anabranch.batch.BatchRun;
import dev.anabranch.batch.BatchSession;
import dev.anabranch.contract.Generation;
import dev.anabranch.event.EventType;
import dev.anabranch.lakehouse.CutTable;
import dev.anabranch.lakehouse.EventTables;
import dev.anabranch.lakehouse.Lakehouse;
import dev.anabranch.lakehouse.RowFiles;
import dev.anabranch.view.Cut;
import dev.anabranch.view.Cuts;
import dev.anabranch.view.View;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.OverwriteFiles;
import org.apache.iceberg.SerializableTable;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.exceptions.ValidationException;
import org.apache.iceberg.expressions.Expressions;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;

/**
 * Makes the next generation of a view in its table: the tiles of what was archived since the last one, or, when asked to
 * or when the view is declared anew, of everything. Tiles and what the generation is are one commit, on top of the
 * snapshot it was computed from and no other, so nothing is counted twice however often or wherever this runs.
 */
public final class ViewAdvance<A> {
    private final BatchRun run;
    private final BatchSession session;
    private final View<A> view;
    private final Table table;

    /**
     * Where a view stands.
     *
     * @param newest     its newest generation; empty when there is none yet
     * @param eventsRead how many archived events were read to make it just now
     */
    public record Advanced(Optional<ViewGeneration> newest, long eventsRead) {}

    public ViewAdvance(BatchRun run, View<A> view) {
        this.run = run;
        this.session = run.session();
        this.view = view;
        this.table = table(session.lakehouse(), view.name());
    }

    static Table table(Lakehouse lakehouse, String view) {
        return lakehouse.table(TileTable.identifier(view), TileTable.SCHEMA, TileTable.SPEC);
    }

    /**
     * The newest generation of the view, made now if there is anything new. Empty when there is none and nothing to make
     * one of: no block of offsets is archived whole.
     *
     * @param announced the generation that readers were last told of
     * @param full      whether to start again from the first event
     * @throws OvertakenException    when another run made a generation meanwhile
     * @throws IllegalStateException when the archive ends before the cut of an earlier generation
     */
    public Advanced advance(Optional<Generation> announced, boolean full) {
        table.refresh();
        Snapshot parent = table.currentSnapshot();
        Optional<ViewGeneration> previous = ViewGeneration.newest(view.name(), table);
        Cut cut = run.cut().onlyTopics(view.topics());
        announced.ifPresent(told -> requireNoStepBack(told.getGeneration(), Cuts.read(told.getCut()), cut));
        previous.ifPresent(last -> requireNoStepBack(last.number(), last.cut(), cut));
        boolean whole = full || previous.isEmpty() || !continues(previous.get(), announced);
        if (whole ? cut.equals(Cut.NOTHING) : previous.get().cut().equals(cut)) {
            return new Advanced(previous, 0);
        }
        Optional<ViewGeneration> base = whole ? Optional.empty() : previous;
        return make(number(previous, announced), base, cut, parent);
    }

    private boolean continues(ViewGeneration previous, Optional<Generation> announced) {
        return previous.fingerprint().equals(view.fingerprint())
                && announced.map(Generation::getGeneration).orElse(0L) <= previous.number();
    }

    private static long number(Optional<ViewGeneration> previous, Optional<Generation> announced) {
        return 1
                + Math.max(
                        previous.map(ViewGeneration::number).orElse(0L),
                        announced.map(Generation::getGeneration).orElse(0L));
    }

    private void requireNoStepBack(long generation, Cut before, Cut now) {
        if (!now.covers(before)) {
            throw new IllegalStateException("The archive of " + view + " must reach the cut of generation " + generation
                    + ", " + before + "; it reaches " + now + " (is the archiver still catching up?)");
        }
    }

    private Advanced make(long number, Optional<ViewGeneration> base, Cut cut, Snapshot parent) {
        Map<EventType<?>, Dataset<Row>> fresh =
                fresh(base.map(ViewGeneration::cut).orElse(Cut.NOTHING), cut);
        ArchiveSlice.Extent extent = new ArchiveSlice.Extent(
                0, base.map(ViewGeneration::newestEventMillis).orElse(0L));
        for (Dataset<Row> events : fresh.values()) {
            extent = extent.plus(ArchiveSlice.Extent.of(events));
        }
        long newest = extent.newestEventMillis();
        long tilesFrom = Math.max(
                0, Math.floorDiv(newest - view.kept().toMillis(), TileTable.DAY_MILLIS) * TileTable.DAY_MILLIS);
        TileFold<A> fold = new TileFold<>(view, tilesFrom);
        Dataset<Row> tiles = null;
        for (Map.Entry<EventType<?>, Dataset<Row>> each : fresh.entrySet()) {
            Dataset<Row> some = fold.contributions(each.getKey(), mayMake(tilesFrom, each.getValue()));
            tiles = tiles == null ? some : tiles.union(some);
        }
        List<DataFile> files = tiles == null ? List.of() : write(tiles, number);
        ViewGeneration next = new ViewGeneration(
                view.name(),
                number,
                cut,
                tilesFrom,
                newest,
                view.fingerprint(),
                snapshots(),
                run.startedMillis(),
                -1); // not known before the commit
        commit(next, base, files, parent);
        table.refresh();
        return new Advanced(ViewGeneration.newest(view.name(), table), extent.rows());
    }

    /** A source's time is never past the event time, so what happened earlier makes no tile that is kept. */
    private static Dataset<Row> mayMake(long tilesFromMillis, Dataset<Row> events) {
        return events.where(
                functions.col(EventTables.EVENT_TIME).geq(functions.timestamp_millis(functions.lit(tilesFromMillis))));
    }

    private Map<EventType<?>, Dataset<Row>> fresh(Cut from, Cut to) {
        ArchiveSlice slice = new ArchiveSlice(session);
        Map<EventType<?>, Dataset<Row>> fresh = new LinkedHashMap<>();
        for (String topic : view.topics()) {
            EventType<?> type = view.sourcesOf(topic).get(0).type();
            Long snapshot = run.snapshots().get(EventTables.identifier(type).toString());
            if (snapshot != null) {
                fresh.put(type, slice.read(type, snapshot, from, to));
            }
        }
        return fresh;
    }

    private List<DataFile> write(Dataset<Row> tiles, long number) {
        TileWriter<A> writer = new TileWriter<>(view, SerializableTable.copyOf(table), number);
        List<DataFile> files = new ArrayList<>();
        TileFold.byDay(tiles, session.parallelism())
                .mapPartitions(writer, Encoders.javaSerialization(WrittenTiles.class))
                .collectAsList()
                .forEach(written -> files.addAll(written.files()));
        return files;
    }

    private Map<String, Long> snapshots() {
        Map<String, Long> read = new LinkedHashMap<>();
        for (String topic : view.topics()) {
            String name =
                    EventTables.identifier(view.sourcesOf(topic).get(0).type()).toString();
            Long snapshot = run.snapshots().get(name);
            if (snapshot != null) {
                read.put(name, snapshot);
            }
        }
        return read;
    }

    private void commit(ViewGeneration next, Optional<ViewGeneration> base, List<DataFile> files, Snapshot parent) {
        OverwriteFiles commit = table.newOverwrite().validateWith(CutTable.onlyOnTopOf(parent));
        if (base.isEmpty()) {
            commit.overwriteByRowFilter(Expressions.alwaysTrue());
        } else if (next.tilesFromMillis() > base.get().tilesFromMillis()) {
            // Tiles are filed by day and tilesFrom begins one: whole files fall away and none is rewritten.
            commit.overwriteByRowFilter(
                    Expressions.lessThan(TileTable.TILE_DAY, TileTable.day(next.tilesFromMillis())));
        }
        files.forEach(commit::addFile);
        next.summary().forEach(commit::set);
        try {
            commit.commit();
        } catch (ValidationException e) {
            RowFiles.discard(table, files);
            throw new OvertakenException(
                    "Another run changed the table of " + view + " while generation " + next.number()
                            + " was computed; this one changed nothing. Run it again.",
                    e);
        }
    }
}
