package dev.anabranch.speed;

import dev.anabranch.view.KeyValues;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.internals.WrappedStateStore;

/**
 * A store of Kafka Streams as one partition of a view topic. A task runs on one thread, so nothing is written during a
 * scan.
 */
final class StoreKeyValues implements KeyValues.Writable {
    private static final ByteArraySerializer AS_IS = new ByteArraySerializer();

    private final KeyValueStore<Bytes, byte[]> store;
    private final EntityStore heap;

    /** @param heap the same store as it lies on the heap, below all that measures and logs it; null when it does not */
    private StoreKeyValues(KeyValueStore<Bytes, byte[]> store, EntityStore heap) {
        this.store = store;
        this.heap = heap;
    }

    /** A store as a task has it. To measure a read of the heap costs more than the read: it is made below the wrappers. */
    static StoreKeyValues of(KeyValueStore<Bytes, byte[]> store) {
        EntityStore heap = store instanceof EntityStore own
                ? own
                : store instanceof WrappedStateStore<?, ?, ?> wrapped ? wrapped.findInner(EntityStore.class) : null;
        return new StoreKeyValues(store, heap);
    }

    @Override
    public byte[] get(byte[] key) {
        return heap == null ? store.get(Bytes.wrap(key)) : heap.get(key);
    }

    @Override
    public void scan(byte[] prefix, BiConsumer<byte[], byte[]> each) {
        if (heap != null) {
            heap.scan(prefix, each);
            return;
        }
        try (KeyValueIterator<Bytes, byte[]> pairs =
                prefix.length == 0 ? store.range(null, null) : store.prefixScan(prefix, AS_IS)) {
            while (pairs.hasNext()) {
                KeyValue<Bytes, byte[]> pair = pairs.next();
                each.accept(pair.key.get(), pair.value);
            }
        }
    }

    @Override
    public void eachKey(Consumer<byte[]> each) {
        if (heap != null) {
            heap.eachKey(each);
            return;
        }
        try (KeyValueIterator<Bytes, byte[]> pairs = store.all()) {
            while (pairs.hasNext()) {
                each.accept(pairs.next().key.get());
            }
        }
    }

    @Override
    public void put(byte[] key, byte[] value) {
        store.put(Bytes.wrap(key), value);
    }

    @Override
    public void delete(byte[] key) {
        store.delete(Bytes.wrap(key));
    }
}
