package dev.anabranch.view;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The aggregate of one entity in each window of a view, as seen at one moment.
 *
 * @param view     the view
 * @param atMillis the moment the windows end at, in epoch milliseconds
 * @param values   one aggregate for each window, in the order of the view's windows
 */
public record WindowValues<A>(View<A> view, long atMillis, List<A> values) {
    /** Nothing happened. */
    public static <A> WindowValues<A> empty(View<A> view, long atMillis) {
        return new Fold<>(view, atMillis).values();
    }

    /** The aggregate in the window with this index. */
    public A get(int window) {
        return values.get(window);
    }

    public WindowValues<A> plus(WindowValues<A> other) {
        List<A> sums = new ArrayList<>(values.size());
        for (int i = 0; i < values.size(); i++) {
            sums.add(view.monoid().plus(values.get(i), other.values.get(i)));
        }
        return new WindowValues<>(view, atMillis, sums);
    }

    /** Each measure over each window: {@code <measure>.<window>} to its value. */
    public Map<String, Double> measures() {
        Map<String, Double> named = new LinkedHashMap<>();
        view.measures().forEach((measure, reading) -> {
            for (int i = 0; i < values.size(); i++) {
                named.put(measure + "." + view.windows().get(i).label(), reading.applyAsDouble(values.get(i)));
            }
        });
        return named;
    }

    /**
     * Adds tiles to the windows they fall in. Every layer goes through here, so there is one rule for the edges.
     *
     * <p>The edges of all windows cut time into segments. A tile is added to the one segment it lies in, and a window is
     * the sum of its segments: with windows that lie within each other that is a third of the additions, and the same to
     * the bit, for {@code plus} is associative.
     */
    static final class Fold<A> {
        /** Of a stretch of time in no window. */
        static final int OUTSIDE = -1;
        /** Of a stretch of time that an edge of a window lies in. */
        static final int CUT = -2;

        private final View<A> view;
        private final long atMillis;
        private final long[] bounds;
        private final Object[] segments;

        Fold(View<A> view, long atMillis) {
            this(view, atMillis, bounds(view, atMillis));
        }

        private Fold(View<A> view, long atMillis, long[] bounds) {
            this.view = view;
            this.atMillis = atMillis;
            this.bounds = bounds;
            segments = new Object[bounds.length];
        }

        private static long[] bounds(View<?> view, long atMillis) {
            int windows = view.windows().size();
            long[] bounds = new long[2 * windows];
            for (int i = 0; i < windows; i++) {
                bounds[2 * i] = view.edges().fromMillis(i, atMillis);
                bounds[2 * i + 1] = view.edges().toMillis(i, atMillis);
            }
            Arrays.sort(bounds);
            return bounds;
        }

        /** Another, with nothing in it, of the same windows at the same moment. */
        Fold<A> another() {
            return new Fold<>(view, atMillis, bounds);
        }

        /** Every window's hop is a multiple of the tile, so a tile that starts inside a window lies inside it whole. */
        void add(long tileStart, A aggregate) {
            if (tileStart >= bounds[0] && tileStart < bounds[bounds.length - 1]) {
                addTo(segmentAt(tileStart), aggregate);
            }
        }

        /** The same of the sum of tiles that all start in one segment. */
        void addTo(int segment, A aggregate) {
            A sum = segment(segment);
            // Always a sum, never the tile's own aggregate: so that one just decoded need not be allocated.
            segments[segment] = view.monoid().plus(sum == null ? view.monoid().empty() : sum, aggregate);
        }

        /** The segment that all of {@code [fromMillis, toMillis)} lies in; {@link #OUTSIDE} or {@link #CUT} where there is none. */
        int segmentOf(long fromMillis, long toMillis) {
            if (toMillis <= bounds[0] || fromMillis >= bounds[bounds.length - 1]) {
                return OUTSIDE;
            }
            if (fromMillis < bounds[0]) {
                return CUT;
            }
            int segment = segmentAt(fromMillis);
            return toMillis <= bounds[segment + 1] ? segment : CUT;
        }

        private int segmentAt(long millis) {
            int segment = bounds.length - 2; // the newest tiles come last, and most often
            while (millis < bounds[segment]) {
                segment--;
            }
            return segment;
        }

        /** What was added from {@code bounds[index]} on, before the next bound; null when nothing was. */
        @SuppressWarnings("unchecked") // only aggregates of this view are put in
        private A segment(int index) {
            return (A) segments[index];
        }

        /** What was added to each segment; null where nothing was. */
        @SuppressWarnings("unchecked") // only aggregates of this view are put in
        List<A> segments() {
            return (List<A>) Collections.unmodifiableList(Arrays.asList(segments.clone()));
        }

        /** The edges of all windows, in order. Not to be written. */
        long[] bounds() {
            return bounds;
        }

        /** The first millisecond that any window looks at. */
        long earliestMillis() {
            return bounds[0];
        }

        WindowValues<A> values() {
            int windows = view.windows().size();
            List<A> values = new ArrayList<>(windows);
            for (int i = 0; i < windows; i++) {
                values.add(between(
                        view.edges().fromMillis(i, atMillis), view.edges().toMillis(i, atMillis)));
            }
            return new WindowValues<>(view, atMillis, Collections.unmodifiableList(values));
        }

        private A between(long from, long to) {
            A sum = null;
            for (int i = 0; i < segments.length && bounds[i] < to; i++) {
                A segment = segment(i);
                if (bounds[i] >= from && segment != null) {
                    sum = sum == null ? segment : view.monoid().plus(sum, segment);
                }
            }
            return sum == null ? view.monoid().empty() : sum;
        }
    }
}
