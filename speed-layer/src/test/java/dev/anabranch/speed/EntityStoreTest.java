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

class EntityStoreTest {
    @Property(tries = 300)
    void itHoldsWhatAnySortedMapHolds(@ForAll long seed) {
        Random random = new Random(seed);
        EntityStore store = new EntityStore("test");
        StoreKeyValues values = new StoreKeyValues(store);
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
            assertThat(store.approximateNumEntries()).isEqualTo(sorted.size());
        }
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
