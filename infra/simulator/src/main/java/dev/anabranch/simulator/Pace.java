package dev.anabranch.simulator;

/** How fast events are published: when each of them is due. */
public sealed interface Pace {
    /**
     * How long until an event is due, in nanoseconds; 0 or less when it is due already.
     *
     * @param start       when the first event was published
     * @param index       how many events came before it
     * @param eventMillis its event time
     */
    long nanosUntilDue(Start start, long index, long eventMillis, PaceClock clock);

    /**
     * @param nanos            the {@link PaceClock#nanos} of the first event's publication
     * @param firstEventMillis the first event's event time
     */
    record Start(long nanos, long firstEventMillis) {}

    /** As fast as it goes. */
    static Pace max() {
        return new Max();
    }

    /** {@code factor} times as fast as it happened. */
    static Pace times(double factor) {
        return new Times(factor);
    }

    /** So many events a second, whenever they happened. */
    static Pace perSecond(double events) {
        return new PerSecond(events);
    }

    /** Each event at its own event time by the machine's clock; those of the past as fast as it goes. */
    static Pace asItHappens() {
        return new AsItHappens();
    }

    /**
     * Reads {@code max}, a multiple of the speed things happened at ({@code 1}, {@code 1000}) or a rate
     * ({@code 500/s}).
     *
     * @throws IllegalArgumentException when it is none of these
     */
    static Pace parse(String text) {
        if (text.equals("max")) {
            return max();
        }
        try {
            return text.endsWith("/s")
                    ? perSecond(Double.parseDouble(text.substring(0, text.length() - 2)))
                    : times(Double.parseDouble(text));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    "Speed must be max, a number such as 1 or 1000, or a rate such as 500/s, got '" + text + "'", e);
        }
    }

    record Max() implements Pace {
        @Override
        public long nanosUntilDue(Start start, long index, long eventMillis, PaceClock clock) {
            return 0;
        }
    }

    record Times(double factor) implements Pace {
        public Times {
            requirePositive("Speed", factor);
        }

        @Override
        public long nanosUntilDue(Start start, long index, long eventMillis, PaceClock clock) {
            double due = (eventMillis - start.firstEventMillis()) * 1e6 / factor;
            return (long) due - (clock.nanos() - start.nanos());
        }
    }

    record PerSecond(double events) implements Pace {
        public PerSecond {
            requirePositive("Rate", events);
        }

        @Override
        public long nanosUntilDue(Start start, long index, long eventMillis, PaceClock clock) {
            return (long) (index * 1e9 / events) - (clock.nanos() - start.nanos());
        }
    }

    record AsItHappens() implements Pace {
        @Override
        public long nanosUntilDue(Start start, long index, long eventMillis, PaceClock clock) {
            return (eventMillis - clock.wallMillis()) * 1_000_000;
        }
    }

    private static void requirePositive(String what, double value) {
        if (!(value > 0) || Double.isInfinite(value)) {
            throw new IllegalArgumentException(what + " must be a number above 0, got " + value);
        }
    }
}
