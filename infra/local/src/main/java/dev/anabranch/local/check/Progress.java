package dev.anabranch.local.check;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/** How far those who read a topic have come. */
public final class Progress {
    private final Admin admin;

    public Progress(Admin admin) {
        this.admin = admin;
    }

    /** How many records each topic has had. */
    public Map<String, Long> ends(Collection<String> topics) throws InterruptedException {
        Map<String, Long> ends = new HashMap<>();
        offsets(topics).forEach((partition, end) -> ends.merge(partition.topic(), end, Long::sum));
        return ends;
    }

    /**
     * How many records of {@code topics} a consumer group has yet to read.
     *
     * @param topics their producers must not use transactions, whose markers are never committed
     */
    public long behind(String group, Collection<String> topics) throws InterruptedException {
        try {
            Map<TopicPartition, OffsetAndMetadata> read = admin.listConsumerGroupOffsets(group)
                    .partitionsToOffsetAndMetadata()
                    .get();
            long behind = 0;
            for (Map.Entry<TopicPartition, Long> end : offsets(topics).entrySet()) {
                OffsetAndMetadata at = read.get(end.getKey());
                behind += end.getValue() - (at == null ? 0 : at.offset());
            }
            return behind;
        } catch (ExecutionException e) {
            throw new IllegalStateException("Cannot ask how far " + group + " is: " + e.getCause(), e);
        }
    }

    private Map<TopicPartition, Long> offsets(Collection<String> topics) throws InterruptedException {
        try {
            List<TopicPartition> partitions =
                    admin.describeTopics(Set.copyOf(topics)).allTopicNames().get().values().stream()
                            .flatMap(t -> t.partitions().stream().map(p -> new TopicPartition(t.name(), p.partition())))
                            .toList();
            return admin
                    .listOffsets(partitions.stream().collect(Collectors.toMap(p -> p, p -> OffsetSpec.latest())))
                    .all()
                    .get()
                    .entrySet()
                    .stream()
                    .collect(Collectors.toMap(
                            Map.Entry::getKey, e -> e.getValue().offset()));
        } catch (ExecutionException e) {
            throw new IllegalStateException("Cannot ask for the ends of " + topics + ": " + e.getCause(), e);
        }
    }
}
