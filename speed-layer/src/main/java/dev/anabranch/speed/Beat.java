package dev.anabranch.speed;

import java.time.Duration;
import java.time.Instant;
import org.apache.kafka.streams.processor.Cancellable;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.Punctuator;
import org.apache.kafka.streams.processor.api.ProcessingContext;

/**
 * What a task does by the clock: each second while something happens, each five while nothing does. Kafka Streams commits
 * whenever such a thing was done, whatever came of it, and an idle platform would do little else. For the thread of its
 * task.
 *
 * <p>At whole seconds: what all tasks of a thread do then shares a transaction, which is dear even when it is small.
 */
final class Beat {
    /** While nothing happens. */
    static final Duration IDLE = Duration.ofSeconds(5);

    private static final Duration LIVELY = Duration.ofSeconds(1);

    /** What came of the last record may be told some beats later. */
    private static final Duration CALM = Duration.ofSeconds(5);

    private final ProcessingContext context;
    private final Punctuator each;
    private Cancellable going;
    private boolean lively;
    private boolean roused;
    private long rousedMillis;

    Beat(ProcessingContext context, Punctuator each) {
        this.context = context;
        this.each = each;
        rouse();
    }

    /** Something happens. */
    void rouse() {
        roused = true;
        if (!lively) {
            lively = true;
            go(LIVELY);
        }
    }

    private void go(Duration every) {
        if (going != null) {
            going.cancel();
        }
        going = context.schedule(Instant.EPOCH, every, PunctuationType.WALL_CLOCK_TIME, this::beat);
    }

    private void beat(long nowMillis) {
        each.punctuate(nowMillis);
        if (roused) {
            roused = false;
            rousedMillis = nowMillis;
        } else if (lively && nowMillis - rousedMillis >= CALM.toMillis()) {
            lively = false;
            go(IDLE);
        }
    }
}
