package dev.anabranch.local;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.TopicExistsException;

/** Makes topics as they must be. Done twice it does nothing the second time. */
public final class TopicSetup {
    private final Admin admin;
    private final short replicationFactor;

    public TopicSetup(Admin admin, int replicationFactor) {
        this.admin = admin;
        this.replicationFactor = (short) replicationFactor;
    }

    /**
     * Creates those that are missing.
     *
     * @return the names of those created
     * @throws Problem when a topic exists with another number of partitions, naming each
     */
    public List<String> create(List<TopicSpec> specs) {
        Set<String> existing = names();
        requirePartitions(
                specs.stream().filter(s -> existing.contains(s.name())).toList());
        List<TopicSpec> missing = missing(specs, existing);
        Map<String, KafkaFuture<Void>> made = admin.createTopics(missing.stream()
                        .map(s -> new NewTopic(s.name(), s.partitions(), replicationFactor).configs(s.settings()))
                        .toList())
                .values();
        List<String> created = new ArrayList<>();
        for (TopicSpec spec : missing) {
            try {
                made.get(spec.name()).get();
                created.add(spec.name());
            } catch (ExecutionException e) {
                if (!(e.getCause() instanceof TopicExistsException)) {
                    throw new Problem(
                            "Cannot create topic " + spec.name() + ": "
                                    + e.getCause().getMessage(),
                            e);
                }
                requirePartitions(List.of(spec)); // somebody else was quicker
            } catch (InterruptedException e) {
                throw interrupted(e);
            }
        }
        return created;
    }

    /** Those that do not exist. */
    public List<TopicSpec> missing(List<TopicSpec> specs) {
        return missing(specs, names());
    }

    private static List<TopicSpec> missing(List<TopicSpec> specs, Set<String> existing) {
        return specs.stream().filter(spec -> !existing.contains(spec.name())).toList();
    }

    private void requirePartitions(List<TopicSpec> specs) {
        Map<String, Integer> partitions =
                describe(specs.stream().map(TopicSpec::name).toList());
        String wrong = specs.stream()
                .filter(s -> partitions.get(s.name()) != s.partitions())
                .map(s -> "Topic " + s.name() + " must have " + s.partitions() + " partitions, has "
                        + partitions.get(s.name()))
                .collect(Collectors.joining("\n"));
        if (!wrong.isEmpty()) {
            throw new Problem(wrong + "\nStart with --partitions as the topics have them, or begin anew with: "
                    + "./anabranch down --wipe");
        }
    }

    private Set<String> names() {
        try {
            return admin.listTopics().names().get();
        } catch (ExecutionException e) {
            throw new Problem("Cannot list the topics: " + e.getCause().getMessage(), e);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private Map<String, Integer> describe(List<String> names) {
        try {
            return admin.describeTopics(names).allTopicNames().get().values().stream()
                    .collect(Collectors.toMap(
                            TopicDescription::name, topic -> topic.partitions().size()));
        } catch (ExecutionException e) {
            throw new Problem(
                    "Cannot describe the topics " + names + ": " + e.getCause().getMessage(), e);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private static Problem interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new Problem("Interrupted while talking to the broker", e);
    }
}
