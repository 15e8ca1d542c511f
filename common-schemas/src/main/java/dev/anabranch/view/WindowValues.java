package dev.anabranch.view;

import java.util.ArrayList;
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

    /** Adds tiles to the windows they fall in. Every layer goes through here, so there is one rule for the edges. */
    static final class Fold<A> {
        private final View<A> view;
        private final long atMillis;
        private final long[] from;
        private final long[] to;
        private final List<A> values;

        Fold(View<A> view, long atMillis) {
            this.view = view;
            this.atMillis = atMillis;
            int windows = view.windows().size();
            from = new long[windows];
            to = new long[windows];
            values = new ArrayList<>(windows);
            for (int i = 0; i < windows; i++) {
                from[i] = view.edges().fromMillis(i, atMillis);
                to[i] = view.edges().toMillis(i, atMillis);
                values.add(view.monoid().empty());
            }
        }

        /** Every window's hop is a multiple of the tile, so a tile that starts inside a window lies inside it whole. */
        void add(long tileStart, A aggregate) {
            for (int i = 0; i < from.length; i++) {
                if (tileStart >= from[i] && tileStart < to[i]) {
                    values.set(i, view.monoid().plus(values.get(i), aggregate));
                }
            }
        }

        /** The first millisecond that any window looks at. */
        long earliestMillis() {
            long earliest = Long.MAX_VALUE;
            for (long edge : from) {
                earliest = Math.min(earliest, edge);
            }
            return earliest;
        }

        WindowValues<A> values() {
            return new WindowValues<>(view, atMillis, List.copyOf(values));
        }
    }
}
