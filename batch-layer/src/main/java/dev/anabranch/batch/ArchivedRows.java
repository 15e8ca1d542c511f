package dev.anabranch.batch;

import dev.anabranch.contract.Prediction;
import dev.anabranch.contract.Topics;
import dev.anabranch.contract.Wire;
import dev.anabranch.event.EventType;
import dev.anabranch.view.Origin;
import dev.anabranch.view.Position;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificRecord;
import org.apache.spark.sql.Row;
import scala.jdk.javaapi.CollectionConverters;

/**
 * Spark's rows of an archive table, back as the records they were archived from. Travels to executors; columns are
 * found by name, so a row may hold more of them, in any order.
 *
 * @param <E> the record
 */
public final class ArchivedRows<E extends SpecificRecord> implements Serializable {
    private final Class<E> type;
    private final String topic;

    private ArchivedRows(Class<E> type, String topic) {
        this.type = type;
        this.topic = topic;
        Wire.of(type); // Avro makes records of trusted packages only, and this is how a package becomes one
    }

    /** An executor of its own has to be told whom to trust, too. */
    private Object readResolve() {
        return new ArchivedRows<>(type, topic);
    }

    public static <E extends SpecificRecord> ArchivedRows<E> of(EventType<E> type) {
        return new ArchivedRows<>(type.type(), type.topic());
    }

    public static ArchivedRows<Prediction> predictions(String useCase) {
        return new ArchivedRows<>(Prediction.class, Topics.predictions(useCase));
    }

    public ArchivedEvent<E> read(Row row) {
        return new ArchivedEvent<>(
                position(row), row.<Long>getAs(EventTables.ARRIVAL_MILLIS), type.cast(record(schema(), row)));
    }

    /** Where the row stood in the log. */
    public Position position(Row row) {
        Origin origin = new Origin(topic, row.<Integer>getAs(EventTables.KAFKA_PARTITION));
        return new Position(origin, row.<Long>getAs(EventTables.KAFKA_OFFSET));
    }

    private Schema schema() {
        return SpecificData.get().getSchema(type);
    }

    private static SpecificRecord record(Schema schema, Row row) {
        SpecificRecord record = (SpecificRecord) SpecificData.get().newRecord(null, schema);
        for (Schema.Field field : schema.getFields()) {
            Object value = row.getAs(field.name());
            // A column that was added later is null in the rows from before, which is what an Avro default is for.
            record.put(
                    field.pos(),
                    value == null && !field.schema().isNullable()
                            ? SpecificData.get().getDefaultValue(field)
                            : value(field.schema(), value));
        }
        return record;
    }

    private static Object value(Schema schema, Object value) {
        if (value == null) {
            return null;
        }
        return switch (schema.getType()) {
            case RECORD -> record(schema, (Row) value);
            case ENUM -> SpecificData.get().createEnum((String) value, schema);
            case BYTES -> ByteBuffer.wrap((byte[]) value);
            case ARRAY -> list(schema.getElementType(), (scala.collection.Seq<?>) value);
            case MAP -> map(schema.getValueType(), (scala.collection.Map<?, ?>) value);
            case UNION -> value(AvroTypes.onlyBranch(schema), value);
            default -> value;
        };
    }

    private static List<Object> list(Schema element, scala.collection.Seq<?> values) {
        List<Object> list = new ArrayList<>(values.size());
        CollectionConverters.asJava(values).forEach(value -> list.add(value(element, value)));
        return list;
    }

    private static Map<String, Object> map(Schema element, scala.collection.Map<?, ?> values) {
        Map<String, Object> map = new HashMap<>();
        CollectionConverters.asJava(values).forEach((key, value) -> map.put((String) key, value(element, value)));
        return map;
    }
}
