package dev.anabranch.serving;

import dev.anabranch.contract.Topics;
import dev.anabranch.usecase.UseCase;
import dev.anabranch.usecase.UseCases;
import dev.anabranch.view.View;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jboss.logging.Logger;

/** The broker, as far as everything here needs it: where it is, and that the topics are there. */
@ApplicationScoped
class Kafka {
    private static final Logger log = Logger.getLogger(Kafka.class);
    private static final Duration ASK_AGAIN = Duration.ofMillis(250);
    private static final Duration TELL_AGAIN = Duration.ofSeconds(5);
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final ServingConfig config;

    Kafka(ServingConfig config) {
        this.config = config;
    }

    String bootstrapServers() {
        return config.kafka().bootstrapServers();
    }

    /** What every client is told. */
    Map<String, Object> clientSettings() {
        Map<String, Object> settings = new HashMap<>();
        settings.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers());
        settings.put(CommonClientConfigs.RECONNECT_BACKOFF_MAX_MS_CONFIG, 1_000);
        return settings;
    }

    Admin admin() {
        Map<String, Object> settings = clientSettings();
        settings.put(CommonClientConfigs.REQUEST_TIMEOUT_MS_CONFIG, (int) PATIENCE.toMillis());
        settings.put(CommonClientConfigs.DEFAULT_API_TIMEOUT_MS_CONFIG, (int) PATIENCE.toMillis());
        return Admin.create(settings);
    }

    /** The topics the serving layer reads or writes. */
    static Set<String> topics() {
        Set<String> topics = new LinkedHashSet<>();
        for (UseCase useCase : UseCases.all()) {
            useCase.events().forEach(event -> topics.add(event.topic()));
            for (View<?> view : useCase.views()) {
                topics.add(Topics.batchView(view.name()));
                topics.add(Topics.speedView(view.name()));
            }
            topics.add(Topics.predictions(useCase.name()));
        }
        topics.add(Topics.GENERATIONS);
        topics.add(Topics.MODELS);
        topics.add(Topics.ARTIFACTS);
        topics.add(Topics.DRIFT);
        return topics;
    }

    /**
     * Waits until the broker answers and all topics exist.
     *
     * @return how many partitions each topic has
     * @throws NotThereException when that did not happen in time; the message says what is missing
     */
    Map<String, Integer> awaitTopics(Admin admin) throws NotThereException, InterruptedException {
        long deadline = System.nanoTime() + config.serving().startWait().toNanos();
        long tellAt = System.nanoTime();
        while (true) {
            String missing;
            try {
                Map<String, Integer> found = partitionsByTopic(admin);
                Set<String> absent = new TreeSet<>(topics());
                absent.removeAll(found.keySet());
                if (absent.isEmpty()) {
                    return found;
                }
                missing = "Kafka at " + bootstrapServers() + " must have the topics " + absent;
            } catch (ExecutionException e) {
                missing = "Kafka must answer at " + bootstrapServers() + " (anabranch.kafka.bootstrap-servers), got: "
                        + e.getCause().getMessage();
            }
            if (System.nanoTime() >= deadline) {
                throw new NotThereException(
                        missing + "; gave up after " + config.serving().startWait() + ". Is the platform up?");
            }
            if (System.nanoTime() >= tellAt) {
                log.infof("Waiting: %s", missing);
                tellAt = System.nanoTime() + TELL_AGAIN.toNanos();
            }
            TimeUnit.MILLISECONDS.sleep(ASK_AGAIN.toMillis());
        }
    }

    private static Map<String, Integer> partitionsByTopic(Admin admin) throws ExecutionException, InterruptedException {
        Map<String, Integer> found = new TreeMap<>();
        Map<String, KafkaFuture<TopicDescription>> asked =
                admin.describeTopics(topics()).topicNameValues();
        for (Map.Entry<String, KafkaFuture<TopicDescription>> each : asked.entrySet()) {
            try {
                found.put(each.getKey(), each.getValue().get().partitions().size());
            } catch (ExecutionException e) {
                if (!(e.getCause() instanceof UnknownTopicOrPartitionException)) {
                    throw e;
                }
            }
        }
        return found;
    }

    /** What the serving layer needs to start is not there. */
    static final class NotThereException extends Exception {
        NotThereException(String message) {
            super(message);
        }
    }
}
