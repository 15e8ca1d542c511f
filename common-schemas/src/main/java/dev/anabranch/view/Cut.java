package dev.anabranch.view;

import java.io.Serializable;
import java.util.Collection;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Splits the log in two: for each origin the first offset <em>not</em> included. Every event lies on exactly one side.
 *
 * <p>An origin the cut does not name has 0: none of its events is included. So a cut that was made before a partition
 * existed stays valid.
 */
public final class Cut implements Serializable {
    /** Offsets in one block. A published cut is a multiple of it, so that no speed cell is ever split by a cut. */
    public static final long BLOCK = 1024;

    /** Nothing is included. */
    public static final Cut NOTHING = new Cut(Collections.emptySortedMap());

    private final SortedMap<Origin, Long> before;

    private Cut(SortedMap<Origin, Long> before) {
        this.before = before;
    }

    /** @throws IllegalArgumentException when an offset is below 0 */
    public static Cut of(Map<Origin, Long> before) {
        SortedMap<Origin, Long> copy = new TreeMap<>();
        before.forEach((origin, offset) -> {
            if (offset < 0) {
                throw new IllegalArgumentException("Cut of " + origin + " must be 0 or more, got " + offset);
            }
            if (offset > 0) {
                copy.put(origin, offset);
            }
        });
        return new Cut(Collections.unmodifiableSortedMap(copy));
    }

    /** The block that {@code offset} lies in. */
    public static long blockOf(long offset) {
        return Math.floorDiv(offset, BLOCK);
    }

    /** The first offset of {@code origin} that is not included. */
    public long before(Origin origin) {
        Long offset = before.get(origin);
        return offset == null ? 0 : offset;
    }

    public boolean includes(Position position) {
        return position.offset() < before(position.origin());
    }

    /** Whether the block lies past the cut. A cut at block boundaries leaves a block out or includes it whole. */
    public boolean leavesOut(Origin origin, long block) {
        return block * BLOCK >= before(origin);
    }

    /** This cut, moved down to block boundaries. What a batch layer publishes. */
    public Cut atBlocks() {
        SortedMap<Origin, Long> rounded = new TreeMap<>();
        before.forEach((origin, offset) -> rounded.put(origin, blockOf(offset) * BLOCK));
        return of(rounded);
    }

    /** This cut with {@code origin} moved to {@code offset}. */
    public Cut with(Origin origin, long offset) {
        SortedMap<Origin, Long> changed = new TreeMap<>(before);
        changed.put(origin, offset);
        return of(changed);
    }

    /** Only the origins in {@code topics}. */
    public Cut onlyTopics(Collection<String> topics) {
        SortedMap<Origin, Long> kept = new TreeMap<>(before);
        kept.keySet().removeIf(origin -> !topics.contains(origin.topic()));
        return of(kept);
    }

    /** Both cuts together; for an origin that both name, the later offset. */
    public Cut union(Cut other) {
        SortedMap<Origin, Long> both = new TreeMap<>(before);
        other.before.forEach((origin, offset) -> both.merge(origin, offset, Math::max));
        return of(both);
    }

    /** Whether everything {@code other} includes is included here too. */
    public boolean covers(Cut other) {
        for (Map.Entry<Origin, Long> each : other.before.entrySet()) {
            if (before(each.getKey()) < each.getValue()) {
                return false;
            }
        }
        return true;
    }

    /** The origins with events before the cut, in order, with the first offset not included. */
    public SortedMap<Origin, Long> origins() {
        return before;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Cut cut && before.equals(cut.before);
    }

    @Override
    public int hashCode() {
        return before.hashCode();
    }

    @Override
    public String toString() {
        return before.toString();
    }
}
