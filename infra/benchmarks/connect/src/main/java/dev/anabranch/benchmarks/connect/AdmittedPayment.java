package dev.anabranch.benchmarks.connect;

import dev.anabranch.event.Admission;
import dev.anabranch.event.EventType;
import dev.anabranch.fraud.FraudEvents;
import dev.anabranch.fraud.Transaction;
import dev.anabranch.lakehouse.EventTables;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.types.Types;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.transforms.Transformation;

/**
 * A record of the payments' topic as a row of the archive's table, decoded and checked as the archiver does it. A
 * transformation and not a converter, because a converter sees neither the position nor the time of arrival: key and
 * value are to come as bytes.
 */
public final class AdmittedPayment implements Transformation<SinkRecord> {
    private static final EventType<Transaction> TYPE = FraudEvents.TRANSACTION;

    private final Schema schema = row(EventTables.schema(TYPE));
    private final List<Field> columns = schema.fields();

    private static Schema row(org.apache.iceberg.Schema table) {
        SchemaBuilder row = SchemaBuilder.struct().name(TYPE.name());
        for (Types.NestedField column : table.columns()) {
            row.field(column.name(), type(column));
        }
        return row.build();
    }

    private static Schema type(Types.NestedField column) {
        return switch (column.type().typeId()) {
            case STRING -> Schema.STRING_SCHEMA;
            case INTEGER -> Schema.INT32_SCHEMA;
            case LONG, TIMESTAMP -> Schema.INT64_SCHEMA; // the sink takes milliseconds for a timestamp
            default -> throw new IllegalStateException("A column of payments is text or a number, got " + column);
        };
    }

    /** @throws DataException when the record is no payment */
    @Override
    public SinkRecord apply(SinkRecord record) {
        Admission<Transaction> admission =
                TYPE.admit((byte[]) record.key(), (byte[]) record.value(), record.timestamp());
        if (!(admission instanceof Admission.Admitted<Transaction> admitted)) {
            throw new DataException("Payments of a benchmark must be admitted, got " + admission);
        }
        Transaction payment = admitted.event();
        Struct row = new Struct(schema);
        row.put(columns.get(0), payment.getTransactionId());
        row.put(columns.get(1), payment.getEventTimeMillis());
        row.put(columns.get(2), payment.getCustomerId());
        row.put(columns.get(3), payment.getTerminalId());
        row.put(columns.get(4), payment.getAmountCents());
        row.put(columns.get(5), payment.getEventTimeMillis());
        row.put(columns.get(6), record.kafkaPartition());
        row.put(columns.get(7), record.kafkaOffset());
        row.put(columns.get(8), record.timestamp());
        return record.newRecord(record.topic(), record.kafkaPartition(), null, null, schema, row, record.timestamp());
    }

    @Override
    public ConfigDef config() {
        return new ConfigDef();
    }

    @Override
    public void configure(Map<String, ?> settings) {
        // there is nothing to choose
    }

    @Override
    public void close() {
        // nothing is held
    }
}
