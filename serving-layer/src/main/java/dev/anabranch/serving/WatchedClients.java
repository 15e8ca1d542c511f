package dev.anabranch.serving;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.KafkaClientSupplier;
import org.apache.kafka.streams.processor.StandbyUpdateListener;
import org.apache.kafka.streams.processor.StateRestoreListener;
import org.apache.kafka.streams.processor.TaskId;
import org.jboss.logging.Logger;

/**
 * Kafka's ordinary clients, but for consumers that tell before each poll where they stand, and whether what they were
 * given is so old that it may have been compacted. What was restored is told by the two listeners.
 */
final class WatchedClients implements KafkaClientSupplier, StateRestoreListener, StandbyUpdateListener {
    private static final Logger log = Logger.getLogger(WatchedClients.class);

    private final Consumption consumption;
    private final Partitions partitions;
    private final Duration whole;
    private final Clock clock;

    /** @param whole how long a view topic keeps every record for certain */
    WatchedClients(Consumption consumption, Partitions partitions, Duration whole, Clock clock) {
        this.consumption = consumption;
        this.partitions = partitions;
        this.whole = whole;
        this.clock = clock;
    }

    @Override
    public Admin getAdmin(Map<String, Object> config) {
        return Admin.create(config);
    }

    @Override
    public Consumer<byte[], byte[]> getConsumer(Map<String, Object> config) {
        return new Watched(config, Consumption.By.PROCESSING);
    }

    @Override
    public Consumer<byte[], byte[]> getRestoreConsumer(Map<String, Object> config) {
        return new Watched(config, Consumption.By.RESTORING);
    }

    @Override
    public Consumer<byte[], byte[]> getGlobalConsumer(Map<String, Object> config) {
        return new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    @Override
    public Producer<byte[], byte[]> getProducer(Map<String, Object> config) {
        return new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer());
    }

    @Override
    public void onRestoreStart(TopicPartition partition, String store, long from, long to) {
        log.infof("Reading %s again, from %d to %d", partition, from, to);
    }

    @Override
    public void onBatchRestored(TopicPartition partition, String store, long last, long records) {
        consumption.applied(partition, Consumption.By.RESTORING, last);
    }

    @Override
    public void onRestoreEnd(TopicPartition partition, String store, long records) {
        log.infof("Read %d records of %s", records, partition);
    }

    @Override
    public void onUpdateStart(TopicPartition partition, String store, long from) {
        log.infof("Keeping a copy of %s, from %d on", partition, from);
    }

    @Override
    public void onBatchLoaded(TopicPartition partition, String store, TaskId task, long last, long records, long end) {
        consumption.applied(partition, Consumption.By.RESTORING, last);
    }

    @Override
    public void onUpdateSuspended(
            TopicPartition partition, String store, long last, long end, StandbyUpdateListener.SuspendReason reason) {
        log.infof("The copy of %s stands at %d: %s", partition, last, reason);
    }

    /** Whether records before this one may be gone: those of the moment it was appended may be compacted by now. */
    static boolean late(ConsumerRecord<?, ?> record, Duration whole, long nowMillis) {
        return record.timestampType() == TimestampType.LOG_APPEND_TIME
                && nowMillis - record.timestamp() > whole.toMillis();
    }

    /** A consumer that tells. */
    private final class Watched extends KafkaConsumer<byte[], byte[]> {
        private final Consumption.By by;

        Watched(Map<String, Object> config, Consumption.By by) {
            super(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
            this.by = by;
        }

        @Override
        public ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
            // Before records are handed out: where a partition has no committed offset yet, asking throws, as polling
            // does,
            // and Kafka Streams goes on from the beginning there. Records in hand would be lost with the throw.
            assignment().forEach(this::tellPosition); // it moves over transaction markers, too
            ConsumerRecords<byte[], byte[]> records = super.poll(timeout);
            for (TopicPartition partition : records.partitions()) {
                List<ConsumerRecord<byte[], byte[]>> polled = records.records(partition);
                consumption.polled(partition, by, polled.get(polled.size() - 1).offset());
                if (late(polled.get(0), whole, clock.millis())) {
                    partitions.fellBehind(partition);
                }
            }
            return records;
        }

        private void tellPosition(TopicPartition partition) {
            try {
                consumption.reached(partition, by, position(partition, Duration.ZERO));
            } catch (TimeoutException e) {
                // Not looked up yet; after one of the next polls it is.
                log.debugf("The position in %s is not known yet", partition);
            }
        }
    }
}
