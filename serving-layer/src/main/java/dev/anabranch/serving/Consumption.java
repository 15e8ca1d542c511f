package dev.anabranch.serving;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.common.TopicPartition;

/**
 * How far each partition has been read and applied. Written by the threads of Kafka Streams, read by whoever asks.
 *
 * <p>A store is filled by the restore consumer, as long as its task restores or is a standby, and then by the main
 * consumer. Both may stand in a partition at once; only the one that fills the store counts.
 *
 * <p>Kafka Streams tells neither: its lags treat a running task as caught up. The consumer's position alone runs ahead of
 * what is applied, and the last applied offset alone stays behind the end where transaction markers follow; both together
 * are exact.
 */
final class Consumption {
    private final Map<TopicPartition, Progress> partitions = new ConcurrentHashMap<>();

    /** Whose records a store holds. */
    enum By {
        /** The restore consumer. */
        RESTORING,
        /** The main consumer. */
        PROCESSING
    }

    private static final class Progress {
        private final By by;
        private volatile long lastPolled = -1;
        private volatile long lastApplied = -1;
        private volatile long position = -1;

        private Progress(By by) {
            this.by = by;
        }
    }

    /** Forgets what is known: the partition is about to be read by another consumer. */
    void restart(TopicPartition partition, By by) {
        partitions.put(partition, new Progress(by));
    }

    void forget(TopicPartition partition) {
        partitions.remove(partition);
    }

    /** The record at this offset was handed out by the consumer. Comes before {@link #reached}. */
    void polled(TopicPartition partition, By by, long offset) {
        Progress progress = partitions.get(partition);
        if (progress != null && progress.by == by) {
            progress.lastPolled = offset;
        }
    }

    /** The consumer stands at this offset. */
    void reached(TopicPartition partition, By by, long position) {
        Progress progress = partitions.get(partition);
        if (progress != null && progress.by == by) {
            progress.position = position;
        }
    }

    /** The record at this offset can be seen by queries. */
    void applied(TopicPartition partition, By by, long offset) {
        Progress progress = partitions.get(partition);
        if (progress != null && progress.by == by) {
            progress.lastApplied = offset;
        }
    }

    /**
     * Whether queries see everything before {@code end}. Of what was handed out after it some may still wait: a copy of a busy
     * partition always has something that waits until the replica it copies has committed it.
     */
    boolean covers(TopicPartition partition, long end) {
        return position(partition) >= end;
    }

    /** The first offset that queries may not see yet; -1 when nothing is known. */
    long position(TopicPartition partition) {
        Progress progress = partitions.get(partition);
        if (progress == null) {
            return -1;
        }
        long position = progress.position; // before lastPolled, which is written first
        return progress.lastApplied >= progress.lastPolled ? position : progress.lastApplied + 1;
    }
}
