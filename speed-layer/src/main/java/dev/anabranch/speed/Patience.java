package dev.anabranch.speed;

import java.time.Duration;

/**
 * How long a poll may wait. Kafka Streams commits between polls, so that it waits no longer than a commit may be late; and goes
 * through all its tasks before each. Once nothing has come for a while nothing is left to be committed, and it may wait
 * longer: a record that comes ends the wait. For one thread.
 */
final class Patience {
    /** What is done by the clock is late by as much at most. */
    static final Duration LONG = Duration.ofMillis(200);

    /** All commits of what came last are made by then. */
    static final Duration CALM = Duration.ofSeconds(2);

    private long cameNanos;

    Patience(long nowNanos) {
        cameNanos = nowNanos;
    }

    /** @param asked what the caller would wait; zero when there is other work to do */
    Duration wait(Duration asked, long nowNanos) {
        boolean calm = nowNanos - cameNanos > CALM.toNanos();
        return calm && !asked.isZero() && asked.compareTo(LONG) < 0 ? LONG : asked;
    }

    /** Records came. */
    void came(long nowNanos) {
        cameNanos = nowNanos;
    }
}
