package dev.anabranch.speed;

import dev.anabranch.view.KeyValues;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * A store of Kafka Streams as one partition of a view topic. A task runs on one thread, so nothing is written during a
 * scan.
 */
final class StoreKeyValues implements KeyValues.Writable {
    private static final ByteArraySerializer AS_IS = new ByteArraySerializer();

    private final KeyValueStore<Bytes, byte[]> store;

    StoreKeyValues(KeyValueStore<Bytes, byte[]> store) {
        this.store = store;
    }

    @Override
    public byte[] get(byte[] key) {
        return store.get(Bytes.wrap(key));
    }

    @Override
    public void scan(byte[] prefix, BiConsumer<byte[], byte[]> each) {
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
