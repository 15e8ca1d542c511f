package dev.anabranch.view;

import java.util.Arrays;

/**
 * The sum over any range of entries, those of it that were known. Entries that all were known, which is nearly always,
 * are one subtraction of running totals where the aggregate has an inverse. Otherwise a tree of sums is walked: what is
 * known whole is taken whole, what is not known at all is skipped, and only about the border between the two is looked
 * at entry by entry.
 *
 * <p>A sum that overflows on its way is left out and made up of its parts: it must not fail an answer it is no part of.
 */
final class RangeSums<A> {
    private final Monoid<A> monoid;
    private final Object[] aggregates;
    private final int size;
    private final LogOrder order;

    /** The greatest rank among the entries up to this one. */
    private final int[] greatestUpTo;

    /** The sum of the entries before each, and of all; null when there is no inverse or it overflowed. */
    private final Object[] totals;

    private Tree tree;

    /** Says of one entry whether it was known. */
    interface Membership {
        boolean includes(int index);
    }

    /** @param aggregates one for each entry; kept, and must not change */
    RangeSums(Monoid<A> monoid, Object[] aggregates, int size, LogOrder order) {
        this.monoid = monoid;
        this.aggregates = aggregates;
        this.size = size;
        this.order = order;
        this.greatestUpTo = new int[size];
        int greatest = -1;
        for (int i = 0; i < size; i++) {
            greatest = Math.max(greatest, order.rank(i));
            greatestUpTo[i] = greatest;
        }
        this.totals = monoid instanceof Group<A> ? totals() : null;
    }

    private Object[] totals() {
        Object[] sums = new Object[size + 1];
        A sum = monoid.empty();
        sums[0] = sum;
        try {
            for (int i = 0; i < size; i++) {
                sum = monoid.plus(sum, aggregate(i));
                sums[i + 1] = sum;
            }
        } catch (ArithmeticException e) {
            return null; // all of history does not fit; the windows asked about may
        }
        return sums;
    }

    /**
     * The sum of the entries {@code [from, to)} that were known.
     *
     * @param known asked about entries whose rank is between the bounds
     */
    A sum(int from, int to, LogOrder.Bounds bounds, Membership known) {
        if (from >= to) {
            return monoid.empty();
        }
        if (totals != null && greatestUpTo[to - 1] < bounds.certain()) {
            return difference(from, to);
        }
        if (tree == null) {
            tree = new Tree();
        }
        return tree.add(monoid.empty(), 1, 0, tree.leaves, from, to, bounds, known);
    }

    @SuppressWarnings("unchecked") // there are totals only where there is an inverse
    private A difference(int from, int to) {
        return from == 0 ? (A) totals[to] : ((Group<A>) monoid).minus((A) totals[to], (A) totals[from]);
    }

    @SuppressWarnings("unchecked") // only aggregates of this view are put in
    private A aggregate(int index) {
        return (A) aggregates[index];
    }

    /** Node 1 is all entries; below node n lie 2n and 2n + 1, each half of its entries; the last row are the entries. */
    private final class Tree {
        private final int leaves;
        private final int[] least;
        private final int[] greatest;
        private final Object[] sums;

        Tree() {
            leaves = Math.max(1, Integer.highestOneBit(2 * size - 1));
            least = new int[2 * leaves];
            greatest = new int[2 * leaves];
            sums = new Object[2 * leaves];
            Arrays.fill(least, Integer.MAX_VALUE);
            Arrays.fill(greatest, -1);
            for (int i = 0; i < size; i++) {
                least[leaves + i] = order.rank(i);
                greatest[leaves + i] = order.rank(i);
                sums[leaves + i] = aggregates[i];
            }
            for (int node = leaves - 1; node > 0; node--) {
                least[node] = Math.min(least[2 * node], least[2 * node + 1]);
                greatest[node] = Math.max(greatest[2 * node], greatest[2 * node + 1]);
                sums[node] = both(node);
            }
        }

        @SuppressWarnings("unchecked") // only aggregates of this view are put in
        private Object both(int node) {
            Object left = sums[2 * node];
            Object right = sums[2 * node + 1];
            if (greatest[2 * node + 1] < 0) {
                return left;
            }
            if (left == null || right == null) {
                return null;
            }
            try {
                return monoid.plus((A) left, (A) right);
            } catch (ArithmeticException e) {
                return null;
            }
        }

        /** Adds what node {@code node}, which is the entries {@code [first, end)}, has to do with {@code [from, to)}. */
        @SuppressWarnings("unchecked") // only aggregates of this view are put in
        A add(A sum, int node, int first, int end, int from, int to, LogOrder.Bounds bounds, Membership known) {
            if (end <= from || first >= to || least[node] >= bounds.possible()) {
                return sum;
            }
            if (from <= first && end <= to && greatest[node] < bounds.certain() && sums[node] != null) {
                return monoid.plus(sum, (A) sums[node]);
            }
            if (end - first == 1) {
                return known.includes(first) ? monoid.plus(sum, aggregate(first)) : sum;
            }
            int middle = (first + end) >>> 1;
            A left = add(sum, 2 * node, first, middle, from, to, bounds, known);
            return add(left, 2 * node + 1, middle, end, from, to, bounds, known);
        }
    }
}
