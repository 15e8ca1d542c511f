package dev.anabranch.speed;

import java.time.Duration;
import java.util.function.LongSupplier;
import org.apache.kafka.streams.processor.api.ProcessingContext;

/**
 * How soon what is folded is committed. Kafka Streams commits once an interval has passed since it last looked whether anything
 * was to be committed, and it looks between polls: an event that comes alone waits for the rest of a poll that finds
 * nothing, and that a whole interval, however long ago the last transaction was. So whoever folds one asks for a commit when
 * there has been none for longer than an interval, and until it is made polls wait a part of one.
 *
 * <p>While events come all the time, an interval is over before anybody asks: there are as many transactions as ever. Each thread
 * has a pace of its own.
 */
final class CommitPace {
    private final LongSupplier nanoTime;
    private final long askedAfterNanos;
    private final Duration part;
    private final ThreadLocal<Lately> lately = ThreadLocal.withInitial(Lately::new);

    /** What a thread did lately. */
    private static final class Lately {
        private boolean uncommitted;
        private boolean ever;
        private long committedNanos;
    }

    /**
     * @param interval after which Kafka Streams commits
     * @param nanoTime a clock that never goes back
     */
    CommitPace(Duration interval, LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        askedAfterNanos = interval.plus(interval.dividedBy(5)).toNanos();
        part = Duration.ofMillis(Math.max(1, interval.toMillis() / 3)); // a consumer takes less for none
    }

    /** An event was folded. */
    void folded(ProcessingContext context) {
        Lately last = lately.get();
        if (!last.uncommitted) {
            last.uncommitted = true;
            if (isOver(last)) {
                context.commit();
            }
        }
    }

    private boolean isOver(Lately last) {
        return !last.ever || nanoTime.getAsLong() - last.committedNanos >= askedAfterNanos;
    }

    /** The thread has ended its transaction, whichever way. */
    void committed() {
        Lately last = lately.get();
        last.uncommitted = false;
        last.ever = true;
        last.committedNanos = nanoTime.getAsLong();
    }

    /** @param asked how long a poll would wait; zero when there is other work to do */
    Duration wait(Duration asked) {
        return lately.get().uncommitted && asked.compareTo(part) > 0 ? part : asked;
    }
}
