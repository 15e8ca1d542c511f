package dev.anabranch.serving;

import dev.anabranch.view.View;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The partitions that tasks of this replica keep. Stream threads enter and remove them; queries look them up. */
final class Partitions {
    private final Map<Key, OwnedPartition<?>> owned = new ConcurrentHashMap<>();

    private record Key(String view, int partition) {}

    void add(OwnedPartition<?> partition) {
        owned.put(key(partition), partition);
    }

    /** Takes it out, unless a later task has taken its place. */
    void remove(OwnedPartition<?> partition) {
        owned.remove(key(partition), partition);
    }

    /** The partition of {@code view} with this number, or null when no task of this replica keeps it. */
    @SuppressWarnings("unchecked") // it was entered under the name of its own view
    <A> OwnedPartition<A> find(View<A> view, int number) {
        return (OwnedPartition<A>) owned.get(new Key(view.name(), number));
    }

    Collection<OwnedPartition<?>> all() {
        return owned.values();
    }

    /** Those of one view, by number. */
    List<OwnedPartition<?>> of(View<?> view) {
        return owned.values().stream()
                .filter(p -> p.view().name().equals(view.name()))
                .sorted((a, b) -> Integer.compare(a.number(), b.number()))
                .toList();
    }

    private static Key key(OwnedPartition<?> partition) {
        return new Key(partition.view().name(), partition.number());
    }
}
