package dev.anabranch.batch.archive;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;

/** How far the archiver of one topic is, for its metrics and its readiness. Written by one thread, read by others. */
final class ArchiveProgress {
    private final String topic;
    private final Counter rows;
    private final Counter commits;
    private final Counter deadLetters;
    private volatile boolean polled;
    private volatile long lag;

    ArchiveProgress(String topic, MeterRegistry registry) {
        this.topic = topic;
        rows = Counter.builder("anabranch.archive.rows")
                .description("Rows committed to the archive")
                .tag("topic", topic)
                .register(registry);
        commits = Counter.builder("anabranch.archive.commits")
                .description("Commits to the archive")
                .tag("topic", topic)
                .register(registry);
        deadLetters = Counter.builder("anabranch.archive.dead.letters")
                .description("Records kept as dead letters")
                .tag("topic", topic)
                .register(registry);
        io.micrometer.core.instrument.Gauge.builder("anabranch.archive.lag", this, ArchiveProgress::lag)
                .description("Records of the topic that were not read yet")
                .tag("topic", topic)
                .register(registry);
    }

    String topic() {
        return topic;
    }

    void polled(long recordsBehind) {
        lag = recordsBehind;
        polled = true;
    }

    void stopped() {
        polled = false;
    }

    void committed(long count) {
        rows.increment(count);
        commits.increment();
    }

    void refused(int count) {
        deadLetters.increment(count);
    }

    /** Whether the topic is being read. */
    boolean reading() {
        return polled;
    }

    long lag() {
        return lag;
    }

    long rows() {
        return (long) rows.count();
    }
}
