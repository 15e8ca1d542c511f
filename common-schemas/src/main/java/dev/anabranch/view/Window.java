package dev.anabranch.view;

import java.io.Serializable;
import java.time.Duration;

/**
 * A span of event time that ends a delay before the moment asked about: {@code [t - length - delay, t - delay)}.
 *
 * <p>It is half-open: an event at exactly {@code t - delay} is out, one at the lower edge is in. Both edges are rounded
 * down to the hop. The default hop is 1 ms, which rounds nothing and makes the window exact; a coarser hop bounds the
 * state of busy entities and leaves the hop that has just begun to the next answer.
 *
 * @param length longer than zero, a multiple of the hop
 * @param delay  zero or more
 * @param hop    at least 1 ms, a whole number of milliseconds
 */
public record Window(Duration length, Duration delay, Duration hop) implements Serializable {
    private static final Duration EXACT = Duration.ofMillis(1);

    public Window {
        if (hop.toMillis() < 1 || hop.toNanos() % 1_000_000 != 0) {
            throw new IllegalArgumentException(
                    "Window hop must be a whole number of milliseconds, 1 or more, got " + hop + "; try PT0.001S");
        }
        if (length.isZero() || length.isNegative() || length.toMillis() % hop.toMillis() != 0) {
            throw new IllegalArgumentException("Window length must be longer than zero and a multiple of the hop " + hop
                    + ", got " + length + "; try " + hop.multipliedBy(10));
        }
        if (delay.isNegative()) {
            throw new IllegalArgumentException("Window delay must be zero or more, got " + delay + "; try PT0S");
        }
    }

    /** The exact window over the last {@code length}. */
    public static Window last(Duration length) {
        return new Window(length, Duration.ZERO, EXACT);
    }

    /** The same window, ending {@code delay} before the moment asked about. */
    public Window delayedBy(Duration delay) {
        return new Window(length, delay, hop);
    }

    /** The same window, with edges that move by {@code hop}. */
    public Window hopping(Duration hop) {
        return new Window(length, delay, hop);
    }

    /** The first millisecond inside, as seen at {@code atMillis}. */
    public long fromMillis(long atMillis) {
        return edge(atMillis - delay.toMillis() - length.toMillis(), hop.toMillis());
    }

    /** The first millisecond that is no longer inside, as seen at {@code atMillis}. */
    public long toMillis(long atMillis) {
        return edge(atMillis - delay.toMillis(), hop.toMillis());
    }

    public boolean contains(long eventTimeMillis, long atMillis) {
        return eventTimeMillis >= fromMillis(atMillis) && eventTimeMillis < toMillis(atMillis);
    }

    /** How far back from the moment asked about the window may look, its rounding included. */
    public Duration reach() {
        return length.plus(delay).plus(hop);
    }

    /** A name fit for a feature: {@code 7d}, or {@code 7d.delay.7d} when there is a delay. */
    public String label() {
        return delay.isZero() ? spell(length) : spell(length) + ".delay." + spell(delay);
    }

    /** Where an edge comes to lie: rounded down to the hop. Every layer goes through here. */
    static long edge(long millis, long hopMillis) {
        return hopMillis == 1 ? millis : Math.floorDiv(millis, hopMillis) * hopMillis;
    }

    private static String spell(Duration duration) {
        long millis = duration.toMillis();
        if (millis % 86_400_000 == 0) {
            return millis / 86_400_000 + "d";
        }
        if (millis % 3_600_000 == 0) {
            return millis / 3_600_000 + "h";
        }
        if (millis % 60_000 == 0) {
            return millis / 60_000 + "m";
        }
        return millis % 1_000 == 0 ? millis / 1_000 + "s" : millis + "ms";
    }
}
