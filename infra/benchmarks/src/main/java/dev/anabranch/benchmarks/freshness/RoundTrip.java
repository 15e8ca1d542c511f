package dev.anabranch.benchmarks.freshness;

import dev.anabranch.local.Problem;
import dev.anabranch.local.check.Latencies;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * The limit of what a stream can be: a record is produced, acknowledged by the only broker, and consumed by somebody who waits
 * for it. No transaction, no state, no question.
 */
final class RoundTrip implements AutoCloseable {
    private final String topic;
    private final KafkaProducer<byte[], byte[]> producer;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Thread reading = new Thread(this::read, "round-trip");
    private volatile Latencies latencies = new Latencies();
    private volatile boolean closed;

    /** @param topic that nobody else writes to */
    RoundTrip(String bootstrapServers, String topic) {
        this.topic = topic;
        Map<String, Object> broker = Map.of("bootstrap.servers", bootstrapServers);
        producer = new KafkaProducer<>(broker, new ByteArraySerializer(), new ByteArraySerializer());
        consumer = new KafkaConsumer<>(broker, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        Collection<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                .map(info -> new TopicPartition(info.topic(), info.partition()))
                .toList();
        consumer.assign(partitions);
        consumer.seekToEnd(partitions);
        partitions.forEach(consumer::position);
        reading.setDaemon(true);
        reading.start();
    }

    /** @param dueNanos when it should have been sent, by {@link System#nanoTime} */
    void send(long dueNanos) {
        byte[] value = ByteBuffer.allocate(Long.BYTES).putLong(dueNanos).array();
        producer.send(new ProducerRecord<>(topic, value), (metadata, failure) -> {
            if (failure != null) {
                throw new Problem("A record must reach " + topic + ": " + failure);
            }
        });
    }

    /** Those since it was last asked. */
    Latencies take() {
        Latencies taken = latencies;
        latencies = new Latencies();
        return taken;
    }

    private void read() {
        try {
            while (!closed) {
                consumer.poll(Duration.ofSeconds(1))
                        .forEach(record -> latencies.record(System.nanoTime()
                                - ByteBuffer.wrap(record.value()).getLong()));
            }
        } catch (WakeupException e) {
            // closed
        }
    }

    @Override
    public void close() throws InterruptedException {
        closed = true;
        consumer.wakeup();
        reading.join();
        producer.close();
        consumer.close();
    }
}
