package dev.anabranch.speed;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.junit.jupiter.api.Test;

class SlabStoreTest {
    private final SlabStore store = new SlabStore("test");

    @Property(tries = 100)
    void itHoldsWhatAnyMapHolds(@ForAll long seed) {
        Random random = new Random(seed);
        SlabStore store = new SlabStore("test");
        Map<Bytes, Bytes> plain = new HashMap<>();
        int keys = 1 + random.nextInt(3_000); // few are replaced often, many grow
        for (int i = 0; i < 6_000; i++) {
            Bytes key = key(random.nextInt(keys));
            if (random.nextInt(4) == 0) {
                assertThat(store.delete(key)).isEqualTo(bytes(plain.remove(key)));
            } else {
                byte[] value = new byte[random.nextInt(3) * 40];
                random.nextBytes(value);
                store.put(key, value);
                plain.put(key, Bytes.wrap(value));
            }
            Bytes asked = key(random.nextInt(keys));
            assertThat(store.get(asked)).isEqualTo(bytes(plain.get(asked)));
            assertThat(store.approximateNumEntries()).isEqualTo(plain.size());
        }
        assertThat(all(store)).isEqualTo(plain);
    }

    /** A slab has its own part of all hashes, so keys meet in it often when it is small. */
    @Property(tries = 300)
    void keysThatMeetAreToldApartAndNoneIsLostWhenAnotherGoes(@ForAll long seed) {
        Random random = new Random(seed);
        Slab slab = new Slab();
        Map<Bytes, Bytes> plain = new HashMap<>();
        for (int i = 0; i < 400; i++) {
            byte[] key = key(random.nextInt(12)).get();
            byte[] value = new byte[random.nextInt(3)];
            if (random.nextBoolean()) {
                slab.put(key, SlabStore.hash(key), value);
                plain.put(Bytes.wrap(key), Bytes.wrap(value));
            } else {
                assertThat(slab.remove(key, SlabStore.hash(key))).isEqualTo(plain.remove(Bytes.wrap(key)) != null);
            }
            assertThat(slab.size()).isEqualTo(plain.size());
            for (int each = 0; each < 12; each++) {
                byte[] asked = key(each).get();
                assertThat(slab.get(asked, SlabStore.hash(asked))).isEqualTo(bytes(plain.get(Bytes.wrap(asked))));
            }
        }
    }

    @Test
    void whatIsWrittenDuringAnIterationDoesNotDisturbIt() {
        for (int i = 0; i < 5_000; i++) {
            store.put(key(i), new byte[] {1});
        }
        Set<Bytes> seen = new HashSet<>();
        try (KeyValueIterator<Bytes, byte[]> pairs = store.all()) {
            for (int i = 0; pairs.hasNext(); i++) {
                KeyValue<Bytes, byte[]> pair = pairs.next();
                assertThat(seen.add(pair.key)).as("told once").isTrue();
                assertThat(pair.value).isEqualTo(store.get(pair.key));
                store.delete(pair.key);
                store.put(key(10_000 + i), new byte[100]);
            }
        }
        for (int i = 0; i < 5_000; i++) {
            assertThat(seen).contains(key(i));
        }
    }

    @Test
    void anIterationTellsOfWhatIsThereWhenItIsItsTurn() {
        for (int i = 0; i < 5_000; i++) {
            store.put(key(i), new byte[] {1});
        }
        Map<Bytes, Bytes> seen = new HashMap<>();
        try (KeyValueIterator<Bytes, byte[]> pairs = store.all()) {
            KeyValue<Bytes, byte[]> first = pairs.next();
            for (int i = 0; i < 5_000; i++) {
                if (i % 2 == 0) {
                    store.delete(key(i));
                } else {
                    store.put(key(i), new byte[] {2, 3});
                }
            }
            pairs.forEachRemaining(pair -> seen.put(pair.key, Bytes.wrap(pair.value)));
            store.delete(first.key);
            seen.remove(first.key);
        }
        assertThat(seen).isEqualTo(all(store)).hasSizeGreaterThan(2_000);
    }

    @Test
    void nothingIsLeftOfAStoreThatWasClosed() {
        store.put(key(1), new byte[] {1});
        store.close();
        assertThat(store.get(key(1))).isNull();
        assertThat(store.approximateNumEntries()).isZero();
    }

    private static Map<Bytes, Bytes> all(SlabStore store) {
        Map<Bytes, Bytes> all = new HashMap<>();
        try (KeyValueIterator<Bytes, byte[]> pairs = store.all()) {
            pairs.forEachRemaining(pair -> all.put(pair.key, Bytes.wrap(pair.value)));
        }
        return all;
    }

    private static Bytes key(int number) {
        return Bytes.wrap(("payment-" + number).getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] bytes(Bytes wrapped) {
        return wrapped == null ? null : wrapped.get();
    }
}
