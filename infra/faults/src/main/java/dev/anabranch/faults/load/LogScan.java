package dev.anabranch.faults.load;

import dev.anabranch.event.Admission;
import dev.anabranch.event.EventType;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Reads every record of the numbered events' topic and tells the {@link Ledger} where each stands. For one thread. */
public final class LogScan implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(200);

    private final Traffic traffic;
    private final Ledger ledger;
    private final Consumer<byte[], byte[]> consumer;
    private final List<TopicPartition> partitions;

    public LogScan(Traffic traffic, Ledger ledger, String bootstrapServers) {
        this.traffic = traffic;
        this.ledger = ledger;
        consumer = new KafkaConsumer<>(
                Map.of(
                        ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        bootstrapServers,
                        ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                        "read_committed",
                        ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                        "none",
                        ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                        false,
                        ConsumerConfig.MAX_POLL_RECORDS_CONFIG,
                        5_000),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        partitions = consumer.partitionsFor(traffic.type().topic()).stream()
                .map(p -> new TopicPartition(p.topic(), p.partition()))
                .toList();
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
    }

    /** Reads all that the log holds at this moment. */
    public void readToEnd() {
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
        while (partitions.stream().anyMatch(p -> consumer.position(p) < ends.get(p))) {
            consumer.poll(POLL).forEach(this::take);
        }
    }

    /** How many partitions there are. */
    public int partitions() {
        return partitions.size();
    }

    private void take(ConsumerRecord<byte[], byte[]> record) {
        take(traffic.type(), record);
    }

    private <E extends SpecificRecord> void take(EventType<E> type, ConsumerRecord<byte[], byte[]> record) {
        Admission<E> admission = type.admit(record.key(), record.value(), record.timestamp());
        if (admission instanceof Admission.Admitted<E> admitted) {
            E event = admitted.event();
            ledger.logged(traffic.numberOf(event), record.partition(), record.offset(), type.eventTimeMillis(event));
        } else {
            ledger.refused(record.partition(), record.offset());
        }
    }

    @Override
    public void close() {
        consumer.close();
    }
}
