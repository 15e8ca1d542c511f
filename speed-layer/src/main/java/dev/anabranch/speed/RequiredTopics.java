package dev.anabranch.speed;

import dev.anabranch.contract.Topics;
import dev.anabranch.event.EventType;
import dev.anabranch.usecase.UseCase;
import dev.anabranch.view.View;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/**
 * The topics that must be there before a use case can run. The speed layer creates none of them: their retention,
 * compaction and partitions are the platform's decision.
 */
final class RequiredTopics {
    private static final Duration PAUSE = Duration.ofMillis(250);

    private final Set<String> partitioned = new LinkedHashSet<>();
    private final Set<String> control = new LinkedHashSet<>(Set.of(Topics.MODELS));
    private final int partitions;

    RequiredTopics(UseCase useCase, int partitions, boolean scores) {
        this.partitions = partitions;
        useCase.events().stream().map(EventType::topic).forEach(partitioned::add);
        for (View<?> view : useCase.views()) {
            partitioned.add(Topics.batchView(view.name()));
            partitioned.add(Topics.speedView(view.name()));
        }
        if (useCase.learning().isPresent()) {
            control.add(Topics.LEARNT);
        }
        if (scores) {
            partitioned.add(Topics.predictions(useCase.name()));
        }
    }

    /**
     * Returns when all of them are there.
     *
     * @throws StartFailedException when no broker answers or a topic is missing for {@code patience}, or a topic has
     *     another number of partitions
     */
    void await(Admin admin, String bootstrapServers, Duration patience)
            throws StartFailedException, InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        Set<String> all = new LinkedHashSet<>(partitioned);
        all.addAll(control);
        String problem;
        do {
            try {
                List<String> missing = missing(admin, all);
                if (missing.isEmpty()) {
                    return;
                }
                problem = "The broker at " + bootstrapServers + " must have the topics " + String.join(", ", missing)
                        + " and still lacks them after " + patience + "; whoever runs the platform creates them";
            } catch (ExecutionException e) {
                if (!(e.getCause() instanceof RetriableException)) {
                    throw new StartFailedException(
                            "Cannot ask " + bootstrapServers + " for its topics: "
                                    + e.getCause().getMessage(),
                            e);
                }
                problem = e.getCause() instanceof TimeoutException
                        ? "No Kafka broker answered at " + bootstrapServers + " within " + patience
                                + "; is it running, and is anabranch.kafka.bootstrap-servers right?"
                        : "The broker at " + bootstrapServers + " could not say which topics it has within " + patience
                                + ": " + e.getCause().getMessage();
            }
            TimeUnit.MILLISECONDS.sleep(PAUSE.toMillis());
        } while (System.nanoTime() < deadline);
        throw new StartFailedException(problem);
    }

    private List<String> missing(Admin admin, Set<String> topics)
            throws ExecutionException, InterruptedException, StartFailedException {
        List<String> missing = new ArrayList<>();
        Map<String, KafkaFuture<TopicDescription>> asked =
                admin.describeTopics(topics).topicNameValues();
        for (String topic : topics) {
            try {
                check(asked.get(topic).get());
            } catch (ExecutionException e) {
                if (!(e.getCause() instanceof UnknownTopicOrPartitionException)) {
                    throw e;
                }
                missing.add(topic);
            }
        }
        return missing;
    }

    private void check(TopicDescription topic) throws StartFailedException {
        int has = topic.partitions().size();
        if (partitioned.contains(topic.name()) && has != partitions) {
            throw new StartFailedException("Topic " + topic.name() + " must have " + partitions
                    + " partitions, as anabranch.partitions says, got " + has);
        }
    }
}
