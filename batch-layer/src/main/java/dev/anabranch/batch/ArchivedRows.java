package dev.anabranch.batch;

import dev.anabranch.contract.Prediction;
import dev.anabranch.contract.Topics;
import dev.anabranch.event.EventType;
import dev.anabranch.lakehouse.ArchivedEvent;
import dev.anabranch.lakehouse.AvroRecords;
import dev.anabranch.lakehouse.EventTables;
import dev.anabranch.view.Origin;
import dev.anabranch.view.Position;
import java.io.Serializable;
import java.util.HashMap;
import java.util.Map;
import org.apache.avro.specific.SpecificRecord;
import org.apache.spark.sql.Row;
import scala.Option;
import scala.jdk.javaapi.CollectionConverters;

/**
 * Spark's rows of an archive table, back as the records they were archived from. Travels to executors; columns are
 * found by name, so a row may hold more of them, in any order.
 *
 * @param <E> the record
 */
public final class ArchivedRows<E extends SpecificRecord> implements Serializable {
    private final AvroRecords<E> records;
    private final String topic;

    private ArchivedRows(Class<E> type, String topic) {
        this.records = new AvroRecords<>(type);
        this.topic = topic;
    }

    public static <E extends SpecificRecord> ArchivedRows<E> of(EventType<E> type) {
        return new ArchivedRows<>(type.type(), type.topic());
    }

    public static ArchivedRows<Prediction> predictions(String useCase) {
        return new ArchivedRows<>(Prediction.class, Topics.predictions(useCase));
    }

    public ArchivedEvent<E> read(Row row) {
        return new ArchivedEvent<>(
                position(row), row.<Long>getAs(EventTables.ARRIVAL_MILLIS), records.read(columns(row)));
    }

    /** Where the row stood in the log. */
    public Position position(Row row) {
        Origin origin = new Origin(topic, row.<Integer>getAs(EventTables.KAFKA_PARTITION));
        return new Position(origin, row.<Long>getAs(EventTables.KAFKA_OFFSET));
    }

    private static Object value(Object value) {
        if (value instanceof Row struct) {
            return columns(struct);
        }
        if (value instanceof scala.collection.Seq<?> list) {
            return CollectionConverters.asJava(list).stream()
                    .map(ArchivedRows::value)
                    .toList();
        }
        if (value instanceof scala.collection.Map<?, ?> map) {
            Map<Object, Object> values = new HashMap<>();
            CollectionConverters.asJava(map).forEach((key, element) -> values.put(key, value(element)));
            return values;
        }
        return value;
    }

    /** A row of a snapshot from before a column was added has none of that name. */
    private static AvroRecords.Columns columns(Row row) {
        return name -> {
            Option<Object> index = row.schema().getFieldIndex(name);
            return index.isEmpty() ? null : value(row.get((Integer) index.get()));
        };
    }
}
