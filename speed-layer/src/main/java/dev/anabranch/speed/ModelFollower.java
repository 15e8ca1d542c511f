package dev.anabranch.speed;

import dev.anabranch.contract.ModelKey;
import dev.anabranch.contract.Topics;
import dev.anabranch.model.LiveLineup;
import dev.anabranch.model.LoadedModel;
import dev.anabranch.model.UnusableModelException;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows {@code control.models} on a thread of its own: each version that proves itself scores, and each experiment is in
 * force. What cannot be used is logged with the reason, and what was there before stays.
 */
public final class ModelFollower implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ModelFollower.class);
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration PAUSE = Duration.ofSeconds(1);
    private static final TopicPartition MODELS = new TopicPartition(Topics.MODELS, 0);

    /** Versions carry their artifact, up to 16 MiB by the topic's limit. */
    private static final int FETCH_BYTES = 17 * 1024 * 1024;

    /**
     * The first model loaded starts ONNX Runtime, which matches the command line of the process with a regular
     * expression that recurses some 400 bytes a character: with a class path of a few thousand characters it would end the
     * process without a word on a stack of the usual size.
     */
    private static final long STACK_BYTES = 64L * 1024 * 1024;

    private final String bootstrapServers;
    private final String name;
    private final LiveLineup<LoadedModel> live;
    private final Counter unusable;
    private final CompletableFuture<Void> caughtUp = new CompletableFuture<>();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread thread;

    /**
     * @param name the model's name: the use case
     */
    public ModelFollower(String bootstrapServers, String name, LiveLineup<LoadedModel> live, MeterRegistry metrics) {
        this.bootstrapServers = bootstrapServers;
        this.name = name;
        this.live = live;
        unusable = Counter.builder("anabranch.speed.models.unusable")
                .description("Published model versions that did not prove themselves")
                .tag("use.case", name)
                .register(metrics);
        thread = new Thread(null, this::run, "models-" + name, STACK_BYTES);
        thread.setDaemon(true);
    }

    /**
     * Starts following, and returns when everything published so far has been read.
     *
     * @throws StartFailedException when that takes longer than {@code patience}
     */
    public void start(Duration patience) throws StartFailedException, InterruptedException {
        thread.start();
        try {
            caughtUp.get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException e) {
            throw new StartFailedException(
                    "Topic " + Topics.MODELS + " at " + bootstrapServers + " could not be read within " + patience, e);
        }
    }

    private void run() {
        while (closed.getCount() > 0) {
            try (Consumer<byte[], byte[]> consumer = consumer()) {
                follow(consumer);
            } catch (KafkaException e) {
                LOG.warn("Reading {} again from its start: {}", Topics.MODELS, e.toString());
                pause();
            }
        }
    }

    private void follow(Consumer<byte[], byte[]> consumer) {
        consumer.assign(List.of(MODELS));
        consumer.seekToBeginning(List.of(MODELS));
        long end = consumer.endOffsets(List.of(MODELS)).get(MODELS);
        Map<ModelKey, Optional<byte[]>> waiting = new LinkedHashMap<>();
        while (closed.getCount() > 0) {
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                key(record).ifPresent(key -> {
                    waiting.remove(key); // of several that wait, the last is the one that counts, at its own place
                    waiting.put(key, Optional.ofNullable(record.value()));
                });
            }
            if (consumer.position(MODELS) >= end) {
                waiting.forEach((key, value) -> adopt(key, value.orElse(null)));
                waiting.clear();
                caughtUp.complete(null);
            }
        }
    }

    private Optional<ModelKey> key(ConsumerRecord<byte[], byte[]> record) {
        return Optional.ofNullable(record.key())
                .flatMap(key -> ModelKey.parse(new String(key, StandardCharsets.UTF_8)))
                .filter(key -> key.model().equals(name));
    }

    private void adopt(ModelKey key, byte[] value) {
        try {
            live.take(key, value).ifPresent(change -> LOG.info("Scoring: {}", change));
        } catch (UnusableModelException | IllegalArgumentException e) {
            unusable.increment();
            LOG.error("What scored before goes on: {}", e.getMessage());
        }
    }

    private Consumer<byte[], byte[]> consumer() {
        Map<String, Object> config = new HashMap<>();
        config.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
        config.put(ConsumerConfig.CLIENT_ID_CONFIG, "models-" + name);
        config.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        config.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        config.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, FETCH_BYTES);
        config.put(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, FETCH_BYTES);
        return new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    private void pause() {
        try {
            closed.await(PAUSE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            closed.countDown();
        }
    }

    @Override
    public void close() {
        closed.countDown();
        try {
            thread.join(TimeUnit.SECONDS.toMillis(10));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
