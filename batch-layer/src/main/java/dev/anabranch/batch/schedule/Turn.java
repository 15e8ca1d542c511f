package dev.anabranch.batch.schedule;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * When a use case is to be run next. What was missed while nobody ran it is made up for by one run; a run that fails is tried
 * again some times, ever later, and then its next time is waited for.
 */
final class Turn {
    private final String useCase;
    private final Schedule schedule;
    private final Served served;
    private final int retries;
    private final Duration retryAfter;
    private int failures;
    private Instant due;

    Turn(String useCase, Schedule schedule, Served served, int retries, Duration retryAfter, Instant now) {
        this.useCase = useCase;
        this.schedule = schedule;
        this.served = served;
        this.retries = retries;
        this.retryAfter = retryAfter;
        // What was served after now was so by a clock that has been set back; it is not waited for.
        Optional<Instant> before = served.of(useCase).filter(moment -> !moment.isAfter(now));
        if (before.isEmpty()) {
            served.upTo(useCase, now); // from here on a time that passes is one that was missed
        }
        due = schedule.next(before.orElse(now));
    }

    String useCase() {
        return useCase;
    }

    Instant due() {
        return due;
    }

    /**
     * A run is over, and serves every time up to its start.
     *
     * @param started when it began
     * @param ended   when it was over
     */
    void ran(boolean succeeded, Instant started, Instant ended) {
        if (!succeeded && failures < retries) {
            due = ended.plus(retryAfter.multipliedBy(1L << failures));
            failures++;
            return;
        }
        failures = 0;
        served.upTo(useCase, started);
        due = schedule.next(started);
    }
}
