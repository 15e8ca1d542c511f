package dev.anabranch.serving;

import dev.anabranch.view.KeyValues;
import dev.anabranch.view.MemoryKeyValues;
import java.util.Map;
import org.apache.kafka.streams.processor.StateRestoreCallback;
import org.apache.kafka.streams.processor.StateStore;
import org.apache.kafka.streams.processor.StateStoreContext;
import org.apache.kafka.streams.state.StoreBuilder;

/**
 * One partition of a view topic as Kafka Streams manages it. The stream thread writes; queries read {@link #values()}
 * from their own threads, past Kafka Streams, because its stores do not promise that a scan sees one moment.
 */
final class PartitionStore implements StateStore {
    private final String name;
    private final MemoryKeyValues values = new MemoryKeyValues();
    private volatile boolean open;

    private PartitionStore(String name) {
        this.name = name;
    }

    static StoreBuilder<PartitionStore> named(String name) {
        return new Builder(name);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public void init(StateStoreContext context, StateStore root) {
        StateRestoreCallback restore = this::apply;
        context.register(root, restore);
        open = true;
    }

    /** Makes a record of the topic true: its value replaces the one before, none removes it. */
    void apply(byte[] key, byte[] value) {
        if (value == null) {
            values.delete(key);
        } else {
            values.put(key, value);
        }
    }

    KeyValues values() {
        return values;
    }

    @Override
    public void close() {
        open = false;
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
    private record Builder(String name) implements StoreBuilder<PartitionStore> {
        @Override
        public PartitionStore build() {
            return new PartitionStore(name);
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
