package dev.anabranch.serving;

import jakarta.enterprise.context.ApplicationScoped;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.BufferExhaustedException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Appends records to topics and says where they stand once Kafka has acknowledged them.
 *
 * <p>It never blocks the caller: it knows all topics beforehand and keeps them known, and a full buffer refuses at once.
 */
@ApplicationScoped
public class TopicWriter {
    /** An unknown topic would have to be asked about while a request waits. */
    private static final Duration KNOWN_FOR = Duration.ofDays(365);

    private static final Duration ASK_AGAIN = Duration.ofMillis(10);

    private final ServingConfig config;
    private final Kafka kafka;
    private volatile KafkaProducer<byte[], byte[]> producer;

    TopicWriter(ServingConfig config, Kafka kafka) {
        this.config = config;
        this.kafka = kafka;
    }

    /**
     * Connects and learns about the topics; blocks meanwhile.
     *
     * @throws Kafka.NotThereException when the topics could not be learnt about in time
     */
    void start() throws Kafka.NotThereException, InterruptedException {
        long within = config.serving().acknowledgeWithin().toMillis();
        long linger = config.serving().linger().toMillis();
        Map<String, Object> settings = kafka.clientSettings();
        settings.put(ProducerConfig.ACKS_CONFIG, "all");
        settings.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        settings.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, (int) within);
        settings.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, (int) Math.min(5_000, within - linger));
        settings.put(ProducerConfig.LINGER_MS_CONFIG, linger);
        // What comes while a request is under way waits for its answer and shares the next: fewer, larger ones.
        settings.put(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, 1);
        settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, 0L);
        settings.put(
                ProducerConfig.MAX_REQUEST_SIZE_CONFIG, ControlFollower.LARGEST_RECORD); // topics allow what they must
        settings.put(ProducerConfig.METADATA_MAX_IDLE_CONFIG, KNOWN_FOR.toMillis());
        KafkaProducer<byte[], byte[]> starting =
                new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
        long deadline = System.nanoTime() + within * 1_000_000;
        for (String topic : Kafka.topics()) {
            learn(starting, topic, deadline);
        }
        producer = starting;
    }

    private static void learn(KafkaProducer<byte[], byte[]> producer, String topic, long deadline)
            throws Kafka.NotThereException, InterruptedException {
        while (true) {
            try {
                producer.partitionsFor(topic);
                return;
            } catch (TimeoutException e) { // asked for, not yet answered
                if (System.nanoTime() >= deadline) {
                    throw new Kafka.NotThereException("Kafka must say where " + topic + " is kept, got no answer");
                }
                TimeUnit.MILLISECONDS.sleep(ASK_AGAIN.toMillis());
            }
        }
    }

    /** Whether records can be appended. */
    boolean ready() {
        return producer != null;
    }

    void stop() {
        KafkaProducer<byte[], byte[]> running = producer;
        if (running != null) {
            running.close(config.serving().acknowledgeWithin());
        }
    }

    /** Where the record stands, once Kafka has acknowledged it. Fails with an {@link Unavailable} when it does not. */
    public CompletableFuture<RecordMetadata> append(String topic, String key, byte[] value) {
        CompletableFuture<RecordMetadata> acknowledged = new CompletableFuture<>();
        KafkaProducer<byte[], byte[]> running = producer;
        if (running == null) {
            acknowledged.completeExceptionally(
                    new Unavailable("The serving layer is waiting for Kafka at " + kafka.bootstrapServers()));
            return acknowledged;
        }
        Thread caller = Thread.currentThread();
        try {
            running.send(
                    new ProducerRecord<>(topic, key.getBytes(StandardCharsets.UTF_8), value), (metadata, failure) -> {
                        if (failure == null) {
                            acknowledged.complete(metadata);
                        } else {
                            boolean sent = Thread.currentThread() != caller; // told at once, it never left the buffer
                            acknowledged.completeExceptionally(refusal(topic, failure, sent));
                        }
                    });
        } catch (KafkaException e) {
            acknowledged.completeExceptionally(refusal(topic, e, false));
        }
        return acknowledged;
    }

    private Exception refusal(String topic, Exception failure, boolean sent) {
        if (failure instanceof BufferExhaustedException) {
            return new Unavailable("Kafka takes records for " + topic + " more slowly than they come, and the buffer is"
                    + " full; nothing was written");
        }
        if (failure instanceof RetriableException && !sent) {
            return new Unavailable(
                    "Kafka at " + kafka.bootstrapServers() + " cannot be reached; nothing was written to " + topic);
        }
        if (failure instanceof RetriableException) {
            return new Unavailable("Kafka at " + kafka.bootstrapServers() + " did not acknowledge a record for " + topic
                    + " within " + config.serving().acknowledgeWithin() + "; whether it was written is not known");
        }
        return failure;
    }
}
