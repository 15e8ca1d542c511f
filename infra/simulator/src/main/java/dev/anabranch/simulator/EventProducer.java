package dev.anabranch.simulator;

import dev.anabranch.event.EventType;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Produces events to their topics, idempotently, and knows of each whether the broker has it. For one publishing thread.
 *
 * <p>An event is not sent before the one {@link #IN_FLIGHT} places ahead of it is acknowledged. That is not for safety,
 * which the idempotent producer sees to, but for order: topics and partitions are appended to independently, so this is
 * how far an event may arrive ahead of an earlier one in another partition. What was known when is decided by arrival,
 * so it matters.
 */
public final class EventProducer implements AutoCloseable {
    /** The length of the stretch of events that may be on their way at once. */
    public static final int IN_FLIGHT = 4096;

    private static final int NONE = -1;

    /** How long a broker may take to answer before the start is given up. */
    public static final Duration PATIENCE = Duration.ofSeconds(60);

    /** What the producer is tuned for. */
    public enum Tuning {
        /** Many events a second: waits a little to fill its batches. */
        BULK(2),
        /** Each event as soon as it happens. */
        PROMPT(0);

        private final int lingerMillis;

        Tuning(int lingerMillis) {
            this.lingerMillis = lingerMillis;
        }
    }

    private final Producer<byte[], byte[]> producer;
    private final String broker;
    private final PublishListener listener;
    private final AtomicIntegerArray onItsWay = new AtomicIntegerArray(IN_FLIGHT); // 1 for each event that is
    private volatile int awaitedSlot = NONE;
    private volatile Thread waiting;
    private final Map<String, AtomicLong> acknowledgedByTopic = new HashMap<>();
    private final AtomicLong acknowledged = new AtomicLong();
    private volatile long sent; // written by the publishing thread alone
    private volatile NotPublishedException failure;

    /** A producer that is already set up, as tests do. {@code broker} is what error messages call the other side. */
    EventProducer(
            Producer<byte[], byte[]> producer,
            String broker,
            Collection<? extends EventType<?>> types,
            PublishListener listener) {
        this.producer = producer;
        this.broker = broker;
        this.listener = listener;
        types.forEach(type -> acknowledgedByTopic.put(type.topic(), new AtomicLong()));
    }

    /**
     * Waits up to {@link #PATIENCE} for the broker.
     *
     * @param types the types of event that will be published; their topics must exist
     * @throws NotPublishedException when the broker does not answer or lacks a topic
     * @throws IllegalArgumentException when {@code bootstrapServers} is no list of addresses
     */
    public static EventProducer connect(
            String bootstrapServers,
            Collection<? extends EventType<?>> types,
            Tuning tuning,
            PublishListener listener) {
        return connect(bootstrapServers, types, tuning, listener, PATIENCE);
    }

    static EventProducer connect(
            String bootstrapServers,
            Collection<? extends EventType<?>> types,
            Tuning tuning,
            PublishListener listener,
            Duration patience) {
        requireTopics(bootstrapServers, types, patience);
        Map<String, Object> settings = Map.of(
                ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                bootstrapServers,
                ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG,
                ByteArraySerializer.class,
                ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG,
                ByteArraySerializer.class,
                ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG,
                true,
                ProducerConfig.ACKS_CONFIG,
                "all",
                ProducerConfig.COMPRESSION_TYPE_CONFIG,
                "lz4",
                ProducerConfig.BATCH_SIZE_CONFIG,
                128 * 1024,
                ProducerConfig.LINGER_MS_CONFIG,
                tuning.lingerMillis);
        return new EventProducer(new KafkaProducer<>(settings), "Kafka at " + bootstrapServers, types, listener);
    }

    private static void requireTopics(
            String bootstrapServers, Collection<? extends EventType<?>> types, Duration patience) {
        int millis = Math.toIntExact(patience.toMillis());
        Map<String, Object> settings = Map.of(
                AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers,
                AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, millis,
                AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, millis);
        try (Admin admin = Admin.create(settings)) {
            admin.describeTopics(types.stream().map(EventType::topic).toList())
                    .allTopicNames()
                    .get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof UnknownTopicOrPartitionException) {
                throw new NotPublishedException(
                        "Kafka at " + bootstrapServers + " must have the topics of the events " + types
                                + " and lacks one",
                        e.getCause());
            }
            throw new NotPublishedException(
                    "Kafka at " + bootstrapServers + " must answer within " + patience.toSeconds() + " s, got: "
                            + e.getCause().getMessage(),
                    e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new NotPublishedException("Interrupted while waiting for Kafka at " + bootstrapServers, e);
        } catch (KafkaException e) {
            throw new IllegalArgumentException(
                    "Bootstrap servers must be a list of host:port, got '" + bootstrapServers + "': "
                            + (e.getCause() == null ? e : e.getCause()).getMessage(),
                    e);
        }
    }

    /**
     * Hands the event to the producer; waits while too many are on their way.
     *
     * @throws NotPublishedException when this or an earlier event was not acknowledged
     */
    public void send(SimulatedEvent<?> event) {
        AtomicLong ofTopic = acknowledgedByTopic.get(event.topic());
        if (ofTopic == null) {
            throw new IllegalArgumentException(
                    "Events must be of the topics " + acknowledgedByTopic.keySet() + ", got " + event.topic());
        }
        int slot = (int) (sent % IN_FLIGHT);
        awaitFree(slot);
        requireNoFailure();
        onItsWay.set(slot, 1);
        try {
            // No timestamp: the topic has the broker's, which is when the event arrived.
            ProducerRecord<byte[], byte[]> record =
                    new ProducerRecord<>(event.topic(), event.keyBytes(), event.valueBytes());
            producer.send(record, (metadata, error) -> settled(event, slot, ofTopic, metadata, error));
        } catch (InterruptException e) {
            Thread.currentThread().interrupt();
            throw interrupted(e);
        }
        sent++;
        listener.sent(event);
    }

    private void awaitFree(int slot) {
        if (onItsWay.get(slot) == 0) {
            return;
        }
        waiting = Thread.currentThread();
        awaitedSlot =
                slot; // from here on its acknowledgement wakes this thread; it may already have come, so look again
        while (onItsWay.get(slot) != 0) {
            LockSupport.park(this);
            if (Thread.currentThread().isInterrupted()) {
                throw interrupted(null);
            }
        }
        awaitedSlot = NONE;
    }

    private NotPublishedException interrupted(Exception cause) {
        return new NotPublishedException("Interrupted after " + sent + " events", cause);
    }

    private void settled(
            SimulatedEvent<?> event, int slot, AtomicLong ofTopic, RecordMetadata metadata, Exception error) {
        if (error == null) {
            ofTopic.incrementAndGet();
            acknowledged.incrementAndGet();
            listener.acknowledged(event, metadata.partition(), metadata.offset());
        } else if (failure == null) {
            failure = new NotPublishedException(
                    broker + " must acknowledge every event, and did not for one of " + event.topic() + " with key '"
                            + event.key() + "': " + error.getMessage(),
                    error);
        }
        onItsWay.set(slot, 0);
        if (awaitedSlot == slot) {
            LockSupport.unpark(waiting);
        }
    }

    /**
     * Waits until everything sent is acknowledged.
     *
     * @throws NotPublishedException when something is not
     */
    public void flush() {
        producer.flush();
        requireNoFailure();
        if (acknowledged() != sent()) {
            throw new NotPublishedException(
                    broker + " must acknowledge every event, got " + acknowledged() + " of " + sent(), null);
        }
    }

    private void requireNoFailure() {
        if (failure != null) {
            throw failure;
        }
    }

    public long sent() {
        return sent;
    }

    public long acknowledged() {
        return acknowledged.get();
    }

    /** Acknowledged records of each topic. */
    public Map<String, Long> acknowledgedByTopic() {
        Map<String, Long> counts = new TreeMap<>();
        acknowledgedByTopic.forEach((topic, count) -> counts.put(topic, count.get()));
        return counts;
    }

    @Override
    public void close() {
        producer.close();
    }
}
