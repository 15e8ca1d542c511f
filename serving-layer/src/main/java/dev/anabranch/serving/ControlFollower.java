package dev.anabranch.serving;

import dev.anabranch.contract.Topics;
import jakarta.enterprise.context.ApplicationScoped;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jboss.logging.Logger;

/** Follows what is live: the control topics, from their beginning. Every replica follows all of them. */
@ApplicationScoped
class ControlFollower {
    private static final Logger log = Logger.getLogger(ControlFollower.class);
    private static final Duration POLL = Duration.ofSeconds(1);
    private static final Duration AFTER_FAILURE = Duration.ofSeconds(1);
    /** A model record carries the model; topic and producer allow as much. */
    static final int LARGEST_RECORD = 16 * 1024 * 1024;

    private static final TopicPartition MODELS = new TopicPartition(Topics.MODELS, 0);
    private static final TopicPartition GENERATIONS = new TopicPartition(Topics.GENERATIONS, 0);
    private static final TopicPartition DRIFT = new TopicPartition(Topics.DRIFT, 0);

    private final Kafka kafka;
    private final Models models;
    private final Generations generations;
    private final Drift drift;
    private final Thread thread = new Thread(this::follow, "serving-control");
    private volatile KafkaConsumer<byte[], byte[]> consumer;
    private volatile boolean caughtUp;
    private volatile boolean stopped;

    ControlFollower(Kafka kafka, Models models, Generations generations, Drift drift) {
        this.kafka = kafka;
        this.models = models;
        this.generations = generations;
        this.drift = drift;
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    void stop() throws InterruptedException {
        stopped = true;
        KafkaConsumer<byte[], byte[]> running = consumer;
        if (running != null) {
            running.wakeup();
        }
        thread.join(Duration.ofSeconds(5).toMillis());
    }

    /** Whether everything that stood in the control topics at the start has been taken in. */
    boolean caughtUp() {
        return caughtUp;
    }

    private void follow() {
        while (!stopped) {
            try {
                followFromBeginning();
            } catch (WakeupException e) {
                log.debug("Following the control topics was interrupted, to stop");
            } catch (KafkaException e) {
                log.error("Following the control topics failed and begins again", e);
                pause();
            } catch (RuntimeException e) {
                log.error("A record of the control topics could not be taken in; following begins again", e);
                pause();
            }
        }
    }

    private void followFromBeginning() {
        try (KafkaConsumer<byte[], byte[]> following =
                new KafkaConsumer<>(settings(), new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer = following;
            following.assign(List.of(MODELS, GENERATIONS, DRIFT));
            following.seekToBeginning(following.assignment());
            Map<TopicPartition, Long> ends = following.endOffsets(following.assignment());
            Map<String, ConsumerRecord<byte[], byte[]>> waiting = new LinkedHashMap<>();
            while (!stopped) {
                for (ConsumerRecord<byte[], byte[]> each : following.poll(POLL)) {
                    if (each.topic().equals(Topics.MODELS)) {
                        String key = each.key() == null ? "" : new String(each.key(), StandardCharsets.UTF_8);
                        waiting.remove(key); // of several that wait, the last is the one that counts, at its own place
                        waiting.put(key, each);
                    } else if (each.topic().equals(Topics.DRIFT)) {
                        drift.take(each.value());
                    } else {
                        generations.take(each.value());
                    }
                }
                if (following.position(MODELS) >= ends.get(MODELS)) { // before that, it is what was
                    waiting.values().forEach(each -> models.take(each.key(), each.value()));
                    waiting.clear();
                }
                if (!caughtUp) {
                    caughtUp = ends.entrySet().stream().allMatch(e -> following.position(e.getKey()) >= e.getValue());
                }
            }
        }
    }

    private void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(AFTER_FAILURE.toMillis());
        } catch (InterruptedException e) {
            stopped = true;
            Thread.currentThread().interrupt();
        }
    }

    private Map<String, Object> settings() {
        Map<String, Object> settings = kafka.clientSettings();
        settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        settings.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, LARGEST_RECORD);
        return settings;
    }
}
