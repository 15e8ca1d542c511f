package dev.anabranch.batch;

import dev.anabranch.event.EventType;
import dev.anabranch.fraud.FraudLabel;
import dev.anabranch.fraud.Transaction;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Event types with topics and tables that no other test has. */
public final class TestEvents {
    private static final AtomicInteger NEXT = new AtomicInteger();

    private TestEvents() {}

    public static EventType<Transaction> payments() {
        return EventType.named("payment-" + NEXT.incrementAndGet(), Transaction.class)
                .identifiedBy("transactionId", Transaction::getTransactionId)
                .happenedAt(Transaction::getEventTimeMillis)
                .keyedBy("customerId", Transaction::getCustomerId)
                .between("amountCents", 0, 1_000_000, Transaction::getAmountCents)
                .declare();
    }

    public static EventType<FraudLabel> findings() {
        return EventType.named("finding-" + NEXT.incrementAndGet(), FraudLabel.class)
                .identifiedBy("transactionId", FraudLabel::getTransactionId)
                .happenedAt(FraudLabel::getEventTimeMillis)
                .keyedBy("terminalId", FraudLabel::getTerminalId)
                .declare();
    }

    public static <E extends SpecificRecord> ProducerRecord<byte[], byte[]> record(
            EventType<E> type, E event, int partition) {
        return new ProducerRecord<>(
                type.topic(), partition, type.key(event).getBytes(StandardCharsets.UTF_8), type.encode(event));
    }
}
