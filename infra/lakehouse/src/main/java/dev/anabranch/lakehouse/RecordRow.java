package dev.anabranch.lakehouse;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificRecord;
import org.apache.iceberg.StructLike;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;

/**
 * A record of the log as a row of its table. One object shows all rows, one after the other: the writer copies what it
 * takes, so nothing need be made anew for each.
 */
public final class RecordRow implements StructLike {
    private final Column[] columns;
    private SpecificRecord event;
    private long eventTimeMicros;
    private int partition;
    private long offset;
    private long arrivalMillis;

    /** One column's value, read off the row as it is now. */
    private interface Column {
        Object get(RecordRow row);
    }

    /** An Avro value as Iceberg's writers take it. */
    private interface Conversion {
        Object of(Object value);
    }

    /**
     * @param record the schema of the records
     * @param table  the columns of the table, found by name: those it had before a field was added come first
     */
    public RecordRow(Schema record, org.apache.iceberg.Schema table) {
        List<Column> found = new ArrayList<>();
        for (Types.NestedField column : table.columns()) {
            found.add(column(record, column));
        }
        columns = found.toArray(Column[]::new);
    }

    /** A record that stands in no log: the columns are its fields, and no more. */
    static RecordRow of(SpecificRecord record, org.apache.iceberg.Schema table) {
        RecordRow row = new RecordRow(record.getSchema(), table);
        row.event = record;
        return row;
    }

    public RecordRow show(SpecificRecord record, long eventTimeMillis, int inPartition, long atOffset, long arrival) {
        event = record;
        eventTimeMicros = Math.multiplyExact(eventTimeMillis, 1_000);
        partition = inPartition;
        offset = atOffset;
        arrivalMillis = arrival;
        return this;
    }

    @Override
    public int size() {
        return columns.length;
    }

    @Override
    public <T> T get(int position, Class<T> type) {
        return type.cast(columns[position].get(this));
    }

    @Override
    public <T> void set(int position, T value) {
        throw new UnsupportedOperationException("Rows of the archive are only read");
    }

    private static Column column(Schema record, Types.NestedField column) {
        switch (column.name()) {
            case EventTables.EVENT_TIME:
                return row -> row.eventTimeMicros;
            case EventTables.KAFKA_PARTITION:
                return row -> row.partition;
            case EventTables.KAFKA_OFFSET:
                return row -> row.offset;
            case EventTables.ARRIVAL_MILLIS:
                return row -> row.arrivalMillis;
            default:
                Schema.Field field = record.getField(column.name());
                if (field == null) {
                    return row -> null; // a field that newer versions of the schema no longer have
                }
                int position = field.pos();
                Conversion conversion = conversion(field.schema(), column.type());
                return row -> conversion.of(row.event.get(position));
        }
    }

    private static Conversion conversion(Schema schema, Type type) {
        return switch (schema.getType()) {
            case ENUM -> Object::toString;
            case BYTES -> value -> ((ByteBuffer) value).duplicate();
            case RECORD -> struct(schema, type.asStructType());
            case ARRAY ->
                list(conversion(schema.getElementType(), type.asListType().elementType()));
            case MAP -> map(conversion(schema.getValueType(), type.asMapType().valueType()));
            case UNION -> optional(schema, type);
            default -> value -> value;
        };
    }

    private static Conversion optional(Schema union, Type type) {
        Schema branch = union.getTypes().stream()
                .filter(one -> one.getType() != Schema.Type.NULL)
                .findFirst()
                .orElseThrow();
        Conversion conversion = conversion(branch, type);
        return value -> value == null ? null : conversion.of(value);
    }

    private static Conversion list(Conversion element) {
        return value -> ((List<?>) value).stream().map(element::of).toList();
    }

    private static Conversion map(Conversion element) {
        return value -> {
            Map<Object, Object> converted = new LinkedHashMap<>();
            ((Map<?, ?>) value).forEach((key, each) -> converted.put(key, element.of(each)));
            return converted;
        };
    }

    private static Conversion struct(Schema record, Types.StructType type) {
        List<Types.NestedField> fields = type.fields();
        Schema.Field[] sources = new Schema.Field[fields.size()];
        Conversion[] conversions = new Conversion[fields.size()];
        for (int i = 0; i < sources.length; i++) {
            sources[i] = record.getField(fields.get(i).name());
            conversions[i] = sources[i] == null
                    ? value -> null
                    : conversion(sources[i].schema(), fields.get(i).type());
        }
        return value -> {
            SpecificRecord nested = (SpecificRecord) value;
            Object[] values = new Object[sources.length];
            for (int i = 0; i < values.length; i++) {
                values[i] = sources[i] == null ? null : conversions[i].of(nested.get(sources[i].pos()));
            }
            return new Struct(values);
        };
    }

    private record Struct(Object[] values) implements StructLike {
        @Override
        public int size() {
            return values.length;
        }

        @Override
        public <T> T get(int position, Class<T> type) {
            return type.cast(values[position]);
        }

        @Override
        public <T> void set(int position, T value) {
            throw new UnsupportedOperationException("Rows of the archive are only read");
        }
    }
}
