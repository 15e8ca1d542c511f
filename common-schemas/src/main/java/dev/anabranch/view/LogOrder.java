package dev.anabranch.view;

import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;

/**
 * Entries in the order in which they came into the log: by arrival, then origin, then offset, as {@link Known#before}
 * has it. Each has a rank, so what was known at some moment is, but for a few entries about that moment, those below a
 * rank.
 *
 * <p>Within an origin arrivals are expected to rise with offsets. Where a broker's clock was set back they do not; then
 * nothing is concluded from ranks, and each entry is asked by itself.
 */
final class LogOrder {
    private final int size;
    private final int[] ranks;
    private final Origin[] origins;
    private final long[] arrivals;
    private final Map<Origin, Part> parts = new HashMap<>();
    private final Finger finger = new Finger();
    private boolean consistent = true;
    /** Where all entries come from, as they mostly do: to look that up would cost more than what is done with it. */
    private Origin only;

    private Part part;

    /**
     * What a {@link Known} means in ranks.
     *
     * @param certain  every entry of a smaller rank is known
     * @param possible no entry of this rank or a greater one is
     */
    record Bounds(int certain, int possible) {}

    /** The arrays hold one value for each entry, in any order; they are kept and must not change. */
    LogOrder(Origin[] origins, long[] offsets, long[] arrivals, int size) {
        this.size = size;
        if (isInOrder(origins, offsets, arrivals, size)) {
            this.ranks = null;
            this.origins = origins;
            this.arrivals = arrivals;
            addParts(offsets, null);
        } else {
            Integer[] order = new Integer[size];
            Arrays.setAll(order, i -> i);
            Arrays.sort(
                    order,
                    Comparator.<Integer>comparingLong(i -> arrivals[i])
                            .thenComparing(i -> origins[i])
                            .thenComparingLong(i -> offsets[i]));
            this.ranks = new int[size];
            this.origins = new Origin[size];
            this.arrivals = new long[size];
            for (int rank = 0; rank < size; rank++) {
                this.ranks[order[rank]] = rank;
                this.origins[rank] = origins[order[rank]];
                this.arrivals[rank] = arrivals[order[rank]];
            }
            addParts(offsets, order);
        }
    }

    private static boolean isInOrder(Origin[] origins, long[] offsets, long[] arrivals, int size) {
        for (int i = 1; i < size; i++) {
            if (arrivals[i] < arrivals[i - 1]) {
                return false;
            }
            if (arrivals[i] == arrivals[i - 1]) {
                int byOrigin = origins[i] == origins[i - 1] ? 0 : origins[i].compareTo(origins[i - 1]);
                if (byOrigin < 0 || byOrigin == 0 && offsets[i] < offsets[i - 1]) {
                    return false;
                }
            }
        }
        return true;
    }

    private void addParts(long[] offsets, Integer[] order) {
        Origin origin = null;
        Part part = null;
        for (int rank = 0; rank < size; rank++) {
            if (origins[rank] != origin) {
                origin = origins[rank];
                part = parts.computeIfAbsent(origin, o -> new Part());
            }
            consistent &= part.add(offsets[order == null ? rank : order[rank]], rank);
        }
        if (parts.size() == 1) {
            only = origin;
            this.part = part;
        }
    }

    /** The rank of the entry with this index. */
    int rank(int index) {
        return ranks == null ? index : ranks[index];
    }

    Bounds bounds(Known known) {
        if (consistent && known instanceof Known.Before before) {
            return before(before);
        }
        if (consistent && known instanceof Known.UpTo upTo) {
            return upTo(upTo.cut());
        }
        return new Bounds(0, size);
    }

    private Bounds before(Known.Before known) {
        Origin origin = known.position().origin();
        if (only != null && (only == origin || only.equals(origin))) {
            int first = part.firstFrom(known.position().offset());
            return new Bounds(first, first); // each entry's rank is its place among those of its origin
        }
        Part same = parts.get(origin);
        int earlier = earlier(origin, known.arrivalMillis());
        if (same == null) {
            return new Bounds(earlier, earlier);
        }
        int first = same.firstFrom(known.position().offset());
        int certain = first < same.size ? same.ranks[first] : size;
        int possible = first > 0 ? same.ranks[first - 1] + 1 : 0;
        // Both agree unless the clock was set back just here.
        return new Bounds(Math.min(certain, earlier), Math.max(possible, earlier));
    }

    /** The rank of the first entry that does not come before an event of {@code origin} that arrives then. */
    private int earlier(Origin origin, long arrivalMillis) {
        int rank = finger.firstFrom(arrivals, size, arrivalMillis);
        while (rank < size && arrivals[rank] == arrivalMillis && origins[rank].compareTo(origin) < 0) {
            rank++;
        }
        return rank;
    }

    private Bounds upTo(Cut cut) {
        int certain = size;
        int possible = 0;
        for (Map.Entry<Origin, Part> each : parts.entrySet()) {
            Part part = each.getValue();
            int first = part.firstFrom(cut.before(each.getKey()));
            certain = first < part.size ? Math.min(certain, part.ranks[first]) : certain;
            possible = first > 0 ? Math.max(possible, part.ranks[first - 1] + 1) : possible;
        }
        return new Bounds(certain, possible);
    }

    /** The entries of one origin: offsets and ranks, both rising. */
    private static final class Part {
        private final Finger finger = new Finger();
        private long[] offsets = new long[16];
        private int[] ranks = new int[16];
        private int size;

        /** @return whether offsets still rise */
        boolean add(long offset, int rank) {
            if (size == offsets.length) {
                offsets = Arrays.copyOf(offsets, 2 * size);
                ranks = Arrays.copyOf(ranks, 2 * size);
            }
            offsets[size] = offset;
            ranks[size] = rank;
            size++;
            return size == 1 || offsets[size - 2] <= offset;
        }

        int firstFrom(long offset) {
            return finger.firstFrom(offsets, size, offset);
        }
    }
}
