package dev.anabranch.batch.view;

import static dev.anabranch.batch.view.TileTable.ENTITY;
import static dev.anabranch.batch.view.TileTable.TILE_DAY;
import static dev.anabranch.batch.view.TileTable.TILE_START;
import static org.apache.spark.sql.functions.col;

import dev.anabranch.batch.ArchivedRows;
import dev.anabranch.event.EventType;
import dev.anabranch.lakehouse.EventTables;
import dev.anabranch.view.Contribution;
import dev.anabranch.view.View;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.avro.specific.SpecificRecord;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;

/**
 * Archived events in, the tiles they make out: by day, then entity, then start, each tile once for each time it is
 * contributed to. It touches no table: reading and writing are the job's business.
 */
final class TileFold<A> implements Serializable {
    private final View<A> view;
    private final long tilesFromMillis;

    /** @param tilesFromMillis tiles that start before it are left out */
    TileFold(View<A> view, long tilesFromMillis) {
        this.view = view;
        this.tilesFromMillis = tilesFromMillis;
    }

    /** What the events of one type contribute, in no order. */
    <E extends SpecificRecord> Dataset<Row> contributions(EventType<E> type, Dataset<Row> events) {
        ArchivedRows<E> archived = ArchivedRows.of(type);
        String topic = type.topic();
        TileTable.Codec<A> codec = new TileTable.Codec<>(view);
        return events.drop(EventTables.EVENT_TIME)
                .flatMap(
                        (FlatMapFunction<Row, Row>)
                                row -> tiles(topic, archived.read(row).event(), codec),
                        Encoders.row(TileTable.ROW));
    }

    /** The same tiles, with those of one day in one partition, those of one entity side by side. */
    static Dataset<Row> byDay(Dataset<Row> tiles, int partitions) {
        return tiles.repartition(partitions, col(TILE_DAY)).sortWithinPartitions(TILE_DAY, ENTITY, TILE_START);
    }

    private Iterator<Row> tiles(String topic, SpecificRecord event, TileTable.Codec<A> codec) {
        List<Row> tiles = new ArrayList<>(1);
        for (Contribution<A> one : view.contributions(topic, event)) {
            if (one.tileStart() >= tilesFromMillis) {
                tiles.add(RowFactory.create(
                        TileTable.day(one.tileStart()), one.entity(), one.tileStart(), codec.write(one.aggregate())));
            }
        }
        return tiles.iterator();
    }
}
