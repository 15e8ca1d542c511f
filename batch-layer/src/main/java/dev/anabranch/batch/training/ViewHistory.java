package dev.anabranch.batch.training;

import dev.anabranch.batch.ArchivedRows;
import dev.anabranch.event.EventType;
import dev.anabranch.lakehouse.ArchivedEvent;
import dev.anabranch.lakehouse.EventTables;
import dev.anabranch.view.Contribution;
import dev.anabranch.view.Source;
import dev.anabranch.view.View;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.specific.SpecificRecord;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * Archived events in, what each adds to a view out: one row a contribution, with the position and the arrival that
 * decide who could know of it.
 */
final class ViewHistory {
    static final String ENTITY = "entity";

    /** The columns by index, which is how they are read: a row is touched millions of times. */
    static final int TILE_START = 1;

    static final int TOPIC = 2;
    static final int PARTITION = 3;
    static final int OFFSET = 4;
    static final int ARRIVAL = 5;
    static final int AGGREGATE = 6;

    static final StructType SCHEMA = new StructType()
            .add(ENTITY, DataTypes.StringType, false)
            .add("tile_start", DataTypes.LongType, false)
            .add("topic", DataTypes.StringType, false)
            .add("kafka_partition", DataTypes.IntegerType, false)
            .add("kafka_offset", DataTypes.LongType, false)
            .add("arrival_millis", DataTypes.LongType, false)
            .add("aggregate", DataTypes.BinaryType, false);

    private ViewHistory() {}

    /**
     * @param earliestMillis tiles that start before it are of no interest
     */
    static <A> Dataset<Row> of(View<A> view, Archive archive, long earliestMillis) {
        Map<String, EventType<?>> types = new LinkedHashMap<>();
        for (Source<?, A> source : view.sources()) {
            types.putIfAbsent(source.type().topic(), source.type());
        }
        Dataset<Row> all = null;
        for (EventType<?> type : types.values()) {
            Dataset<Row> one = contributions(view, type, archive, earliestMillis);
            all = all == null ? one : all.union(one);
        }
        return all;
    }

    private static <A> Dataset<Row> contributions(
            View<A> view, EventType<?> type, Archive archive, long earliestMillis) {
        // A source's time is never past the event time, so what happened before is of no interest whatever it says.
        return archive.events(type)
                .where(functions
                        .col(EventTables.EVENT_TIME)
                        .geq(functions.timestamp_millis(functions.lit(earliestMillis))))
                .flatMap(
                        new Contributions<>(view, ArchivedRows.of(type), type.topic(), earliestMillis),
                        Encoders.row(SCHEMA));
    }

    private record Contributions<A, E extends SpecificRecord>(
            View<A> view, ArchivedRows<E> rows, String topic, long earliestMillis)
            implements FlatMapFunction<Row, Row> {
        @Override
        public Iterator<Row> call(Row row) {
            ArchivedEvent<E> archived = rows.read(row);
            List<Row> found = new ArrayList<>(1);
            for (Contribution<A> contribution : view.contributions(topic, archived.event())) {
                if (contribution.tileStart() >= earliestMillis) {
                    found.add(RowFactory.create(
                            contribution.entity(),
                            contribution.tileStart(),
                            topic,
                            archived.position().origin().partition(),
                            archived.position().offset(),
                            archived.arrivalMillis(),
                            Aggregates.write(view.monoid(), List.of(contribution.aggregate()))));
                }
            }
            return found.iterator();
        }
    }
}
