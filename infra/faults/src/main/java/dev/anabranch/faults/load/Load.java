package dev.anabranch.faults.load;

import dev.anabranch.event.EventType;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Events all the time, as many a second as was asked for however long answers take, some through an idempotent producer and
 * some over REST; and further ones of a certain shape when a fault wants them. The {@link Ledger} is told of each.
 */
public final class Load implements AutoCloseable {
    private static final Duration DELIVERY = Duration.ofSeconds(60);
    private static final Duration TICK = Duration.ofMillis(100);
    private static final int REST_ONE_IN = 5;
    private static final int BUFFER_BYTES = 64 * 1024 * 1024;
    private static final Duration LATEST = Duration.ofDays(30).minus(Duration.ofHours(3));

    private final Traffic traffic;
    private final Ledger ledger;
    private final RestEvents rest;
    private final double perSecond;
    private final Random random;
    private final Producer<byte[], byte[]> producer;
    private final AtomicLong next = new AtomicLong();
    private final ReentrantReadWriteLock gate = new ReentrantReadWriteLock();
    private final Thread thread = new Thread(this::run, "load");
    private volatile long clockStepMillis;
    private volatile boolean stopped;

    /** What is peculiar about an event. */
    public enum Shape {
        /** It happened just now. */
        USUAL,
        /** It happened up to 30 days ago. */
        LATE,
        /** It happened some minutes ago, before others that are in the log. */
        OUT_OF_ORDER,
        /** It will not happen for more than 5 minutes: it is refused. */
        FUTURE,
        /** Its producer has a newer schema. */
        NEWER_SCHEMA
    }

    public Load(Traffic traffic, Ledger ledger, RestEvents rest, String bootstrapServers, double perSecond, long seed) {
        this.traffic = traffic;
        this.ledger = ledger;
        this.rest = rest;
        this.perSecond = perSecond;
        this.random = new Random(seed);
        producer = new KafkaProducer<>(
                Map.of(
                        ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        bootstrapServers,
                        ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG,
                        true,
                        ProducerConfig.ACKS_CONFIG,
                        "all",
                        ProducerConfig.COMPRESSION_TYPE_CONFIG,
                        "lz4",
                        ProducerConfig.LINGER_MS_CONFIG,
                        5,
                        ProducerConfig.BUFFER_MEMORY_CONFIG,
                        BUFFER_BYTES,
                        ProducerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG,
                        1_000,
                        ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG,
                        10_000,
                        ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG,
                        (int) DELIVERY.toMillis(),
                        ProducerConfig.MAX_BLOCK_MS_CONFIG,
                        DELIVERY.toMillis()),
                new ByteArraySerializer(),
                new ByteArraySerializer());
        thread.setDaemon(true);
    }

    public void start() {
        thread.start();
    }

    private void run() {
        double due = 0;
        long last = System.nanoTime();
        while (!stopped) {
            LockSupport.parkNanos(TICK.toNanos());
            long now = System.nanoTime();
            due += perSecond * (now - last) / 1e9;
            last = now;
            int many = (int) due;
            due -= many;
            send(many);
        }
    }

    private void send(int many) {
        List<Long> overRest = new ArrayList<>();
        gate.readLock().lock();
        try {
            for (int i = 0; i < many && !stopped; i++) {
                long number = next.getAndIncrement();
                if (number % REST_ONE_IN == 0) {
                    overRest.add(number);
                } else {
                    send(number, usualTime(), Shape.USUAL);
                }
            }
            if (!overRest.isEmpty()) {
                rest.send(overRest, System.currentTimeMillis() + clockStepMillis);
            }
        } finally {
            gate.readLock().unlock();
        }
    }

    /** Most events happen now; some come late, so that every window and every day has something in it. */
    private long usualTime() {
        long now = System.currentTimeMillis() + clockStepMillis;
        double kind = random.nextDouble();
        if (kind < 0.7) {
            return now;
        }
        return now
                - (long)
                        (random.nextDouble() * (kind < 0.9 ? Duration.ofHours(1).toMillis() : LATEST.toMillis()));
    }

    /** Sends further events, as fast as it goes. Returns when they are handed over. */
    public void send(int many, Shape shape, Random drawn) {
        gate.readLock().lock();
        try {
            for (int i = 0; i < many && !stopped; i++) {
                send(next.getAndIncrement(), time(shape, drawn), shape);
            }
        } finally {
            gate.readLock().unlock();
        }
    }

    private long time(Shape shape, Random drawn) {
        long now = System.currentTimeMillis();
        return switch (shape) {
            case LATE -> now - (long) (drawn.nextDouble() * LATEST.toMillis());
            case OUT_OF_ORDER ->
                now - drawn.nextInt((int) Duration.ofMinutes(10).toMillis());
            case FUTURE ->
                now
                        + Duration.ofMinutes(6).toMillis()
                        + drawn.nextInt((int) Duration.ofDays(3).toMillis());
            default -> now - drawn.nextInt(1_000);
        };
    }

    /** Sends events that were sent before once more: each stands in the log twice, and counts twice. */
    public void repeat(int many, Random drawn) {
        long known = next.get();
        for (int i = 0; i < many && known > 0; i++) {
            send(Math.floorMod(drawn.nextLong(), known), System.currentTimeMillis(), Shape.USUAL);
        }
    }

    /** Sends a record that is no event, to a partition if one is given. */
    public void poison(byte[] key, byte[] value, Integer partition) {
        ledger.sent();
        produce(new ProducerRecord<>(traffic.type().topic(), partition, key, value), Ledger.NO_EVENT);
    }

    /** Sends the first part of an event. */
    public void cutShort(Random drawn) {
        SpecificRecord event = traffic.event(0, System.currentTimeMillis());
        byte[] whole = encode(traffic.type(), event);
        byte[] key = key(traffic.type(), event).getBytes(StandardCharsets.UTF_8);
        poison(key, Arrays.copyOf(whole, 1 + drawn.nextInt(whole.length - 1)), null);
    }

    /** Sends an event whose record key is not its own. */
    public void underAnotherKey(Random drawn) {
        byte[] value = encode(traffic.type(), traffic.event(0, System.currentTimeMillis()));
        poison(("not-" + drawn.nextInt()).getBytes(StandardCharsets.UTF_8), value, null);
    }

    /** From here on producers' clocks are wrong by this much. */
    public void clocksAreWrongBy(long millis) {
        clockStepMillis = millis;
    }

    /** Waits until every record handed over is settled. */
    public void flush() {
        producer.flush();
    }

    /** Stops all events until the lock is given back, once those under way are settled. */
    public AutoCloseable quiet() {
        gate.writeLock().lock();
        try {
            producer.flush();
            rest.awaitSettled();
        } catch (RuntimeException e) {
            gate.writeLock().unlock();
            throw e;
        }
        return gate.writeLock()::unlock;
    }

    private void send(long number, long timeMillis, Shape shape) {
        ledger.sent();
        byte[] value = shape == Shape.NEWER_SCHEMA
                ? traffic.newer(number, timeMillis)
                : encode(traffic.type(), traffic.event(number, timeMillis));
        byte[] key = key(traffic.type(), traffic.event(number, timeMillis)).getBytes(StandardCharsets.UTF_8);
        long createTime = Math.max(0, System.currentTimeMillis() + clockStepMillis);
        produce(
                new ProducerRecord<>(traffic.type().topic(), null, createTime, key, value),
                shape == Shape.FUTURE ? Ledger.NO_EVENT : number);
        Traffic.FollowUp followUp = traffic.followUp(number, timeMillis, System.currentTimeMillis());
        if (followUp != null && shape != Shape.FUTURE) {
            follow(followUp);
        }
    }

    private void follow(Traffic.FollowUp followUp) {
        byte[] key = key(followUp.type(), followUp.event()).getBytes(StandardCharsets.UTF_8);
        byte[] value = encode(followUp.type(), followUp.event());
        try {
            producer.send(new ProducerRecord<>(followUp.type().topic(), key, value));
        } catch (KafkaException e) {
            ledger.followUpLost();
        }
    }

    private void produce(ProducerRecord<byte[], byte[]> record, long number) {
        try {
            producer.send(record, (metadata, error) -> settled(number, metadata, error));
        } catch (KafkaException e) {
            ledger.unanswered();
        }
    }

    private void settled(long number, RecordMetadata metadata, Exception error) {
        if (error == null) {
            ledger.acknowledged(number, metadata.partition(), metadata.offset());
        } else {
            ledger.unanswered();
        }
    }

    private static <E extends SpecificRecord> byte[] encode(EventType<E> type, SpecificRecord event) {
        return type.encode(type.cast(event));
    }

    private static <E extends SpecificRecord> String key(EventType<E> type, SpecificRecord event) {
        return type.key(type.cast(event));
    }

    /** Ends it, and waits until every event is acknowledged or given up. */
    @Override
    public void close() {
        stopped = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        producer.close(DELIVERY.plusSeconds(10));
        rest.awaitSettled();
    }
}
