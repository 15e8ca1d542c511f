package dev.anabranch.view;

import java.time.Duration;
import java.util.Optional;

/**
 * How far one reader has come in one partition of a compacted topic, and whether what it holds is a state in which the
 * topic ever was.
 *
 * <p>Compaction keeps the last record of every key. A reader that is behind may therefore find a record gone whose
 * successor still lies ahead of it, and until it gets there it misses something without noticing: a cell, a floor, a row
 * whose footer it has seen. The broker promises that a record stays until its successor is {@code wholeFor} old
 * ({@code min.compaction.lag.ms}, with the broker's own timestamps). So what was fetched at a moment {@code t} has no
 * holes but those whose successors were written by {@code t - wholeFor}, and a reader that has come past all that stood
 * in the topic then has filled them. That is the rule:
 *
 * <p><em>A reader is whole when it has applied everything before an end that was asked for no longer than
 * {@code wholeFor} before its latest fetch.</em>
 *
 * <p>It holds for one that begins, for one that falls behind, and for one that was stopped and goes on; and a reader that
 * fetches nothing, because the broker is away, stays as whole as it was. Removed tombstones do no harm: a cell that was
 * not seen to go lies below the floor, and a row below the first tile kept.
 *
 * <p>One thread fetches and applies, another may ask for ends, any may question it. Who reads what was applied must
 * {@link #mark} before and ask {@link #whyNotWhole(Mark)} after.
 */
public final class Following {
    private static final long NEVER = Long.MIN_VALUE / 2;

    private final String topic;
    private final long wholeForMillis;
    private long position;
    private long fetchedMillis = NEVER;
    private long coveredMillis = NEVER;
    private long end = -1;
    private long endAskedMillis = NEVER;
    private long lapses;

    /**
     * A moment in the life of a reader.
     *
     * @param whole  whether it was whole
     * @param lapses how often it had ceased to be
     */
    public record Mark(boolean whole, long lapses) {}

    /**
     * @param topic    what is followed, for messages
     * @param wholeFor how long the broker leaves a record alone after its successor was written, less what the clocks of
     *     broker and reader may differ by
     */
    public Following(String topic, Duration wholeFor) {
        this.topic = topic;
        this.wholeForMillis = wholeFor.toMillis();
    }

    /**
     * The partition ended at {@code end} at the moment {@code askedMillis} or later.
     *
     * @param askedMillis when the question was sent
     */
    public synchronized void ended(long end, long askedMillis) {
        // An end that is still to be reached is kept, or a busy partition would never be seen to be reached.
        if (this.end <= position || endAskedMillis + wholeForMillis < Math.max(askedMillis, fetchedMillis)) {
            this.end = end;
            endAskedMillis = askedMillis;
            cover();
        }
    }

    /** Records were fetched, or seen to be gone, at {@code nowMillis}. To be told before any of them is applied. */
    public synchronized void fetched(long nowMillis) {
        boolean whole = whole();
        fetchedMillis = Math.max(fetchedMillis, nowMillis);
        if (whole && !whole()) {
            lapses++;
        }
    }

    /** Everything before {@code position} is applied. */
    public synchronized void applied(long position) {
        this.position = Math.max(this.position, position);
        cover();
    }

    private void cover() {
        if (end >= 0 && position >= end) {
            coveredMillis = Math.max(coveredMillis, endAskedMillis);
        }
    }

    private boolean whole() {
        return coveredMillis > NEVER && coveredMillis + wholeForMillis >= fetchedMillis;
    }

    public synchronized Mark mark() {
        return new Mark(whole(), lapses);
    }

    /** Why what is applied may have holes; empty when it has none. */
    public synchronized Optional<String> whyNotWhole() {
        if (whole()) {
            return Optional.empty();
        }
        String until = end < 0 ? "its end, not yet asked for" : String.valueOf(end);
        return Optional.of(
                coveredMillis == NEVER
                        ? "Still reading " + topic + ": at offset " + position + " of " + until
                        : "Reading " + topic + " was more than " + wholeForMillis
                                + " ms behind, so records may have been compacted away whose successors lie ahead: at"
                                + " offset " + position + " of " + until);
    }

    /** Why what was read since {@code before} may have holes; empty when it has none. */
    public synchronized Optional<String> whyNotWhole(Mark before) {
        Optional<String> now = whyNotWhole();
        if (now.isEmpty() && (!before.whole || before.lapses != lapses)) {
            return Optional.of("Reading " + topic + " has only just caught up");
        }
        return now;
    }
}
