package dev.anabranch.simulator;

import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Streams of events in the order of their times, combined lazily: nothing is read before it is asked for, and at most
 * one event of each stream is held.
 */
public final class TimeOrder {
    private TimeOrder() {}

    /** Both streams as one. Of two events of the same millisecond the one of {@code first} comes first. */
    public static Iterator<SimulatedEvent<?>> merge(
            Iterator<SimulatedEvent<?>> first, Iterator<SimulatedEvent<?>> second) {
        return new Lookahead<>() {
            private SimulatedEvent<?> left;
            private SimulatedEvent<?> right;

            @Override
            SimulatedEvent<?> advance() {
                // A head is taken only when it is needed: when reading the next one fails, all before it are out.
                left = left == null && first.hasNext() ? first.next() : left;
                right = right == null && second.hasNext() ? second.next() : right;
                boolean takeLeft = left != null && (right == null || left.timeMillis() <= right.timeMillis());
                SimulatedEvent<?> taken = takeLeft ? left : right;
                left = takeLeft ? null : left;
                right = takeLeft ? right : null;
                return taken;
            }
        };
    }

    /** The events up to and including {@code lastMillis}; ends at the first later one. */
    public static Iterator<SimulatedEvent<?>> upTo(long lastMillis, Iterator<SimulatedEvent<?>> events) {
        return takeWhile(events, event -> event.timeMillis() <= lastMillis);
    }

    /** What comes before the first that does not {@code hold}. */
    public static <T> Iterator<T> takeWhile(Iterator<T> source, Predicate<? super T> holds) {
        return new Lookahead<>() {
            @Override
            T advance() {
                T next = source.hasNext() ? source.next() : null;
                return next != null && holds.test(next) ? next : null;
            }
        };
    }

    /** The events later than {@code millis}. */
    public static Iterator<SimulatedEvent<?>> after(long millis, Iterator<SimulatedEvent<?>> events) {
        return new Lookahead<>() {
            @Override
            SimulatedEvent<?> advance() {
                while (events.hasNext()) {
                    SimulatedEvent<?> event = events.next();
                    if (event.timeMillis() > millis) {
                        return event;
                    }
                }
                return null;
            }
        };
    }

    /** All of {@code first}, then all of {@code second}. */
    public static <T> Iterator<T> concat(Iterator<T> first, Iterator<T> second) {
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return first.hasNext() || second.hasNext();
            }

            @Override
            public T next() {
                return first.hasNext() ? first.next() : second.next();
            }
        };
    }

    public static <T, R> Iterator<R> map(Iterator<T> source, Function<? super T, ? extends R> mapping) {
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return source.hasNext();
            }

            @Override
            public R next() {
                return mapping.apply(source.next());
            }
        };
    }

    /** An iterator over what {@link #advance} gives until it gives null. */
    private abstract static class Lookahead<T> implements Iterator<T> {
        private T next;
        private boolean ended;

        abstract T advance();

        @Override
        public boolean hasNext() {
            if (next == null && !ended) {
                next = advance();
                ended = next == null;
            }
            return next != null;
        }

        @Override
        public T next() {
            if (!hasNext()) {
                throw new NoSuchElementException("There is nothing left");
            }
            T event = next;
            next = null;
            return event;
        }
    }
}
