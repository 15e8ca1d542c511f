package dev.anabranch.benchmarks.connect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.fraud.FraudEvents;
import dev.anabranch.fraud.Transaction;
import dev.anabranch.lakehouse.EventTables;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.iceberg.types.Types;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.sink.SinkRecord;
import org.junit.jupiter.api.Test;

class AdmittedPaymentTest {
    private static final long AT = 1_700_000_000_000L;
    private static final long ARRIVAL = AT + 40;

    private final AdmittedPayment admitted = new AdmittedPayment();

    @Test
    void aPaymentBecomesARowOfTheArchivesTable() {
        Transaction payment = new Transaction("p-1", AT, "c-1", "t-9", 4_200L);

        Struct row = (Struct) admitted.apply(record("c-1", FraudEvents.TRANSACTION.encode(payment)))
                .value();

        assertThat(row.schema().fields())
                .extracting(Field::name)
                .isEqualTo(EventTables.schema(FraudEvents.TRANSACTION).columns().stream()
                        .map(Types.NestedField::name)
                        .toList());
        assertThat(row.schema().fields().stream().map(row::get).toList())
                .isEqualTo(List.of("p-1", AT, "c-1", "t-9", 4_200L, AT, 3, 77L, ARRIVAL));
    }

    @Test
    void aRowStaysAtThePositionOfItsRecord() {
        Transaction payment = new Transaction("p-1", AT, "c-1", "t-9", 4_200L);

        SinkRecord row = admitted.apply(record("c-1", FraudEvents.TRANSACTION.encode(payment)));

        assertThat(row.originalTopic()).isEqualTo(FraudEvents.TRANSACTION.topic());
        assertThat(row.originalKafkaPartition()).isEqualTo(3);
        assertThat(row.originalKafkaOffset()).isEqualTo(77);
    }

    @Test
    void whatTheArchiverWouldRefuseFailsTheTask() {
        Transaction payment = new Transaction("p-1", AT, "c-1", "t-9", 4_200L);

        assertThatThrownBy(() -> admitted.apply(record("c-2", FraudEvents.TRANSACTION.encode(payment))))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("must be admitted")
                .hasMessageContaining("'c-1', got 'c-2'");
    }

    private static SinkRecord record(String key, byte[] value) {
        return new SinkRecord(
                FraudEvents.TRANSACTION.topic(),
                3,
                null,
                key.getBytes(StandardCharsets.UTF_8),
                null,
                value,
                77,
                ARRIVAL,
                TimestampType.LOG_APPEND_TIME);
    }
}
