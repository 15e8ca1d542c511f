package dev.anabranch.view;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class MemoryKeyValuesTest {
    /** Of few kinds, so that keys share beginnings, begin each other and come again; the signed bytes among them are the larger ones. */
    private static final byte[] BYTES = {0, 1, 'a', 127, (byte) 128, (byte) 255};

    private record Write(byte[] key, byte[] value) {}

    @Property(tries = 300)
    void holdsWhatASortedMapHolds(@ForAll("writes") List<Write> writes, @ForAll("key") byte[] prefix) {
        MemoryKeyValues values = new MemoryKeyValues();
        TreeMap<byte[], byte[]> sorted = new TreeMap<>(Arrays::compareUnsigned);
        for (Write write : writes) {
            apply(write, values, sorted);
        }
        assertSame(values, sorted);
        assertThat(scanned(values, prefix)).isEqualTo(scanned(sorted, prefix));
        writes.forEach(write -> assertThat(values.get(write.key)).isEqualTo(sorted.get(write.key)));
        assertThat(values.get(prefix)).isEqualTo(sorted.get(prefix));
    }

    @Test
    void holdsWhatASortedMapHoldsWhileItGrowsAndShrinksByThousandsOfLongKeys() {
        Random random = new Random(5);
        MemoryKeyValues values = new MemoryKeyValues();
        TreeMap<byte[], byte[]> sorted = new TreeMap<>(Arrays::compareUnsigned);
        for (int phase = 0; phase < 6; phase++) {
            int deletesOfTen = phase % 2 == 0 ? 2 : 8;
            for (int i = 0; i < 5_000; i++) {
                byte[] key = longKey(random);
                byte[] value = random.nextInt(10) < deletesOfTen ? null : bytes("v" + i);
                apply(new Write(key, value), values, sorted);
            }
            assertSame(values, sorted);
        }
        for (byte[] key : new ArrayList<>(sorted.keySet())) {
            apply(new Write(key, null), values, sorted);
        }
        assertSame(values, sorted);
        apply(new Write(bytes("again"), bytes("there")), values, sorted);
        assertSame(values, sorted);
    }

    @Test
    void eachOfAllKeysMayBeKept() {
        MemoryKeyValues values = new MemoryKeyValues();
        for (int i = 0; i < 100; i++) {
            values.put(bytes("key " + (char) ('A' + i)), bytes("v"));
        }
        List<byte[]> kept = new ArrayList<>();
        values.eachKey(kept::add);
        values.put(bytes("key "), bytes("v"));
        kept.forEach(values::delete);
        assertThat(values.size()).isOne();
    }

    private static void apply(Write write, MemoryKeyValues values, Map<byte[], byte[]> sorted) {
        if (write.value == null) {
            values.delete(write.key);
            sorted.remove(write.key);
        } else {
            values.put(write.key, write.value);
            sorted.put(write.key, write.value);
        }
    }

    private static void assertSame(MemoryKeyValues values, TreeMap<byte[], byte[]> sorted) {
        assertThat(values.size()).isEqualTo(sorted.size());
        assertThat(scanned(values, new byte[0])).isEqualTo(scanned(sorted, new byte[0]));
        sorted.forEach((key, value) -> assertThat(values.get(key)).isSameAs(value));
    }

    private static List<List<Byte>> scanned(MemoryKeyValues values, byte[] prefix) {
        List<List<Byte>> scanned = new ArrayList<>();
        values.scan(prefix, (key, value) -> {
            scanned.add(boxed(key));
            scanned.add(boxed(value));
        });
        return scanned;
    }

    private static List<List<Byte>> scanned(TreeMap<byte[], byte[]> sorted, byte[] prefix) {
        List<List<Byte>> scanned = new ArrayList<>();
        sorted.forEach((key, value) -> {
            if (key.length >= prefix.length && Arrays.equals(key, 0, prefix.length, prefix, 0, prefix.length)) {
                scanned.add(boxed(key));
                scanned.add(boxed(value));
            }
        });
        return scanned;
    }

    private static List<Byte> boxed(byte[] bytes) {
        List<Byte> boxed = new ArrayList<>();
        for (byte each : bytes) {
            boxed.add(each);
        }
        return boxed;
    }

    /** Some share hundreds of bytes, some are hundreds of bytes apart. */
    private static byte[] longKey(Random random) {
        StringBuilder key = new StringBuilder("entity ").append(random.nextInt(40));
        if (random.nextInt(8) == 0) {
            key.append("x".repeat(random.nextInt(400)));
        }
        return bytes(key.append('\0').append(random.nextInt(100)).toString());
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Provide
    Arbitrary<List<Write>> writes() {
        Arbitrary<byte[]> value =
                Arbitraries.bytes().array(byte[].class).ofMaxSize(3).injectNull(.3);
        return key().flatMap(key -> value.map(v -> new Write(key, v))).list().ofMaxSize(400);
    }

    @Provide
    Arbitrary<byte[]> key() {
        return Arbitraries.of(BYTES[0], BYTES[1], BYTES[2], BYTES[3], BYTES[4], BYTES[5])
                .array(byte[].class)
                .ofMaxSize(5);
    }
}
