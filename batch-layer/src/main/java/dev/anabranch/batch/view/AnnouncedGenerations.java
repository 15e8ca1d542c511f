package dev.anabranch.batch.view;

import dev.anabranch.contract.Generation;
import dev.anabranch.contract.Topics;
import dev.anabranch.contract.Wire;
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

/** The generations that readers were told are complete: the topic {@link Topics#GENERATIONS}. */
public final class AnnouncedGenerations {
    private final String bootstrapServers;

    public AnnouncedGenerations(String bootstrapServers) {
        this.bootstrapServers = bootstrapServers;
    }

    /** The latest generation of {@code view}, if there was ever one. */
    public Optional<Generation> latest(String view) {
        return Optional.ofNullable(latest().get(view));
    }

    /** The latest generation of each view, by name. */
    public Map<String, Generation> latest() {
        Properties properties = new Properties();
        properties.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
        properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        TopicPartition partition = new TopicPartition(Topics.GENERATIONS, 0);
        Map<String, Generation> latest = new HashMap<>();
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long end = consumer.endOffsets(List.of(partition)).get(partition);
            while (consumer.position(partition) < end) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofSeconds(1))) {
                    if (record.value() != null) {
                        Generation generation = Wire.GENERATION.decode(record.value());
                        latest.put(generation.getView(), generation);
                    }
                }
            }
        }
        return latest;
    }

    /** Tells readers; returns when the broker has acknowledged it. */
    void announce(Generation generation) {
        Properties properties = new Properties();
        properties.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
        properties.put(ProducerConfig.ACKS_CONFIG, "all");
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(
                            Topics.GENERATIONS,
                            generation.getView().getBytes(StandardCharsets.UTF_8),
                            Wire.GENERATION.encode(generation)))
                    .get();
        } catch (ExecutionException e) {
            throw new KafkaException(
                    "Generation " + generation.getGeneration() + " of " + generation.getView()
                            + " could not be announced: " + e.getCause().getMessage(),
                    e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KafkaException(
                    "Interrupted while generation " + generation.getGeneration() + " of " + generation.getView()
                            + " was announced",
                    e);
        }
    }
}
