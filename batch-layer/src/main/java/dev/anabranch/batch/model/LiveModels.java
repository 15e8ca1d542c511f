package dev.anabranch.batch.model;

import dev.anabranch.contract.ModelKey;
import dev.anabranch.contract.ModelVersion;
import dev.anabranch.contract.Topics;
import dev.anabranch.contract.Wire;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
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

/** The models that the other layers were told to use: the topic {@link Topics#MODELS}, artifacts included. */
public final class LiveModels {
    /** The most a version may weigh; the topic allows as much. */
    public static final int MOST_BYTES = 16 * 1024 * 1024;

    private final String bootstrapServers;

    public LiveModels(String bootstrapServers) {
        this.bootstrapServers = bootstrapServers;
    }

    /** The version of {@code name} that is live, if one is. */
    public Optional<ModelVersion> latest(String name) {
        return record(ModelKey.live(name)).map(Wire.MODEL_VERSION::decode);
    }

    /** What stands under a key; empty where nothing does, or a tombstone. */
    Optional<byte[]> record(ModelKey about) {
        Properties properties = new Properties();
        properties.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
        properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        properties.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, MOST_BYTES);
        byte[] key = about.toString().getBytes(StandardCharsets.UTF_8);
        TopicPartition partition = new TopicPartition(Topics.MODELS, 0);
        byte[] latest = null;
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long end = consumer.endOffsets(List.of(partition)).get(partition);
            while (consumer.position(partition) < end) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofSeconds(1))) {
                    if (Arrays.equals(key, record.key())) {
                        latest = record.value();
                    }
                }
            }
        }
        return Optional.ofNullable(latest);
    }

    /** Makes a version live; returns when the broker has acknowledged it. */
    public void publish(ModelVersion version) {
        publish(ModelKey.live(version.getName()), Wire.MODEL_VERSION.encode(version));
    }

    /** Puts a record under a key, null for a tombstone; returns when the broker has acknowledged it. */
    void publish(ModelKey about, byte[] record) {
        Properties properties = new Properties();
        properties.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
        properties.put(ProducerConfig.ACKS_CONFIG, "all");
        properties.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, MOST_BYTES);
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(
                            Topics.MODELS, about.toString().getBytes(StandardCharsets.UTF_8), record))
                    .get();
        } catch (ExecutionException e) {
            throw new KafkaException(
                    about + " could not be published: " + e.getCause().getMessage(), e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KafkaException("Interrupted while " + about + " was published", e);
        }
    }
}
