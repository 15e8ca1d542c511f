package dev.anabranch.speed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.view.KeyValues;
import dev.anabranch.view.MemoryKeyValues;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.state.KeyValueIterator;

class EntityStoreTest {
    @Property(tries = 300)
    void itHoldsWhatAnySortedMapHolds(@ForAll long seed) {
        Random random = new Random(seed);
        EntityStore store = new EntityStore("test");
        StoreKeyValues values = StoreKeyValues.of(store);
        MemoryKeyValues sorted = new MemoryKeyValues();
        for (int i = 0; i < 200; i++) {
            byte[] key = bytes(random, 1 + random.nextInt(6));
            if (random.nextInt(3) == 0) {
                values.delete(key);
                sorted.delete(key);
            } else {
                byte[] value = bytes(random, 2);
                values.put(key, value);
                sorted.put(key, value);
            }
            byte[] asked = bytes(random, random.nextInt(4));
            assertThat(values.get(asked)).isEqualTo(sorted.get(asked));
            assertThat(scanned(values, asked)).isEqualTo(scanned(sorted, asked));
            assertThat(iterated(store, asked)).isEqualTo(scanned(sorted, asked));
            assertThat(store.approximateNumEntries()).isEqualTo(sorted.size());
        }
    }

    @Property(tries = 20)
    void manyKeysOfOneEntityAreInOrderHoweverTheyCome(@ForAll long seed) {
        Random random = new Random(seed);
        EntityStore store = new EntityStore("test");
        StoreKeyValues values = StoreKeyValues.of(store);
        MemoryKeyValues sorted = new MemoryKeyValues();
        int apart = 1 + random.nextInt(3); // in order, nearly, or not at all
        for (int i = 0; i < 5_000; i++) {
            byte[] key = {
                'a', 0, (byte) (i >> 8), (byte) (i + random.nextInt(apart * 100 - 99)), (byte) random.nextInt(2)
            };
            if (random.nextInt(4) == 0) {
                values.delete(key);
                sorted.delete(key);
            } else {
                values.put(key, bytes(random, 1));
                sorted.put(key, values.get(key));
            }
        }
        for (byte[] asked : new byte[][] {{'a', 0}, {'a', 0, 7}, {'a', 0, 19, 1}, {}, {'b', 0}}) {
            assertThat(scanned(values, asked)).isEqualTo(scanned(sorted, asked));
            assertThat(iterated(store, asked)).isEqualTo(scanned(sorted, asked));
        }
        List<String> keys = new ArrayList<>();
        sorted.eachKey(key -> keys.add(Arrays.toString(key)));
        List<String> held = new ArrayList<>();
        values.eachKey(key -> held.add(Arrays.toString(key)));
        assertThat(held).containsExactlyInAnyOrderElementsOf(keys);
        keys.forEach(key -> values.delete(parsed(key)));
        assertThat(scanned(values, new byte[0])).isEmpty();
    }

    /** As Kafka Streams reads it. */
    private static List<String> iterated(EntityStore store, byte[] prefix) {
        List<String> pairs = new ArrayList<>();
        try (KeyValueIterator<Bytes, byte[]> found = store.prefixScan(prefix, new ByteArraySerializer())) {
            found.forEachRemaining(pair -> pairs.add(Arrays.toString(pair.key.get()) + Arrays.toString(pair.value)));
        }
        return pairs;
    }

    private static byte[] parsed(String text) {
        String[] parts = text.substring(1, text.length() - 1).split(", ");
        byte[] bytes = new byte[parts.length];
        for (int i = 0; i < parts.length; i++) {
            bytes[i] = Byte.parseByte(parts[i]);
        }
        return bytes;
    }

    private static List<String> scanned(KeyValues values, byte[] prefix) {
        List<String> pairs = new ArrayList<>();
        values.scan(prefix, (key, value) -> pairs.add(Arrays.toString(key) + Arrays.toString(value)));
        return pairs;
    }

    /** Few different bytes, the separator and the greatest among them. */
    private static byte[] bytes(Random random, int length) {
        byte[] some = {0, 1, 'a', -1};
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = some[random.nextInt(some.length)];
        }
        return bytes;
    }
}
