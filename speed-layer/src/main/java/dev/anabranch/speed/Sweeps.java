package dev.anabranch.speed;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
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
    /** Signs of life, which tell what came of it, are given once a second. */
    private static final Duration IDLE = Duration.ofMillis(500);

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
        try {
            while (true) {
                AtomicBoolean idle = new AtomicBoolean();
                sweep(() -> {
                    idle.set(nothingIsUnderWay(admin, application, topics, partitions));
                    if (idle.get()) {
                        return;
                    }
                    for (String topic : topics) {
                        Map<TopicPartition, Long> ends = ends(admin, topic, partitions);
                        while (!isPast(admin, application, ends)) {
                            Thread.sleep(PAUSE.toMillis()); // until the application has committed to be past them
                        }
                    }
                });
                // Waits for nothing: how often the broker is asked.
                Thread.sleep((idle.get() ? IDLE : PAUSE).toMillis());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** One sweep, which is over when {@code way} has been gone to its end. */
    void sweep(Way way) throws InterruptedException {
        long sweep = begun.incrementAndGet();
        try {
            way.go();
            over.set(sweep);
        } catch (ExecutionException e) {
            LOG.info("A sweep over the topics is begun again: {}", e.getCause().getMessage());
        }
    }

    /** From the log to the cells. */
    interface Way {
        void go() throws InterruptedException, ExecutionException;
    }

    /**
     * Whether the whole way has been gone already, which is asked of all topics at once: the application had committed to be
     * past each, and only then they were asked where they end. What it had passed on by that commit stood in a later topic
     * by then, and that was gone past as well. While nothing happens, this is all that the broker is asked.
     */
    private static boolean nothingIsUnderWay(Admin admin, String application, List<String> topics, int partitions)
            throws InterruptedException, ExecutionException {
        Map<TopicPartition, OffsetAndMetadata> committed = committed(admin, application);
        Map<TopicPartition, Long> ahead = offsets(
                admin,
                topics.stream()
                        .flatMap(topic -> all(topic, partitions).stream())
                        .toList(),
                OffsetSpec.latest());
        ahead.entrySet().removeIf(end -> isPast(committed, end));
        return ahead.isEmpty() || ahead.equals(offsets(admin, ahead.keySet(), OffsetSpec.earliest()));
    }

    /** Where the partitions of a topic end that hold anything, records of open transactions included. */
    private static Map<TopicPartition, Long> ends(Admin admin, String topic, int partitions)
            throws InterruptedException, ExecutionException {
        List<TopicPartition> all = all(topic, partitions);
        Map<TopicPartition, Long> ends = offsets(admin, all, OffsetSpec.latest());
        offsets(admin, all, OffsetSpec.earliest()).forEach(ends::remove);
        return ends;
    }

    private static List<TopicPartition> all(String topic, int partitions) {
        return IntStream.range(0, partitions)
                .mapToObj(partition -> new TopicPartition(topic, partition))
                .toList();
    }

    private static Map<TopicPartition, Long> offsets(Admin admin, Collection<TopicPartition> of, OffsetSpec which)
            throws InterruptedException, ExecutionException {
        Map<TopicPartition, OffsetSpec> asked = new HashMap<>();
        of.forEach(partition -> asked.put(partition, which));
        Map<TopicPartition, Long> found = new HashMap<>();
        for (Map.Entry<TopicPartition, ListOffsetsResultInfo> each :
                admin.listOffsets(asked).all().get().entrySet()) {
            found.put(each.getKey(), each.getValue().offset());
        }
        return found;
    }

    private static boolean isPast(Admin admin, String application, Map<TopicPartition, Long> ends)
            throws InterruptedException, ExecutionException {
        Map<TopicPartition, OffsetAndMetadata> committed = committed(admin, application);
        return ends.entrySet().stream().allMatch(end -> isPast(committed, end));
    }

    private static boolean isPast(
            Map<TopicPartition, OffsetAndMetadata> committed, Map.Entry<TopicPartition, Long> end) {
        OffsetAndMetadata reached = committed.get(end.getKey());
        return reached != null && reached.offset() >= end.getValue();
    }

    private static Map<TopicPartition, OffsetAndMetadata> committed(Admin admin, String application)
            throws InterruptedException, ExecutionException {
        return admin.listConsumerGroupOffsets(application)
                .partitionsToOffsetAndMetadata()
                .get();
    }
}
