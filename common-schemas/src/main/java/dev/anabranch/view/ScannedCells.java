package dev.anabranch.view;

import dev.anabranch.contract.ArrayDecoder;
import dev.anabranch.contract.NumberedWire;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;

/**
 * The cells of one entity, as a scan brings them, until it is known which of them lie past the cut: in columns, because a
 * busy entity has a thousand. Neighbours of one origin share its name. Used by one thread.
 */
final class ScannedCells<A> {
    /** Block and tile come last in a key. */
    private static final int NUMBERS = 2 * Long.BYTES;

    private static final byte[] NOTHING_NAMED = {};
    private static final Origin[] NO_ORIGINS = {};
    private static final long[] NO_NUMBERS = {};
    private static final Object[] NO_AGGREGATES = {};
    /** Up to so many are added one after the other: most entities have fewer, and of them nothing need be kept between. */
    private static final int FEW = 64;

    private final View<A> view;
    private final ArrayDecoder decoder = new ArrayDecoder();
    private byte[] named = NOTHING_NAMED;
    private Origin[] origins = NO_ORIGINS;
    private long[] blocks = NO_NUMBERS;
    private long[] tileStarts = NO_NUMBERS;
    private long[] lastOffsets = NO_NUMBERS;
    private Object[] aggregates = NO_AGGREGATES;
    private int size;

    ScannedCells(View<A> view) {
        this.view = view;
    }

    /** @throws IllegalArgumentException when key or value are damaged */
    void take(byte[] key, byte[] value) {
        if (size == blocks.length) {
            grow();
        }
        int length = key.length - NUMBERS;
        if (size > 0 && length == named.length && Arrays.equals(key, 0, length, named, 0, length)) {
            origins[size] = origins[size - 1];
        } else {
            origins[size] = CellKey.fromBytes(key).origin();
            named = Arrays.copyOf(key, length);
        }
        blocks[size] = CellKey.block(key);
        tileStarts[size] = CellKey.tileStart(key);
        NumberedWire.Payload cell = NumberedWire.SPEED_CELL.read(value);
        lastOffsets[size] = cell.number();
        try {
            aggregates[size] = view.monoid().read(decoder.show(cell.array(), cell.from(), cell.length()));
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "Not a cell of " + view + " at " + CellKey.fromBytes(key) + ": " + e.getMessage(), e);
        }
        size++;
    }

    private void grow() {
        int larger = Math.max(8, 2 * size);
        origins = Arrays.copyOf(origins, larger);
        blocks = Arrays.copyOf(blocks, larger);
        tileStarts = Arrays.copyOf(tileStarts, larger);
        lastOffsets = Arrays.copyOf(lastOffsets, larger);
        aggregates = Arrays.copyOf(aggregates, larger);
    }

    /**
     * Adds the cells past {@code cut} to {@code fold}.
     *
     * @param last is given, for each origin with such cells, the offset of the last event folded
     */
    void addPast(Cut cut, WindowValues.Fold<A> fold, SortedMap<Origin, Long> last) {
        Map<Integer, PairwiseSums<A>> many = size > FEW ? new HashMap<>() : null;
        int at = 0;
        while (at < size) {
            Origin origin = origins[at];
            long before = cut.before(origin);
            long newest = -1;
            for (; at < size && origins[at] == origin; at++) {
                if (blocks[at] * Cut.BLOCK >= before) {
                    add(at, fold, many);
                    newest = Math.max(newest, lastOffsets[at]);
                }
            }
            if (newest >= 0) {
                last.merge(origin, newest, Math::max);
            }
        }
        if (many != null) {
            many.forEach((segment, sums) -> fold.addTo(segment, sums.sum()));
        }
    }

    @SuppressWarnings("unchecked") // only aggregates of this view are put in
    private void add(int at, WindowValues.Fold<A> fold, Map<Integer, PairwiseSums<A>> many) {
        A aggregate = (A) aggregates[at];
        if (many == null) {
            fold.add(tileStarts[at], aggregate);
            return;
        }
        int segment = fold.segmentOf(tileStarts[at], tileStarts[at] + 1);
        if (segment != WindowValues.Fold.OUTSIDE) {
            many.computeIfAbsent(segment, none -> new PairwiseSums<>(view.monoid()))
                    .add(aggregate);
        }
    }
}
