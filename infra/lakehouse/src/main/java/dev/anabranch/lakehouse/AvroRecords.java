package dev.anabranch.lakehouse;

import dev.anabranch.contract.Wire;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificRecord;

/**
 * Rows of an archive table, back as the records they were archived from. Columns are found by name, so a row may hold
 * more of them, in any order. Travels to executors.
 *
 * @param <E> the record
 */
public final class AvroRecords<E extends SpecificRecord> implements Serializable {
    /**
     * A row, or a struct within one, whoever read it. A nested struct is {@link Columns}, a list is a {@link List}, a map
     * is a {@link Map} with strings as keys, and bytes are an array or a buffer of them.
     */
    public interface Columns {
        /** The value of a column; null when it has none. */
        Object get(String name);
    }

    private final Class<E> type;

    public AvroRecords(Class<E> type) {
        this.type = type;
        Wire.of(type); // Avro makes records of trusted packages only, and this is how a package becomes one
    }

    /** An executor of its own has to be told whom to trust, too. */
    private Object readResolve() {
        return new AvroRecords<>(type);
    }

    public E read(Columns row) {
        return type.cast(record(SpecificData.get().getSchema(type), row));
    }

    private static SpecificRecord record(Schema schema, Columns row) {
        SpecificRecord record = (SpecificRecord) SpecificData.get().newRecord(null, schema);
        for (Schema.Field field : schema.getFields()) {
            Object value = row.get(field.name());
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
            case RECORD -> record(schema, (Columns) value);
            case ENUM -> SpecificData.get().createEnum((String) value, schema);
            case BYTES -> value instanceof byte[] bytes ? ByteBuffer.wrap(bytes) : value;
            case ARRAY -> list(schema.getElementType(), (List<?>) value);
            case MAP -> map(schema.getValueType(), (Map<?, ?>) value);
            case UNION -> value(AvroTypes.onlyBranch(schema), value);
            default -> value;
        };
    }

    private static List<Object> list(Schema element, List<?> values) {
        List<Object> list = new ArrayList<>(values.size());
        values.forEach(value -> list.add(value(element, value)));
        return list;
    }

    private static Map<String, Object> map(Schema element, Map<?, ?> values) {
        Map<String, Object> map = new HashMap<>();
        values.forEach((key, value) -> map.put((String) key, value(element, value)));
        return map;
    }
}
