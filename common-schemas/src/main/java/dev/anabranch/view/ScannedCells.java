package dev.anabranch.view;

import dev.anabranch.contract.ArrayDecoder;
import dev.anabranch.contract.NumberedWire;
import dev.anabranch.view.ReadingSums.OfOrigin;
import dev.anabranch.view.ReadingSums.Speed;
import dev.anabranch.view.ReadingSums.Stretch;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;

/**
 * The cells of one entity, as a scan brings them, until it is known which of them lie past the cut, and of which the sum is known
 * already: in columns, because a busy entity has a thousand. Neighbours of one origin share its name. Used by one thread.
 */
final class ScannedCells<A> {
    /** Block and tile come last in a key. */
    private static final int NUMBERS = 2 * Long.BYTES;

    private static final byte[] NOTHING_NAMED = {};
    private static final Origin[] NO_ORIGINS = {};
    private static final long[] NO_NUMBERS = {};
    private static final byte[][] NO_VALUES = {};
    /** Up to so many are added one after the other: most entities have fewer, and of them nothing need be kept between. */
    private static final int FEW = 64;
    /** From so many on it is worth it to keep sums for the next reading. */
    private static final int BUSY = 16;

    private final View<A> view;
    private final String entity;
    private final int prefix;
    private final ArrayDecoder decoder = new ArrayDecoder();
    private byte[] named = NOTHING_NAMED;
    private Origin[] origins = NO_ORIGINS;
    private long[] blocks = NO_NUMBERS;
    private long[] tileStarts = NO_NUMBERS;
    private byte[][] values = NO_VALUES;
    private int size;

    /** @param prefix how many bytes of each key name the entity */
    ScannedCells(View<A> view, String entity, int prefix) {
        this.view = view;
        this.entity = entity;
        this.prefix = prefix;
    }

    /** @throws IllegalArgumentException when the key is damaged */
    void take(byte[] key, byte[] value) {
        if (size == blocks.length) {
            grow();
        }
        int length = key.length - NUMBERS;
        if (size > 0 && length == named.length && Arrays.equals(key, 0, length, named, 0, length)) {
            origins[size] = origins[size - 1];
        } else {
            origins[size] = CellKey.origin(key, prefix, size == 0 ? null : origins[size - 1]);
            named = Arrays.copyOf(key, length);
        }
        blocks[size] = CellKey.block(key);
        tileStarts[size] = CellKey.tileStart(key);
        values[size++] = value;
    }

    /** Whether there are so many that their sums are to be kept. */
    boolean areBusy() {
        return size >= BUSY;
    }

    private void grow() {
        int larger = Math.max(8, 2 * size);
        origins = Arrays.copyOf(origins, larger);
        blocks = Arrays.copyOf(blocks, larger);
        tileStarts = Arrays.copyOf(tileStarts, larger);
        values = Arrays.copyOf(values, larger);
    }

    /**
     * Adds the cells past {@code cut} to {@code fold}.
     *
     * @param last is given, for each origin with such cells, the offset of the last event folded
     * @throws IllegalArgumentException when a cell is damaged
     */
    void addPast(Cut cut, WindowValues.Fold<A> fold, SortedMap<Origin, Long> last) {
        Sums sums = size > FEW ? new Sums(fold) : null;
        for (int from = 0, to; from < size; from = to) {
            to = endOfOrigin(from);
            int first = firstPast(cut, from, to);
            if (first < to) {
                last.put(origins[first], add(first, to, fold, sums));
            }
        }
        if (sums != null) {
            sums.addAll();
        }
    }

    /**
     * The same, with what was added up before.
     *
     * @param earlier in the same windows
     * @return what is added up now, for the next reading; {@code earlier} itself when nothing has come since
     */
    Speed<A> addPast(Cut cut, WindowValues.Fold<A> fold, SortedMap<Origin, Long> last, Speed<A> earlier) {
        Map<Origin, OfOrigin<A>> origins = new HashMap<>();
        boolean same = true;
        for (int from = 0, to; from < size; from = to) {
            to = endOfOrigin(from);
            int first = firstPast(cut, from, to);
            if (first < to) {
                Origin origin = this.origins[first];
                OfOrigin<A> before = earlier.origins().get(origin);
                OfOrigin<A> now = ofOrigin(before, first, to, fold);
                same &= now == before;
                origins.put(origin, now);
                last.put(origin, now.newest());
            }
        }
        same &= origins.size() == earlier.origins().size();
        Sums sums = new Sums(fold);
        if (same) {
            sums.add(earlier.sums());
        } else {
            origins.values().forEach(one -> {
                sums.add(one.complete().sums());
                sums.add(one.last().sums());
            });
        }
        sums.addAll();
        return same ? earlier : Speed.of(view.monoid(), origins, fold.segments());
    }

    private OfOrigin<A> ofOrigin(OfOrigin<A> before, int from, int to, WindowValues.Fold<A> fold) {
        int last = to;
        while (last > from && blocks[last - 1] == blocks[to - 1]) {
            last--;
        }
        Stretch<A> complete = stretch(before == null ? null : before.complete(), from, last, fold);
        Stretch<A> open = stretch(before == null ? null : before.last(), last, to, fold);
        if (before != null && complete == before.complete() && open == before.last()) {
            return before;
        }
        long newest = -1;
        for (int at = last; at < to; at++) {
            newest = Math.max(newest, NumberedWire.SPEED_CELL.read(values[at]).number());
        }
        return new OfOrigin<>(complete, open, newest);
    }

    private int endOfOrigin(int from) {
        int to = from + 1;
        while (to < size && origins[to] == origins[from]) {
            to++;
        }
        return to;
    }

    private int firstPast(Cut cut, int from, int to) {
        long before = cut.before(origins[from]);
        int first = from;
        while (first < to && blocks[first] * Cut.BLOCK < before) {
            first++;
        }
        return first;
    }

    /** What is known of the first cells, and the others added to it. */
    private Stretch<A> stretch(Stretch<A> before, int from, int to, WindowValues.Fold<A> fold) {
        boolean goesOn = before != null && before.begins(values, from, to);
        if (goesOn && before.cells().length == to - from) {
            return before;
        }
        WindowValues.Fold<A> all = fold.another();
        Sums sums = new Sums(all);
        if (goesOn) {
            sums.add(before.sums());
        }
        add(goesOn ? from + before.cells().length : from, to, all, sums);
        sums.addAll();
        return Stretch.of(view.monoid(), Arrays.copyOfRange(values, from, to), all.segments());
    }

    /**
     * Adds cells of one origin.
     *
     * @param sums of many; null where they are few, and added to the fold at once
     * @return the offset of the last event in them; -1 when there are none
     */
    private long add(int from, int to, WindowValues.Fold<A> fold, Sums sums) {
        long newest = -1;
        for (int at = from; at < to; at++) {
            NumberedWire.Payload cell = NumberedWire.SPEED_CELL.read(values[at]);
            newest = Math.max(newest, cell.number());
            if (sums == null) {
                fold.add(tileStarts[at], decoded(at, cell));
                continue;
            }
            int segment = fold.segmentOf(tileStarts[at], tileStarts[at] + 1);
            if (segment != WindowValues.Fold.OUTSIDE) {
                sums.add(segment, decoded(at, cell));
            }
        }
        return newest;
    }

    private A decoded(int at, NumberedWire.Payload cell) {
        try {
            return view.monoid().read(decoder.show(cell.array(), cell.from(), cell.length()));
        } catch (IOException e) {
            CellKey key = new CellKey(entity, origins[at], blocks[at], tileStarts[at]);
            throw new IllegalArgumentException("Not a cell of " + view + " at " + key + ": " + e.getMessage(), e);
        }
    }

    /** Of each segment the sum of many. */
    private final class Sums {
        private final WindowValues.Fold<A> fold;
        private final Map<Integer, PairwiseSums<A>> bySegment = new HashMap<>();

        Sums(WindowValues.Fold<A> fold) {
            this.fold = fold;
        }

        void add(int segment, A aggregate) {
            bySegment
                    .computeIfAbsent(segment, none -> new PairwiseSums<>(view.monoid()))
                    .add(aggregate);
        }

        /** One for each segment, or null. */
        void add(List<A> known) {
            for (int segment = 0; segment < known.size(); segment++) {
                if (known.get(segment) != null) {
                    add(segment, known.get(segment));
                }
            }
        }

        void addAll() {
            bySegment.forEach((segment, sums) -> fold.addTo(segment, sums.sum()));
        }
    }
}
