package dev.anabranch.batch.view;

import static dev.anabranch.batch.view.TileTable.AGGREGATE;
import static dev.anabranch.batch.view.TileTable.ENTITY;
import static dev.anabranch.batch.view.TileTable.GENERATION;
import static dev.anabranch.batch.view.TileTable.TILE_DAY;
import static dev.anabranch.batch.view.TileTable.TILE_START;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import dev.anabranch.batch.BatchSession;
import dev.anabranch.contract.BatchFooter;
import dev.anabranch.contract.Generation;
import dev.anabranch.view.Cut;
import dev.anabranch.view.Cuts;
import dev.anabranch.view.Tiles;
import dev.anabranch.view.View;
import java.time.Clock;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import org.apache.iceberg.Table;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;

/**
 * Brings the batch-view topic from the generation that was last announced to the newest in the view's table.
 *
 * <p>The order is what readers rely on: the headers of all partitions, then rows, then the footers of all partitions,
 * then the announcement, each acknowledged before the next begins. Stopped anywhere and run again, it publishes
 * everything that changed since the last announcement: what had been published before the stop is published again, or
 * replaced by a later row.
 *
 * <p>An entity whose last tile fell away gets a row without tiles first and is removed after the footers. Removed at
 * once, it would look to a reader as if the generation before knew nothing of it.
 */
final class ViewPublication<A> {
    /**
     * Headers of generations before the last announced one are of no use any more. This many of them are removed: each
     * publication that was interrupted leaves one more than usual.
     */
    private static final int HEADERS_REMOVED = 16;

    private final BatchSession session;
    private final View<A> view;
    private final AnnouncedGenerations announcements;
    private final Clock clock;
    private final String bootstrapServers;

    ViewPublication(BatchSession session, View<A> view, AnnouncedGenerations announcements, Clock clock) {
        this.session = session;
        this.view = view;
        this.announcements = announcements;
        this.clock = clock;
        this.bootstrapServers = session.config().kafka().bootstrapServers();
    }

    /**
     * Publishes {@code generation}, unless it was announced already.
     *
     * @return how many entities were published
     */
    long publish(ViewGeneration generation, Optional<Generation> announced) {
        long last = announced.map(Generation::getGeneration).orElse(0L);
        if (last == generation.number()) {
            return 0;
        }
        Cut floor = announced.map(told -> Cuts.read(told.getCut())).orElse(Cut.NOTHING);
        try (BatchViewWriter writer = new BatchViewWriter(bootstrapServers, view.name())) {
            writer.headers(generation.header());
            writer.awaitAcknowledged();
            Dataset<Row> vanished = vanished(generation, last).persist();
            long rows = publishRows(generation, last) + publishEmpty(vanished, generation.number());
            writer.footers(new BatchFooter(generation.number(), Cuts.write(floor)));
            writer.awaitAcknowledged();
            remove(vanished);
            vanished.unpersist();
            for (long old = Math.max(1, last - HEADERS_REMOVED); old < last; old++) {
                writer.removeHeaders(old);
            }
            writer.awaitAcknowledged();
            announcements.announce(new Generation(
                    view.name(),
                    generation.number(),
                    Cuts.write(generation.cut()),
                    generation.snapshots(),
                    generation.tilesFromMillis(),
                    generation.fingerprint(),
                    rows,
                    generation.createdMillis(),
                    clock.millis()));
            return rows;
        }
    }

    private long publishRows(ViewGeneration generation, long last) {
        Dataset<Row> tiles = tiles(generation);
        if (last == 0) { // a generation made of everything carries its number in all of its tiles
            return publishRows(tiles, generation.number());
        }
        // Kept and counted, so that Spark knows how many there are. A few it sends to where the tiles are read, and the
        // tiles of all others, which are most of them, stay there.
        Dataset<Row> touched =
                tiles.where(col(GENERATION).gt(last)).select(ENTITY).distinct().persist();
        touched.count();
        try {
            return publishRows(tiles.join(touched, new String[] {ENTITY}, "left_semi"), generation.number());
        } finally {
            touched.unpersist();
        }
    }

    private long publishRows(Dataset<Row> tiles, long generation) {
        return sum(tiles.select(ENTITY, TILE_START, AGGREGATE)
                .repartition(session.parallelism(), col(ENTITY))
                .sortWithinPartitions(ENTITY)
                .mapPartitions(new RowPublisher<>(view, generation, bootstrapServers), Encoders.LONG()));
    }

    /** The entities that the topic may have a row of and that have no tile any more. */
    private Dataset<Row> vanished(ViewGeneration generation, long last) {
        Table table = ViewAdvance.table(session.lakehouse(), view.name());
        Dataset<Row> gone = tiles(generation).select(ENTITY).limit(0);
        for (ViewGeneration earlier : ViewGeneration.history(view.name(), table)) {
            boolean mayBePublished = earlier.number() < generation.number() && earlier.number() >= last;
            if (mayBePublished && mayLose(earlier, generation)) {
                Dataset<Row> then = tiles(earlier);
                gone = gone.union(
                        (sameDeclaration(earlier, generation) ? then.where(tooOld(generation)) : then).select(ENTITY));
            }
        }
        return gone.distinct().join(tiles(generation).select(ENTITY), new String[] {ENTITY}, "left_anti");
    }

    private static boolean mayLose(ViewGeneration earlier, ViewGeneration generation) {
        return !sameDeclaration(earlier, generation) || earlier.tilesFromMillis() < generation.tilesFromMillis();
    }

    private static boolean sameDeclaration(ViewGeneration one, ViewGeneration other) {
        return one.fingerprint().equals(other.fingerprint());
    }

    private static Column tooOld(ViewGeneration generation) {
        return col(TILE_DAY).lt(lit(LocalDate.ofEpochDay(TileTable.day(generation.tilesFromMillis()))));
    }

    private long publishEmpty(Dataset<Row> entities, long generation) {
        String name = view.name();
        String servers = bootstrapServers;
        byte[] none = Tiles.none(view).toBytes();
        return sum(entities.mapPartitions(
                (MapPartitionsFunction<Row, Long>) rows -> {
                    long published = 0;
                    try (BatchViewWriter writer = new BatchViewWriter(servers, name)) {
                        for (; rows.hasNext(); published++) {
                            writer.row(rows.next().getString(0), generation, none);
                        }
                        writer.awaitAcknowledged();
                    }
                    return List.of(published).iterator();
                },
                Encoders.LONG()));
    }

    private void remove(Dataset<Row> entities) {
        String name = view.name();
        String servers = bootstrapServers;
        sum(entities.mapPartitions(
                (MapPartitionsFunction<Row, Long>) rows -> {
                    long removed = 0;
                    try (BatchViewWriter writer = new BatchViewWriter(servers, name)) {
                        for (; rows.hasNext(); removed++) {
                            writer.removeRow(rows.next().getString(0));
                        }
                        writer.awaitAcknowledged();
                    }
                    return List.of(removed).iterator();
                },
                Encoders.LONG()));
    }

    private Dataset<Row> tiles(ViewGeneration generation) {
        return session.table(TileTable.identifier(view.name()), generation.snapshotId());
    }

    private static long sum(Dataset<Long> counts) {
        return counts.collectAsList().stream().mapToLong(Long::longValue).sum();
    }
}
