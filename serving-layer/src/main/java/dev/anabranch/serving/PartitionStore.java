package dev.anabranch.serving;

import dev.anabranch.view.MemoryKeyValues;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.streams.processor.StateRestoreCallback;
import org.apache.kafka.streams.processor.StateStore;
import org.apache.kafka.streams.processor.StateStoreContext;
import org.apache.kafka.streams.state.StoreBuilder;

/**
 * One partition of a view topic as Kafka Streams manages it. The stream thread writes; queries read them
 * through {@link Partitions}, from their own threads and past Kafka Streams, because its stores do not promise that a scan
 * sees one moment.
 */
final class PartitionStore implements StateStore {
    private final String topic;
    private final Partitions partitions;
    private final Consumption consumption;
    private TopicPartition source;
    private MemoryKeyValues values;
    private volatile boolean open;

    private PartitionStore(String topic, Partitions partitions, Consumption consumption) {
        this.topic = topic;
        this.partitions = partitions;
        this.consumption = consumption;
    }

    /** Stores of the partitions of {@code topic}, named like it, that tell {@code partitions} when they are open. */
    static StoreBuilder<PartitionStore> of(String topic, Partitions partitions, Consumption consumption) {
        return new Builder(topic, partitions, consumption);
    }

    @Override
    public String name() {
        return topic;
    }

    @Override
    public void init(StateStoreContext context, StateStore root) {
        source = new TopicPartition(topic, context.taskId().partition());
        values = new MemoryKeyValues(); // a task that is revived reads everything again
        consumption.restart(source, Consumption.By.RESTORING);
        StateRestoreCallback restore = this::apply;
        context.register(root, restore);
        open = true;
        partitions.opened(source, values);
    }

    /** Makes a record of the topic true: its value replaces the one before, none removes it. */
    void apply(byte[] key, byte[] value) {
        if (value == null) {
            values.delete(key);
        } else {
            values.put(key, value);
        }
    }

    @Override
    public void close() {
        if (open) {
            open = false;
            partitions.closed(source, values);
            consumption.forget(source);
        }
    }

    @Override
    public boolean persistent() {
        return false;
    }

    @Override
    public boolean isOpen() {
        return open;
    }

    /** The topic itself is the changelog, and a cache would only delay what queries see: there is nothing to choose. */
    private record Builder(String name, Partitions partitions, Consumption consumption)
            implements StoreBuilder<PartitionStore> {
        @Override
        public PartitionStore build() {
            return new PartitionStore(name, partitions, consumption);
        }

        @Override
        public StoreBuilder<PartitionStore> withCachingEnabled() {
            throw new UnsupportedOperationException("Store " + name + " is read at once and must not be cached");
        }

        @Override
        public StoreBuilder<PartitionStore> withCachingDisabled() {
            return this;
        }

        @Override
        public StoreBuilder<PartitionStore> withLoggingEnabled(Map<String, String> config) {
            throw new UnsupportedOperationException("Store " + name + " is its topic and must not have a changelog");
        }

        @Override
        public StoreBuilder<PartitionStore> withLoggingDisabled() {
            return this;
        }

        @Override
        public Map<String, String> logConfig() {
            return Map.of();
        }

        @Override
        public boolean loggingEnabled() {
            return false;
        }
    }
}
