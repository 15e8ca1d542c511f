package dev.anabranch.view;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * The whole history of one entity, asked about as it was known at any moment: what training sets and explanations are
 * made of.
 *
 * <p>An answer equals the fold over the known entries in each window, to the bit, whatever the order in which they came.
 * What it costs does not follow their number: entries are kept in columns, in the order of their tiles, with running
 * totals or a tree of sums over them, and the edges of the windows move on from those of the question before. Questions
 * in the order of time are fastest; any order is right.
 *
 * <p>Not thread safe.
 */
public final class Timeline<A> {
    private final View<A> view;
    private final WindowEdges edges;
    private final Finger[] begins;
    private final Finger[] ends;
    private long[] starts = new long[16];
    private Origin[] origins = new Origin[16];
    private long[] offsets = new long[16];
    private long[] arrivals = new long[16];
    private Object[] aggregates = new Object[16];
    private int size;
    private LogOrder order;
    private RangeSums<A> sums;

    public Timeline(View<A> view) {
        this.view = view;
        this.edges = view.edges();
        this.begins = fingers(view.windows().size());
        this.ends = fingers(view.windows().size());
    }

    private static Finger[] fingers(int windows) {
        Finger[] fingers = new Finger[windows];
        Arrays.setAll(fingers, i -> new Finger());
        return fingers;
    }

    public void add(Contribution<A> contribution, Position position, long arrivalMillis) {
        add(contribution.tileStart(), contribution.aggregate(), position.origin(), position.offset(), arrivalMillis);
    }

    /**
     * Adds what one event contributes; in any order.
     *
     * @param tileStart     the start of the tile it falls in, in epoch milliseconds
     * @param aggregate     the event as an aggregate
     * @param origin        the partition it was written to; best the same object for all events of a partition
     * @param offset        its offset there
     * @param arrivalMillis when it got there, in epoch milliseconds
     */
    public void add(long tileStart, A aggregate, Origin origin, long offset, long arrivalMillis) {
        if (size == starts.length) {
            int larger = 2 * size;
            starts = Arrays.copyOf(starts, larger);
            origins = Arrays.copyOf(origins, larger);
            offsets = Arrays.copyOf(offsets, larger);
            arrivals = Arrays.copyOf(arrivals, larger);
            aggregates = Arrays.copyOf(aggregates, larger);
        }
        starts[size] = tileStart;
        origins[size] = origin;
        offsets[size] = offset;
        arrivals[size] = arrivalMillis;
        aggregates[size] = aggregate;
        size++;
        sums = null;
    }

    /** The windows that end at {@code atMillis}, made of the events that were known. */
    @SuppressWarnings("unchecked") // only aggregates of this view are put in
    public WindowValues<A> read(long atMillis, Known known) {
        if (sums == null) {
            sort();
        }
        LogOrder.Bounds bounds = order.bounds(known);
        Object[] values = new Object[begins.length];
        for (int i = 0; i < values.length; i++) {
            int from = begins[i].firstFrom(starts, size, edges.fromMillis(i, atMillis));
            int to = ends[i].firstFrom(starts, size, edges.toMillis(i, atMillis));
            values[i] = sums.sum(
                    from,
                    to,
                    bounds,
                    entry -> known.includes(new Position(origins[entry], offsets[entry]), arrivals[entry]));
        }
        return new WindowValues<>(view, atMillis, (List<A>) List.of(values));
    }

    private void sort() {
        if (!isSorted()) {
            Integer[] sorted = new Integer[size];
            Arrays.setAll(sorted, i -> i);
            Arrays.sort(sorted, Comparator.comparingLong(i -> starts[i])); // merges runs that are in order already
            starts = permuted(starts, sorted);
            offsets = permuted(offsets, sorted);
            arrivals = permuted(arrivals, sorted);
            Origin[] sortedOrigins = new Origin[size];
            Object[] sortedAggregates = new Object[size];
            for (int i = 0; i < size; i++) {
                sortedOrigins[i] = origins[sorted[i]];
                sortedAggregates[i] = aggregates[sorted[i]];
            }
            origins = sortedOrigins;
            aggregates = sortedAggregates;
        }
        order = new LogOrder(origins, offsets, arrivals, size);
        sums = new RangeSums<>(view.monoid(), aggregates, size, order);
    }

    private boolean isSorted() {
        for (int i = 1; i < size; i++) {
            if (starts[i] < starts[i - 1]) {
                return false;
            }
        }
        return true;
    }

    private static long[] permuted(long[] values, Integer[] order) {
        long[] permuted = new long[order.length];
        for (int i = 0; i < permuted.length; i++) {
            permuted[i] = values[order[i]];
        }
        return permuted;
    }
}
