package dev.anabranch.aggregate;

import dev.anabranch.view.Monoid;
import java.io.IOException;
import java.io.Serializable;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiConsumer;
import org.apache.avro.io.Decoder;
import org.apache.avro.io.Encoder;

/**
 * An aggregate for each of several keys: {@code plus} adds key by key, so it is as exact as that of its parts. It grows
 * with the number of different keys in a window; what may have many is divided among several entities.
 *
 * @param <A> the part
 */
public final class ByKey<A> implements Serializable {
    private static final ByKey<?> EMPTY = new ByKey<>(new String[0], new Object[0]);

    private final String[] keys; // in order
    private final Object[] parts;

    private ByKey(String[] keys, Object[] parts) {
        this.keys = keys;
        this.parts = parts;
    }

    /** The monoid over parts of {@code part}. */
    public static <A> Monoid<ByKey<A>> of(Monoid<A> part) {
        return new ByKeyMonoid<>(part);
    }

    @SuppressWarnings("unchecked") // it holds nothing
    public static <A> ByKey<A> none() {
        return (ByKey<A>) EMPTY;
    }

    public static <A> ByKey<A> one(String key, A part) {
        return new ByKey<>(new String[] {key}, new Object[] {part});
    }

    public int size() {
        return keys.length;
    }

    /** The part of a key; {@code otherwise} when there is none. */
    @SuppressWarnings("unchecked") // only parts are put in
    public A get(String key, A otherwise) {
        int at = Arrays.binarySearch(keys, key);
        return at < 0 ? otherwise : (A) parts[at];
    }

    /** The parts by key, in the order of the keys: what an answer about a view shows. */
    public Map<String, A> getParts() {
        Map<String, A> byKey = new LinkedHashMap<>();
        forEach(byKey::put);
        return byKey;
    }

    /** Each key with its part, in the order of the keys. */
    @SuppressWarnings("unchecked") // only parts are put in
    public void forEach(BiConsumer<String, A> each) {
        for (int i = 0; i < keys.length; i++) {
            each.accept(keys[i], (A) parts[i]);
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ByKey<?> that && Arrays.equals(keys, that.keys) && Arrays.equals(parts, that.parts);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(keys) + Arrays.hashCode(parts);
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("{");
        for (int i = 0; i < keys.length; i++) {
            text.append(i == 0 ? "" : ", ").append(keys[i]).append('=').append(parts[i]);
        }
        return text.append('}').toString();
    }

    private static final class ByKeyMonoid<A> implements Monoid<ByKey<A>> {
        private final Monoid<A> part;

        ByKeyMonoid(Monoid<A> part) {
            this.part = part;
        }

        @Override
        public ByKey<A> empty() {
            return none();
        }

        @Override
        @SuppressWarnings("unchecked") // only parts are put in
        public ByKey<A> plus(ByKey<A> left, ByKey<A> right) {
            if (left.keys.length == 0) {
                return right;
            }
            if (right.keys.length == 0) {
                return left;
            }
            String[] keys = new String[left.keys.length + right.keys.length];
            Object[] parts = new Object[keys.length];
            int size = 0;
            int l = 0;
            int r = 0;
            while (l < left.keys.length || r < right.keys.length) {
                int order =
                        l == left.keys.length ? 1 : r == right.keys.length ? -1 : left.keys[l].compareTo(right.keys[r]);
                keys[size] = order <= 0 ? left.keys[l] : right.keys[r];
                parts[size++] = order < 0
                        ? left.parts[l++]
                        : order > 0 ? right.parts[r++] : part.plus((A) left.parts[l++], (A) right.parts[r++]);
            }
            return new ByKey<>(Arrays.copyOf(keys, size), Arrays.copyOf(parts, size));
        }

        @Override
        @SuppressWarnings("unchecked") // only parts are put in
        public void write(ByKey<A> all, Encoder out) throws IOException {
            out.writeInt(all.keys.length);
            for (int i = 0; i < all.keys.length; i++) {
                out.writeString(all.keys[i]);
                part.write((A) all.parts[i], out);
            }
        }

        @Override
        public ByKey<A> read(Decoder in) throws IOException {
            int size = in.readInt();
            String[] keys = new String[size];
            Object[] parts = new Object[size];
            for (int i = 0; i < size; i++) {
                keys[i] = in.readString();
                parts[i] = part.read(in);
            }
            return size == 0 ? none() : new ByKey<>(keys, parts);
        }
    }
}
