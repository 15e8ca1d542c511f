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
 * <p>While nothing happens at whole seconds: what all tasks of a thread do then shares a transaction, which is dear even when it is
 * small. While something does, what is due each second is spread by partition, for a transaction of all tasks at once would be
 * in the way of whatever comes meanwhile.
 */
final class Beat {
    /** While nothing happens. */
    static final Duration IDLE = Duration.ofSeconds(5);

    private static final Duration LIVELY = Duration.ofSeconds(1);

    private static final int PHASES = 4;

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
            Duration phase =
                    LIVELY.dividedBy(PHASES).multipliedBy(context.taskId().partition() % PHASES);
            go(Instant.EPOCH.plus(phase), LIVELY);
        }
    }

    private void go(Instant start, Duration every) {
        if (going != null) {
            going.cancel();
        }
        going = context.schedule(start, every, PunctuationType.WALL_CLOCK_TIME, this::beat);
    }

    private void beat(long nowMillis) {
        each.punctuate(nowMillis);
        if (roused) {
            roused = false;
            rousedMillis = nowMillis;
        } else if (lively && nowMillis - rousedMillis >= CALM.toMillis()) {
            lively = false;
            go(Instant.EPOCH, IDLE);
        }
    }
}
