package dev.anabranch.speed;

import java.util.Map;
import java.util.function.Function;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.state.KeyValueBytesStoreSupplier;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;

/** Where the cells and the batch rows are kept while the process runs. Both can be had again from their topics. */
public enum StoreKind {
    /** On the heap: the fastest, and read back from the topics at every start. */
    MEMORY,
    /** On disk under the state directory: for more state than fits the heap. */
    ROCKSDB;

    /** A store whose every write is a record of its changelog. Nothing is cached: a cell is seen after one commit. */
    StoreBuilder<KeyValueStore<Bytes, byte[]>> logged(String name) {
        return Stores.keyValueStoreBuilder(supplier(name), Serdes.Bytes(), Serdes.ByteArray())
                .withLoggingEnabled(Map.of())
                .withCachingDisabled();
    }

    /** A store that holds what a topic says and is restored from that very topic. */
    StoreBuilder<KeyValueStore<Bytes, byte[]>> mirror(String name) {
        return Stores.keyValueStoreBuilder(supplier(name), Serdes.Bytes(), Serdes.ByteArray())
                .withLoggingDisabled()
                .withCachingDisabled();
    }

    /** A store of many small values of which none has to do with another; every write is a record. */
    StoreBuilder<KeyValueStore<Bytes, byte[]>> ofCases(String name) {
        return Stores.keyValueStoreBuilder(
                        this == MEMORY ? new OnHeap(name, SlabStore::new) : Stores.persistentKeyValueStore(name),
                        Serdes.Bytes(),
                        Serdes.ByteArray())
                .withLoggingEnabled(Map.of())
                .withCachingDisabled();
    }

    /**
     * A store of one large value that changes with every record. It is cached: what is written between two commits goes into
     * the changelog once, with the commit.
     */
    StoreBuilder<KeyValueStore<Bytes, byte[]>> ofLearner(String name) {
        return Stores.keyValueStoreBuilder(
                        this == MEMORY ? Stores.inMemoryKeyValueStore(name) : Stores.persistentKeyValueStore(name),
                        Serdes.Bytes(),
                        Serdes.ByteArray())
                .withLoggingEnabled(Map.of())
                .withCachingEnabled();
    }

    private KeyValueBytesStoreSupplier supplier(String name) {
        return this == MEMORY ? new OnHeap(name, EntityStore::new) : Stores.persistentKeyValueStore(name);
    }

    private record OnHeap(String name, Function<String, HeapStore> maker) implements KeyValueBytesStoreSupplier {
        @Override
        public KeyValueStore<Bytes, byte[]> get() {
            return maker.apply(name);
        }

        @Override
        public String metricsScope() {
            return "in-memory";
        }
    }
}
