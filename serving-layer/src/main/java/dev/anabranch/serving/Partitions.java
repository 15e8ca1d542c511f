package dev.anabranch.serving;

import dev.anabranch.contract.Topics;
import dev.anabranch.view.KeyValues;
import dev.anabranch.view.MemoryKeyValues;
import dev.anabranch.view.View;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.common.TopicPartition;

/**
 * The partitions that this replica keeps, active or as standby copies. The threads of Kafka Streams open and close their
 * stores; a partition is kept while the stores of both its topics are open. A complete one that was closed is remembered
 * for a while: when Kafka makes this replica join its group anew, it may be the only one who can answer.
 */
final class Partitions {
    private final Map<String, View<?>> viewOfTopic = new HashMap<>();
    private final RememberedSums sums;
    private final Map<TopicPartition, MemoryKeyValues> open = new HashMap<>();
    private final Map<Key, KeptPartition<?>> kept = new ConcurrentHashMap<>();

    private final Map<Key, Former> former = new ConcurrentHashMap<>();

    private record Key(String view, int partition) {}

    private record Former(KeptPartition<?> partition, long closedNanos) {}

    Partitions(Collection<View<?>> views, RememberedSums sums) {
        this.sums = sums;
        for (View<?> view : views) {
            viewOfTopic.put(Topics.batchView(view.name()), view);
            viewOfTopic.put(Topics.speedView(view.name()), view);
        }
    }

    /** A store was opened, empty. */
    synchronized void opened(TopicPartition source, MemoryKeyValues values) {
        open.put(source, values);
        View<?> view = viewOfTopic.get(source.topic());
        KeyValues batch = open.get(new TopicPartition(Topics.batchView(view.name()), source.partition()));
        KeyValues speed = open.get(new TopicPartition(Topics.speedView(view.name()), source.partition()));
        if (batch != null && speed != null) {
            kept.put(
                    new Key(view.name(), source.partition()),
                    new KeptPartition<>(view, source.partition(), batch, speed, sums.of(view)));
        }
    }

    /** How many records the open partitions of a topic hold. */
    synchronized long records(String topic) {
        return open.entrySet().stream()
                .filter(each -> each.getKey().topic().equals(topic))
                .mapToLong(each -> each.getValue().size())
                .sum();
    }

    /** A store was closed, unless a later one has taken its place. */
    synchronized void closed(TopicPartition source, KeyValues values) {
        if (open.remove(source, values)) {
            Key key = new Key(viewOfTopic.get(source.topic()).name(), source.partition());
            KeptPartition<?> closed = kept.remove(key);
            if (closed != null && closed.complete()) {
                closed.active(false);
                former.put(key, new Former(closed, System.nanoTime()));
            }
        }
    }

    /** The partition of {@code view} with this number, or null when this replica does not keep it. */
    @SuppressWarnings("unchecked") // it was entered under the name of its own view
    <A> KeptPartition<A> find(View<A> view, int number) {
        return (KeptPartition<A>) kept.get(new Key(view.name(), number));
    }

    /** The partition as it was when it was closed, if it was complete and is not forgotten. */
    @SuppressWarnings("unchecked")
    <A> Optional<KeptPartition<A>> former(View<A> view, int number) {
        return Optional.ofNullable(former.get(new Key(view.name(), number)))
                .map(before -> (KeptPartition<A>) before.partition);
    }

    /** Forgets partitions that were closed before {@code closedNanos}, or are complete here again. */
    void forget(long closedNanos) {
        former.entrySet()
                .removeIf(before -> before.getValue().closedNanos - closedNanos < 0
                        || Optional.ofNullable(kept.get(before.getKey()))
                                .filter(KeptPartition::complete)
                                .isPresent());
    }

    /** A record of this partition was read so late that others before it may have been compacted away. */
    void fellBehind(TopicPartition source) {
        View<?> view = viewOfTopic.get(source.topic());
        KeptPartition<?> partition = view == null ? null : find(view, source.partition());
        if (partition != null) {
            partition.fellBehind();
        }
    }

    Collection<KeptPartition<?>> all() {
        return kept.values();
    }

    /** Those of one view, by number. */
    List<KeptPartition<?>> of(View<?> view) {
        return kept.values().stream()
                .filter(p -> p.view().name().equals(view.name()))
                .sorted((a, b) -> Integer.compare(a.number(), b.number()))
                .toList();
    }
}
