package dev.anabranch.batch.archive;

import dev.anabranch.event.Admission;
import dev.anabranch.lakehouse.CutTable;
import dev.anabranch.lakehouse.Lakehouse;
import dev.anabranch.lakehouse.RecordRow;
import dev.anabranch.lakehouse.RowFiles;
import dev.anabranch.view.Cut;
import dev.anabranch.view.Origin;
import dev.anabranch.view.Position;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import org.apache.avro.specific.SpecificRecord;
import org.apache.iceberg.DataFile;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Archives one topic. It remembers nothing: where to go on is what the table says, and rows and the new cut are one
 * commit. So it may be killed at any moment and started anywhere, twice even: of two that archive the same offsets, one
 * commits and the other discards its files and goes on from there.
 */
final class TopicArchiver<E extends SpecificRecord> implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TopicArchiver.class);

    /** Refused records wait in memory; more than this many are committed at once. */
    private static final int MOST_LETTERS = 10_000;

    /** The longest poll while nothing waits. */
    private static final Duration IDLE = Duration.ofMillis(500);

    /** New partitions are noticed after this long. */
    private static final Duration DISCOVERY = Duration.ofMinutes(1);

    private final ArchivedTopic<E> topic;
    private final ArchiveConfig config;
    private final CutTable table;
    private final DeadLetters deadLetters;
    private final RecordRow row;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final ArchiveProgress progress;
    private final List<DeadLetters.Letter> letters = new ArrayList<>();

    private volatile boolean stopping;
    private Cut from;
    private RowFiles files;
    private long oldestWaitingNanos;
    private long discoveredNanos;

    TopicArchiver(
            ArchivedTopic<E> topic,
            ArchiveConfig config,
            Lakehouse lakehouse,
            String bootstrapServers,
            ArchiveProgress progress) {
        this.topic = topic;
        this.config = config;
        this.table = new CutTable(topic.table(lakehouse));
        this.deadLetters = new DeadLetters(lakehouse);
        this.row = new RecordRow(topic.schema(), table.table().schema());
        this.progress = progress;
        this.consumer = new KafkaConsumer<>(consumerProperties(bootstrapServers));
    }

    /**
     * Archives until {@link #stop}, and then commits what is waiting.
     *
     * @throws LostRecordsException when records are gone from the topic that the archive lacks
     */
    void run() {
        try {
            goOnFromTheTable();
            while (!stopping) {
                poll();
                if (due()) {
                    flush();
                }
                discover();
            }
            flush();
        } catch (WakeupException e) {
            if (!stopping) {
                throw e;
            }
        }
    }

    /** Archives until everything that was in the topic when it was called is committed. */
    void runToEnd() {
        goOnFromTheTable();
        Map<TopicPartition, Long> ends = consumer.endOffsets(consumer.assignment());
        while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
            poll();
            if (due()) {
                flush();
            }
        }
        flush();
    }

    /** Makes {@link #run} return soon. May be called from another thread. */
    void stop() {
        stopping = true;
        consumer.wakeup();
    }

    @Override
    public void close() {
        discard();
        consumer.close();
    }

    private void poll() {
        try {
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(untilDue())) {
                take(record);
            }
            progress.polled(lag());
        } catch (WakeupException e) {
            if (!stopping) {
                throw e; // nothing was taken: what waits is still committed
            }
        } catch (OffsetOutOfRangeException e) {
            throw new LostRecordsException("Records were deleted from " + topic.topic()
                    + " before they were archived, while they were being read: " + e.getMessage());
        }
    }

    private void take(ConsumerRecord<byte[], byte[]> record) {
        if (nothingWaiting()) {
            oldestWaitingNanos = System.nanoTime();
        }
        Admission<E> admission = topic.admit(record.key(), record.value(), record.timestamp());
        if (admission instanceof Admission.Admitted<E> admitted) {
            E event = admitted.event();
            if (files == null) {
                files = new RowFiles(table.table(), 0);
            }
            files.write(row.show(
                    event, topic.eventTimeMillis(event), record.partition(), record.offset(), record.timestamp()));
        } else if (admission instanceof Admission.Refused<E> refused) {
            letters.add(new DeadLetters.Letter(
                    Position.of(record.topic(), record.partition(), record.offset()),
                    record.timestamp(),
                    record.key(),
                    record.value(),
                    refused.reason()));
        } else {
            throw new IllegalStateException("A record is admitted or refused, got " + admission);
        }
    }

    private boolean due() {
        return !nothingWaiting()
                && (System.nanoTime() - oldestWaitingNanos >= config.maxDelay().toNanos()
                        || letters.size() >= MOST_LETTERS
                        || files != null
                                && (files.rows() >= config.maxRows() || files.openFiles() >= config.maxOpenFiles()));
    }

    private Duration untilDue() {
        if (nothingWaiting()) {
            return IDLE; // so that it soon says it is reading, and how far behind, where nothing comes
        }
        long left = config.maxDelay().toNanos() - (System.nanoTime() - oldestWaitingNanos);
        return Duration.ofNanos(Math.max(0, left));
    }

    private boolean nothingWaiting() {
        return files == null && letters.isEmpty();
    }

    /** Letters first: were the rows first and the process killed in between, nobody would read the letters again. */
    private void flush() {
        if (!letters.isEmpty()) {
            progress.refused(deadLetters.keep(letters));
            letters.clear();
        }
        if (files == null) {
            return;
        }
        long rows = files.rows();
        Map<Origin, Long> to = positions();
        List<DataFile> done = files.complete();
        files = null;
        if (table.append(done, from, to)) {
            for (Map.Entry<Origin, Long> moved : to.entrySet()) {
                from = from.with(moved.getKey(), moved.getValue());
            }
            progress.committed(rows);
        } else {
            RowFiles.discard(table.table(), done);
            LOG.info("Another archiver committed the same part of {}: {} rows discarded", topic.topic(), rows);
            if (!stopping) {
                goOnFromTheTable();
            }
        }
    }

    /** Where the consumer stands, of the partitions that moved. Past the markers of transactions, which are no rows. */
    private Map<Origin, Long> positions() {
        Map<Origin, Long> moved = new HashMap<>();
        for (TopicPartition partition : consumer.assignment()) {
            Origin origin = new Origin(partition.topic(), partition.partition());
            long position = consumer.position(partition);
            if (position != from.before(origin)) {
                moved.put(origin, position);
            }
        }
        return moved;
    }

    private void goOnFromTheTable() {
        discard();
        from = table.cut();
        List<TopicPartition> partitions = partitions();
        consumer.assign(partitions);
        Map<TopicPartition, Long> begins = consumer.beginningOffsets(partitions);
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
        for (TopicPartition partition : partitions) {
            long next = from.before(new Origin(partition.topic(), partition.partition()));
            consumer.seek(partition, checked(partition, next, begins.get(partition), ends.get(partition)));
        }
        discoveredNanos = System.nanoTime();
    }

    private void discover() {
        if (System.nanoTime() - discoveredNanos > DISCOVERY.toNanos()) {
            discoveredNanos = System.nanoTime();
            if (!consumer.assignment().equals(Set.copyOf(partitions()))) {
                flush();
                goOnFromTheTable();
            }
        }
    }

    private long checked(TopicPartition partition, long next, long begin, long end) {
        if (begin > next) {
            String lost = "Offsets " + next + " to " + (begin - 1) + " of " + partition
                    + " were deleted from the topic before they were archived";
            if (!config.acceptHoles()) {
                throw new LostRecordsException(
                        lost + "; to go on without them set anabranch.archive.accept-holes=true");
            }
            LOG.warn("{}; going on without them, as anabranch.archive.accept-holes says", lost);
            return begin;
        }
        if (next > end) {
            throw new LostRecordsException("The archive of " + partition + " goes up to offset " + next
                    + " and the topic ends at " + end + ": it is not the topic that was archived");
        }
        return next;
    }

    private List<TopicPartition> partitions() {
        List<PartitionInfo> all = consumer.partitionsFor(topic.topic());
        return all.stream()
                .map(PartitionInfo::partition)
                .filter(number -> config.partitions().isEmpty()
                        || config.partitions().get().contains(number))
                .map(number -> new TopicPartition(topic.topic(), number))
                .toList();
    }

    private long lag() {
        return consumer.assignment().stream()
                .mapToLong(partition -> consumer.currentLag(partition).orElse(0))
                .sum();
    }

    private void discard() {
        letters.clear();
        if (files != null) {
            files.discard();
            files = null;
        }
    }

    private static Properties consumerProperties(String bootstrapServers) {
        Properties properties = new Properties();
        properties.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
        properties.put(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class.getName());
        properties.put(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class.getName());
        properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
        properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
        properties.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, "false");
        properties.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, "5000");
        return properties;
    }
}
