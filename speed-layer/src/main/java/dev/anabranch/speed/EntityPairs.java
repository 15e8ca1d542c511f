package dev.anabranch.speed;

import java.util.Arrays;
import java.util.Comparator;
import java.util.NoSuchElementException;
import java.util.function.BiConsumer;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;

/**
 * An entity, which is the part of a key before the first 0, and its pairs in the order of their keys. Whatever is asked most lies
 * close together: each object on the way is a cache miss. A few pairs take little room; many lie in runs, so that one that comes
 * between others moves no more than {@value #LONGEST_RUN} of them. Equal to whatever has the same name. Used by one thread;
 * nothing may be written while an iterator is in use.
 */
final class EntityPairs {
    /** That of their keys: an entity that begins another comes before it, for 0 comes before whatever follows. */
    static final Comparator<EntityPairs> IN_ORDER =
            (one, other) -> Arrays.compareUnsigned(one.key, 0, one.length, other.key, 0, other.length);

    private static final int LONGEST_RUN = 512;
    private static final Run[] NONE = {};

    private final byte[] key;
    private final int length;
    private final int hash;
    private Run first;
    private Run[] later = NONE; // as long as the first is not full

    private EntityPairs(byte[] key, int length, int hash) {
        this.key = key;
        this.length = length;
        this.hash = hash;
    }

    /** The entity that a key is about, without a pair. Its name lies where it is: that copies nothing. */
    static EntityPairs of(byte[] key) {
        int hash = 1;
        int length = 0;
        while (length < key.length && key[length] != 0) {
            hash = 31 * hash + key[length++];
        }
        return new EntityPairs(key, length, hash);
    }

    /** How many bytes its name has. */
    int length() {
        return length;
    }

    boolean nameStartsWith(byte[] prefix) {
        return length >= prefix.length && Arrays.equals(key, 0, prefix.length, prefix, 0, prefix.length);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof EntityPairs that
                && length == that.length
                && Arrays.equals(key, 0, length, that.key, 0, length);
    }

    @Override
    public int hashCode() {
        return hash;
    }

    boolean isEmpty() {
        return first == null || first.size == 0;
    }

    byte[] get(byte[] sought) {
        if (first == null) {
            return null;
        }
        Run run = run(runOf(sought));
        int at = run.search(sought);
        return at < 0 ? null : run.value(at);
    }

    /** @return whether the key is new */
    boolean put(byte[] added, byte[] value) {
        if (first == null) {
            first = new Run(1);
        }
        int number = runOf(added);
        Run run = run(number);
        int at = run.search(added);
        if (at >= 0) {
            run.pairs[2 * at + 1] = value;
            return false;
        }
        if (run.size == LONGEST_RUN) {
            Run[] more = new Run[later.length + 1];
            System.arraycopy(later, 0, more, 0, number);
            more[number] = run.split();
            System.arraycopy(later, number, more, number + 1, later.length - number);
            later = more;
            return put(added, value);
        }
        run.insert(-at - 1, added, value);
        return true;
    }

    /** @return the value it had; null when it was not there */
    byte[] remove(byte[] gone) {
        if (first == null) {
            return null;
        }
        int number = runOf(gone);
        Run run = run(number);
        int at = run.search(gone);
        if (at < 0) {
            return null;
        }
        byte[] before = run.value(at);
        run.remove(at);
        if (run.size == 0 && later.length > 0) {
            forget(number);
        }
        return before;
    }

    /** Gives each pair whose key begins so, in order. */
    void scan(byte[] prefix, BiConsumer<byte[], byte[]> each) {
        if (first == null) {
            return;
        }
        int number = runOf(prefix);
        int at = run(number).from(prefix);
        for (; number <= later.length; number++, at = 0) {
            Run run = run(number);
            for (; at < run.size; at++) {
                if (!startsWith(run.key(at), prefix)) {
                    return;
                }
                each.accept(run.key(at), run.value(at));
            }
        }
    }

    /** The same, for who wants to be asked. */
    KeyValueIterator<Bytes, byte[]> startingWith(byte[] prefix) {
        return new Walk(prefix);
    }

    private Run run(int number) {
        return number == 0 ? first : later[number - 1];
    }

    /** The last run that begins at or before the key; the first when none does. */
    private int runOf(byte[] sought) {
        int low = 0;
        int high = later.length - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            if (Arrays.compareUnsigned(later[middle].key(0), sought) <= 0) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }

    private void forget(int number) {
        if (number == 0) {
            first = later[0];
        }
        Run[] fewer = new Run[later.length - 1];
        int gone = Math.max(0, number - 1);
        System.arraycopy(later, 0, fewer, 0, gone);
        System.arraycopy(later, gone + 1, fewer, gone, fewer.length - gone);
        later = fewer;
    }

    private static boolean startsWith(byte[] key, byte[] prefix) {
        return key.length >= prefix.length && Arrays.equals(key, 0, prefix.length, prefix, 0, prefix.length);
    }

    /** Some pairs, in order: a key, its value, the next key, its value. */
    private static final class Run {
        private byte[][] pairs;
        private int size;

        Run(int room) {
            pairs = new byte[2 * room][];
        }

        byte[] key(int at) {
            return pairs[2 * at];
        }

        byte[] value(int at) {
            return pairs[2 * at + 1];
        }

        /** Where the key is; {@code -(where it would be) - 1} when it is not there. What comes most is the last, or comes after it. */
        int search(byte[] sought) {
            int low = 0;
            int high = size - 1;
            int middle = high;
            while (low <= high) {
                int order = Arrays.compareUnsigned(pairs[2 * middle], sought);
                if (order == 0) {
                    return middle;
                }
                if (order < 0) {
                    low = middle + 1;
                } else {
                    high = middle - 1;
                }
                middle = (low + high) >>> 1;
            }
            return -low - 1;
        }

        /** Where the first key is that begins so or comes later. */
        int from(byte[] prefix) {
            int at = search(prefix);
            return at >= 0 ? at : -at - 1;
        }

        void insert(int at, byte[] key, byte[] value) {
            if (2 * size == pairs.length) {
                pairs = Arrays.copyOf(pairs, 2 * Math.min(LONGEST_RUN, size + (size >> 1) + 1));
            }
            System.arraycopy(pairs, 2 * at, pairs, 2 * at + 2, 2 * (size - at));
            pairs[2 * at] = key;
            pairs[2 * at + 1] = value;
            size++;
        }

        void remove(int at) {
            size--;
            System.arraycopy(pairs, 2 * at + 2, pairs, 2 * at, 2 * (size - at));
            pairs[2 * size] = null;
            pairs[2 * size + 1] = null;
        }

        /** Gives away its later half. */
        Run split() {
            int half = size / 2;
            Run other = new Run(LONGEST_RUN);
            other.size = size - half;
            System.arraycopy(pairs, 2 * half, other.pairs, 0, 2 * other.size);
            Arrays.fill(pairs, 2 * half, 2 * size, null);
            size = half;
            return other;
        }
    }

    private final class Walk implements KeyValueIterator<Bytes, byte[]> {
        private final byte[] prefix;
        private int number;
        private int at;

        Walk(byte[] prefix) {
            this.prefix = prefix;
            number = runOf(prefix);
            at = first == null ? 0 : run(number).from(prefix);
        }

        @Override
        public boolean hasNext() {
            if (first == null) {
                return false;
            }
            if (at == run(number).size && number < later.length) {
                number++;
                at = 0;
            }
            return at < run(number).size && startsWith(run(number).key(at), prefix);
        }

        @Override
        public KeyValue<Bytes, byte[]> next() {
            Bytes next = peekNextKey();
            return new KeyValue<>(next, run(number).value(at++));
        }

        @Override
        public Bytes peekNextKey() {
            if (!hasNext()) {
                throw new NoSuchElementException("There is no further pair");
            }
            return Bytes.wrap(run(number).key(at));
        }

        @Override
        public void close() {
            // nothing is held
        }
    }
}
