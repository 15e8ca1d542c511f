package dev.anabranch.benchmarks.stream;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** A consumer and a producer and nothing between them: at least once, without state. What copying a record costs. */
public final class CopyLoop {
    private CopyLoop() {}

    /** @param arguments brokers, topic to read, topic to write, group */
    public static void main(String[] arguments) {
        Map<String, Object> reading = Map.of(
                "bootstrap.servers", arguments[0],
                "group.id", arguments[3],
                "auto.offset.reset", "earliest",
                "enable.auto.commit", "false",
                "isolation.level", "read_committed");
        Map<String, Object> writing = Map.of("bootstrap.servers", arguments[0], "linger.ms", "5", "acks", "all");
        try (KafkaConsumer<byte[], byte[]> consumer =
                        new KafkaConsumer<>(reading, new ByteArrayDeserializer(), new ByteArrayDeserializer());
                KafkaProducer<byte[], byte[]> producer =
                        new KafkaProducer<>(writing, new ByteArraySerializer(), new ByteArraySerializer())) {
            consumer.subscribe(List.of(arguments[1]));
            while (true) {
                ConsumerRecords<byte[], byte[]> records = consumer.poll(Duration.ofMillis(100));
                if (records.isEmpty()) {
                    continue;
                }
                for (ConsumerRecord<byte[], byte[]> record : records) {
                    producer.send(new ProducerRecord<>(arguments[2], record.key(), record.value()));
                }
                producer.flush();
                consumer.commitSync();
            }
        }
    }
}
