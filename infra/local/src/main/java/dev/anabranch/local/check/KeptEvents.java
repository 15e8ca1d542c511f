package dev.anabranch.local.check;

import dev.anabranch.view.oracle.NaiveFold;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * The events of some of the entities of one view. A whole log would not fit in memory, and the fold of one entity needs
 * no other's events.
 */
public final class KeptEvents {
    private final Predicate<String> wanted;
    private final int most;
    private final Map<String, List<NaiveFold.Entry>> byEntity = new HashMap<>();
    private final TreeSet<String> chosen;
    private boolean closed;

    private KeptEvents(Predicate<String> wanted, int most, Comparator<String> order) {
        this.wanted = wanted;
        this.most = most;
        chosen = new TreeSet<>(order);
    }

    /** Those of the entities that {@code wanted} lets through. */
    public static KeptEvents where(Predicate<String> wanted) {
        return new KeptEvents(wanted, Integer.MAX_VALUE, Comparator.naturalOrder());
    }

    /**
     * Those of so many entities, drawn evenly: the ones whose names hash lowest. An entity that is not among them when an
     * event of it comes by never will be again, so nobody's events are kept in part.
     */
    public static KeptEvents sample(int entities, long seed) {
        Comparator<String> byHash = Comparator.comparingLong(entity -> hash(entity, seed));
        return new KeptEvents(entity -> true, entities, byHash.thenComparing(Comparator.naturalOrder()));
    }

    /** Of all entities, the part with this number. */
    public static KeptEvents part(int number, int of) {
        return where(entity -> Math.floorMod(hash(entity, 0), of) == number);
    }

    private static long hash(String entity, long seed) {
        long mixed = seed;
        for (int i = 0; i < entity.length(); i++) {
            mixed = (mixed ^ entity.charAt(i)) * 0x9E3779B97F4A7C15L;
            mixed ^= mixed >>> 29;
        }
        mixed *= 0xBF58476D1CE4E5B9L;
        return mixed ^ mixed >>> 32;
    }

    void add(String entity, NaiveFold.Entry entry) {
        List<NaiveFold.Entry> events = byEntity.get(entity);
        if (events == null && !closed && wanted.test(entity)) {
            chosen.add(entity);
            if (chosen.size() > most) {
                byEntity.remove(chosen.pollLast());
            }
            if (chosen.contains(entity)) {
                events = new ArrayList<>();
                byEntity.put(entity, events);
            }
        }
        if (events != null) {
            events.add(entry);
        }
    }

    /** From here on no entity is added, only events of those there are. */
    void close() {
        closed = true;
    }

    /** In the order in which they were read. */
    List<NaiveFold.Entry> of(String entity) {
        return Collections.unmodifiableList(byEntity.getOrDefault(entity, List.of()));
    }

    Set<String> entities() {
        return Collections.unmodifiableSet(new TreeSet<>(byEntity.keySet()));
    }
}
