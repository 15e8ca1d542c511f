package dev.anabranch.batch.training;

import dev.anabranch.lakehouse.ArchivedEvent;
import dev.anabranch.lakehouse.EventTables;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.sql.Timestamp;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificRecord;
import org.apache.iceberg.spark.SparkSchemaUtil;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;
import scala.jdk.javaapi.CollectionConverters;

/**
 * Records as Spark's rows of the table they would be archived in, for logs that never went through Kafka. The inverse of
 * {@link dev.anabranch.batch.ArchivedRows}; travels to executors.
 */
public final class RowsAsArchived implements Serializable {
    private static final int ARCHIVE_COLUMNS = 4;

    private final StructType schema;

    /** @param table the schema of the table, as {@link EventTables} gives it */
    public RowsAsArchived(org.apache.iceberg.Schema table) {
        this.schema = SparkSchemaUtil.convert(table);
    }

    public StructType schema() {
        return schema;
    }

    /** @param eventTimeMillis when it happened */
    public Row row(ArchivedEvent<?> archived, long eventTimeMillis) {
        SpecificRecord event = archived.event();
        int fields = event.getSchema().getFields().size();
        Object[] columns = new Object[fields + ARCHIVE_COLUMNS];
        for (int i = 0; i < fields; i++) {
            columns[i] = value(event.get(i));
        }
        columns[schema.fieldIndex(EventTables.EVENT_TIME)] = new Timestamp(eventTimeMillis);
        columns[schema.fieldIndex(EventTables.KAFKA_PARTITION)] =
                archived.position().origin().partition();
        columns[schema.fieldIndex(EventTables.KAFKA_OFFSET)] =
                archived.position().offset();
        columns[schema.fieldIndex(EventTables.ARRIVAL_MILLIS)] = archived.arrivalMillis();
        return RowFactory.create(columns);
    }

    private static Object value(Object value) {
        if (value instanceof SpecificRecord record) {
            List<Schema.Field> fields = record.getSchema().getFields();
            return RowFactory.create(
                    fields.stream().map(field -> value(record.get(field.pos()))).toArray());
        }
        if (value instanceof Collection<?> many) {
            return many.stream().map(RowsAsArchived::value).toArray();
        }
        if (value instanceof Map<?, ?> map) {
            Map<Object, Object> converted = new HashMap<>();
            map.forEach((key, each) -> converted.put(key, value(each)));
            return CollectionConverters.asScala(converted);
        }
        if (value instanceof Enum<?> symbol) {
            return symbol.toString();
        }
        if (value instanceof ByteBuffer bytes) {
            byte[] copy = new byte[bytes.remaining()];
            bytes.duplicate().get(copy);
            return copy;
        }
        return value;
    }
}
