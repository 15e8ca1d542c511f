package dev.anabranch.speed;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Goes over all that an application reads, again and again, in the order in which events travel: the event topics, then
 * each topic they are repartitioned through. A sweep is over when the application has committed to be past the place
 * where each of them ended as the sweep came to it: whatever stood in the log when the sweep began is folded then,
 * wherever it had to travel to, by whichever instance.
 *
 * <p>So a task whose events come from several origins learns that none of them is behind. An origin without events has
 * nothing to wait for and holds nobody back; one that is stuck holds back everybody it might have events for.
 */
final class Sweeps {
    private static final Logger LOG = LoggerFactory.getLogger(Sweeps.class);
    private static final Duration PAUSE = Duration.ofMillis(200);
    /** Signs of life, which tell what came of it, are given once a second at most. */
    private static final Duration IDLE = Duration.ofSeconds(1);

    private final AtomicLong begun = new AtomicLong();
    private final AtomicLong over = new AtomicLong();

    /** The first sweep that is certain to begin after this moment. */
    long next() {
        return begun.get() + 1;
    }

    boolean over(long sweep) {
        return over.get() >= sweep;
    }

    /**
     * Sweeps until the thread is interrupted.
     *
     * @param topics in the order in which events travel
     */
    void run(Admin admin, String application, List<String> topics, int partitions) {
        run(new BrokerLog(admin, application, partitions), topics);
    }

    /** The same, over a log that is asked. */
    void run(Log log, List<String> topics) {
        try {
            while (true) {
                boolean idle = sweep(() -> {
                    if (nothingIsUnderWay(log, topics)) {
                        return true;
                    }
                    for (String topic : topics) {
                        Map<TopicPartition, Long> ends =
                                withRecords(log.ends(List.of(topic)), log.begins(List.of(topic)));
                        while (!isPast(log.committed(), ends)) {
                            Thread.sleep(PAUSE.toMillis()); // until the application has committed to be past them
                        }
                    }
                    return false;
                });
                // Waits for nothing: how often the broker is asked.
                Thread.sleep((idle ? IDLE : PAUSE).toMillis());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * One sweep, which is over when {@code way} has been gone to its end.
     *
     * @return what came of it; false when it could not be gone
     */
    boolean sweep(Way way) throws InterruptedException {
        long sweep = begun.incrementAndGet();
        try {
            boolean idle = way.go();
            over.set(sweep);
            return idle;
        } catch (ExecutionException e) {
            LOG.info("A sweep over the topics is begun again: {}", e.getCause().getMessage());
            return false;
        }
    }

    /** From the log to the cells. */
    interface Way {
        /** Whether nothing had to be waited for. */
        boolean go() throws InterruptedException, ExecutionException;
    }

    /** What is asked about the topics of an application. */
    interface Log {
        /** Where the application will read on. */
        Map<TopicPartition, Long> committed() throws InterruptedException, ExecutionException;

        /** The offset after the last record of each partition, records of open transactions included. */
        Map<TopicPartition, Long> ends(List<String> topics) throws InterruptedException, ExecutionException;

        /** The offset of the first record that each partition still has; where it ends when there is none. */
        Map<TopicPartition, Long> begins(List<String> topics) throws InterruptedException, ExecutionException;
    }

    /**
     * Whether the whole way has been gone already, which is asked of all topics at once: the application had committed to be
     * past each, and only then they were asked where they end. What it had passed on by that commit stood in a later topic
     * by then, and that was gone past as well. While nothing happens, this is all that the broker is asked.
     */
    private static boolean nothingIsUnderWay(Log log, List<String> topics)
            throws InterruptedException, ExecutionException {
        Map<TopicPartition, Long> committed = log.committed();
        Map<TopicPartition, Long> ends = log.ends(topics);
        return isPast(committed, ends) || isPast(committed, withRecords(ends, log.begins(topics)));
    }

    /** Where the partitions end that hold anything. */
    private static Map<TopicPartition, Long> withRecords(
            Map<TopicPartition, Long> ends, Map<TopicPartition, Long> begins) {
        Map<TopicPartition, Long> with = new HashMap<>(ends);
        with.entrySet().removeIf(end -> end.getValue().equals(begins.get(end.getKey())));
        return with;
    }

    private static boolean isPast(Map<TopicPartition, Long> committed, Map<TopicPartition, Long> ends) {
        return ends.entrySet().stream().allMatch(end -> committed.getOrDefault(end.getKey(), -1L) >= end.getValue());
    }

    /** A broker's. */
    record BrokerLog(Admin admin, String application, int partitions) implements Log {
        @Override
        public Map<TopicPartition, Long> committed() throws InterruptedException, ExecutionException {
            Map<TopicPartition, Long> committed = new HashMap<>();
            admin.listConsumerGroupOffsets(application)
                    .partitionsToOffsetAndMetadata()
                    .get()
                    .forEach((partition, reached) -> {
                        if (reached != null) {
                            committed.put(partition, reached.offset());
                        }
                    });
            return committed;
        }

        @Override
        public Map<TopicPartition, Long> ends(List<String> topics) throws InterruptedException, ExecutionException {
            return offsets(topics, OffsetSpec.latest());
        }

        @Override
        public Map<TopicPartition, Long> begins(List<String> topics) throws InterruptedException, ExecutionException {
            return offsets(topics, OffsetSpec.earliest());
        }

        private Map<TopicPartition, Long> offsets(List<String> topics, OffsetSpec which)
                throws InterruptedException, ExecutionException {
            Map<TopicPartition, OffsetSpec> asked = new HashMap<>();
            for (String topic : topics) {
                IntStream.range(0, partitions)
                        .forEach(partition -> asked.put(new TopicPartition(topic, partition), which));
            }
            Map<TopicPartition, Long> found = new HashMap<>();
            admin.listOffsets(asked).all().get().forEach((partition, info) -> found.put(partition, info.offset()));
            return found;
        }
    }
}
