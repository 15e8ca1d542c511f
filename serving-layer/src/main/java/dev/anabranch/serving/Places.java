package dev.anabranch.serving;

import dev.anabranch.view.View;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.streams.state.HostInfo;

/**
 * Chooses who is asked about a partition: this replica if it is the one that keeps it, else the one that is, else whoever
 * has a complete copy. A partition that is not complete is never asked.
 */
final class Places {
    private final HostInfo self;
    private final Partitions partitions;
    private final ToLongFunction<TopicPartition> position;
    private final Function<TopicPartition, Long> end;

    /**
     * @param position the first offset that queries here may not see yet; below 0 when not known
     * @param end      where a topic partition ended when it was last looked at; null when not known
     */
    Places(
            HostInfo self,
            Partitions partitions,
            ToLongFunction<TopicPartition> position,
            Function<TopicPartition, Long> end) {
        this.self = self;
        this.partitions = partitions;
        this.position = position;
        this.end = end;
    }

    /**
     * How the replicas share a partition.
     *
     * @param active  which one keeps it, if that is known
     * @param copies  which ones keep standby copies
     * @param unknown why it is not known who keeps it
     */
    record Sharing(Optional<HostInfo> active, List<HostInfo> copies, String unknown) {
        static Sharing of(HostInfo active, List<HostInfo> copies) {
            return new Sharing(Optional.of(active), copies, "");
        }

        static Sharing none(String why) {
            return new Sharing(Optional.empty(), List.of(), why);
        }
    }

    /** @param sharing asked only when this replica cannot answer as the one that keeps the partition */
    <A> Place<A> find(View<A> view, int number, Supplier<Sharing> sharing) {
        KeptPartition<A> kept = partitions.find(view, number);
        boolean complete = kept != null && kept.complete();
        if (complete && kept.active()) {
            return new Place.Here<>(kept);
        }
        Optional<KeptPartition<A>> copy = complete ? Optional.of(kept) : partitions.former(view, number);
        Sharing shared = sharing.get();
        Optional<HostInfo> other = shared.active.filter(host -> !host.equals(self));
        if (other.isPresent()) {
            List<HostInfo> copies =
                    shared.copies.stream().filter(host -> !host.equals(self)).toList();
            return new Place.There<>(other.get(), copy, copies);
        }
        if (copy.isPresent()) {
            return new Place.Here<>(copy.get());
        }
        String partition = "partition " + number + " of " + view;
        if (kept != null) {
            return new Place.Nowhere<>("This replica is still reading " + partition + ": " + remaining(kept));
        }
        return new Place.Nowhere<>(
                shared.active.isPresent()
                        ? "This replica is about to read " + partition
                        : "No replica is known to keep " + partition + ": " + shared.unknown);
    }

    private String remaining(KeptPartition<?> kept) {
        return kept.sources().stream()
                .map(source -> source + " at " + Math.max(0, position.applyAsLong(source)) + " of "
                        + Optional.ofNullable(end.apply(source))
                                .map(String::valueOf)
                                .orElse("?"))
                .collect(Collectors.joining(", "));
    }
}
