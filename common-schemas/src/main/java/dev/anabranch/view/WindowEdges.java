package dev.anabranch.view;

import java.io.Serializable;
import java.util.List;

/**
 * The edges of several windows in milliseconds, worked out once: a training set asks for them millions of times.
 *
 * @param from how far before the moment asked about each window begins, before its edge is rounded
 * @param to   how far before it each ends
 * @param hop  what the edges are rounded down to
 */
record WindowEdges(long[] from, long[] to, long[] hop) implements Serializable {
    static WindowEdges of(List<Window> windows) {
        return new WindowEdges(
                windows.stream()
                        .mapToLong(w -> w.delay().toMillis() + w.length().toMillis())
                        .toArray(),
                windows.stream().mapToLong(w -> w.delay().toMillis()).toArray(),
                windows.stream().mapToLong(w -> w.hop().toMillis()).toArray());
    }

    /** The same as {@link Window#fromMillis} of the window with this index. */
    long fromMillis(int window, long atMillis) {
        return Window.edge(atMillis - from[window], hop[window]);
    }

    /** The same as {@link Window#toMillis} of the window with this index. */
    long toMillis(int window, long atMillis) {
        return Window.edge(atMillis - to[window], hop[window]);
    }
}
