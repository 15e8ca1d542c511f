package dev.anabranch.simulator;

import dev.anabranch.event.EventType;
import java.time.Duration;
import java.util.Map;

/**
 * What a run published: all of it acknowledged by the broker.
 *
 * @param byTopic  acknowledged records of each topic
 * @param took     from the first event to the last acknowledgement
 * @param complete false when the run was stopped before its events ended
 */
public record Published(Map<String, Long> byTopic, Duration took, boolean complete) {
    public long total() {
        return byTopic.values().stream().mapToLong(Long::longValue).sum();
    }

    public long of(EventType<?> type) {
        return byTopic.getOrDefault(type.topic(), 0L);
    }

    public double perSecond() {
        return total() * 1e9 / Math.max(1, took.toNanos());
    }
}
