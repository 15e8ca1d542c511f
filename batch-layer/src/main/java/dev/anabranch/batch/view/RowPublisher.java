package dev.anabranch.batch.view;

import dev.anabranch.view.Tiles;
import dev.anabranch.view.View;
import java.util.Iterator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Row;

/** Publishes the tiles of each entity as its row; gives back how many rows it was, all of them acknowledged. */
final class RowPublisher<A> implements MapPartitionsFunction<Row, Long> {
    private final View<A> view;
    private final long generation;
    private final String bootstrapServers;

    RowPublisher(View<A> view, long generation, String bootstrapServers) {
        this.view = view;
        this.generation = generation;
        this.bootstrapServers = bootstrapServers;
    }

    /** @param tiles entity, start, aggregate; those of one entity side by side */
    @Override
    public Iterator<Long> call(Iterator<Row> tiles) {
        if (!tiles.hasNext()) {
            return List.of(0L).iterator();
        }
        TileTable.Codec<A> codec = new TileTable.Codec<>(view);
        long rows = 0;
        try (BatchViewWriter writer = new BatchViewWriter(bootstrapServers, view.name())) {
            String entity = null;
            SortedMap<Long, A> byStart = new TreeMap<>();
            while (tiles.hasNext()) {
                Row tile = tiles.next();
                if (entity != null && !entity.equals(tile.getString(0))) {
                    writer.row(entity, generation, Tiles.of(view, byStart).toBytes());
                    rows++;
                    byStart.clear();
                }
                entity = tile.getString(0);
                byStart.merge(tile.getLong(1), codec.read(tile.getAs(2)), view.monoid()::plus);
            }
            writer.row(entity, generation, Tiles.of(view, byStart).toBytes());
            rows++;
            writer.awaitAcknowledged();
        }
        return List.of(rows).iterator();
    }
}
