package dev.anabranch.batch;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** A topic of one partition by which the batch layer tells the other layers what holds from now on. */
public final class ControlTopic {
    /** The most a record may weigh; the topic of models allows as much. */
    public static final int MOST_BYTES = 16 * 1024 * 1024;

    private static final int NO_WAIT_MILLIS = 10;

    private final String bootstrapServers;
    private final String topic;

    public ControlTopic(String bootstrapServers, String topic) {
        this.bootstrapServers = bootstrapServers;
        this.topic = topic;
    }

    /** What stands under a key; empty where nothing does, or a tombstone. */
    public Optional<byte[]> record(String key) {
        return Optional.ofNullable(records().get(key));
    }

    /** What stands under each key. */
    public Map<String, byte[]> records() {
        TopicPartition partition = new TopicPartition(topic, 0);
        Map<String, byte[]> latest = new HashMap<>();
        try (KafkaConsumer<byte[], byte[]> consumer = consumer()) {
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long end = consumer.endOffsets(List.of(partition)).get(partition);
            while (consumer.position(partition) < end) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofSeconds(1))) {
                    String key = new String(record.key(), StandardCharsets.UTF_8);
                    if (record.value() == null) {
                        latest.remove(key);
                    } else {
                        latest.put(key, record.value());
                    }
                }
            }
        }
        return latest;
    }

    /** Whether the topic is there: a platform of an older release lacks what is new. */
    public boolean exists() {
        try (KafkaConsumer<byte[], byte[]> consumer = consumer()) {
            return consumer.listTopics().containsKey(topic);
        }
    }

    private KafkaConsumer<byte[], byte[]> consumer() {
        Properties properties = new Properties();
        properties.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
        properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        properties.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, MOST_BYTES);
        // It reads to an end that it knows. To close, it waits for the answer to its last question, which had nothing
        // to come.
        properties.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, NO_WAIT_MILLIS);
        return new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    /** Puts a record under a key, null for a tombstone; returns its offset when the broker has acknowledged it. */
    public long publish(String key, byte[] record) {
        return publish(key, List.of(Optional.ofNullable(record)));
    }

    /** Puts records under a key, in order; returns when the broker has acknowledged all of them. */
    public void publishAll(String key, List<byte[]> records) {
        if (!records.isEmpty()) {
            publish(key, records.stream().map(Optional::of).toList());
        }
    }

    /** Returns the offset of the last of them. */
    private long publish(String key, List<Optional<byte[]>> records) {
        try (Writer writer = writer()) {
            long offset = -1;
            for (Optional<byte[]> record : records) {
                offset = writer.publish(key, record.orElse(null));
            }
            return offset;
        }
    }

    /** For many records under keys of their own: one connection is enough. */
    public Writer writer() {
        Properties properties = new Properties();
        properties.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
        properties.put(ProducerConfig.ACKS_CONFIG, "all");
        properties.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, MOST_BYTES);
        return new Writer(topic, new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer()));
    }

    /** Puts one record after the other. */
    public static final class Writer implements AutoCloseable {
        private final String topic;
        private final KafkaProducer<byte[], byte[]> producer;

        private Writer(String topic, KafkaProducer<byte[], byte[]> producer) {
            this.topic = topic;
            this.producer = producer;
        }

        /**
         * Puts a record under a key, null for a tombstone; returns its offset when the broker has acknowledged it.
         *
         * @throws KafkaException when it has not
         */
        public long publish(String key, byte[] record) {
            try {
                return producer.send(new ProducerRecord<>(topic, key.getBytes(StandardCharsets.UTF_8), record))
                        .get()
                        .offset();
            } catch (ExecutionException e) {
                throw new KafkaException(
                        key + " could not be published: " + e.getCause().getMessage(), e.getCause());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new KafkaException("Interrupted while " + key + " was published", e);
            }
        }

        @Override
        public void close() {
            producer.close();
        }
    }
}
