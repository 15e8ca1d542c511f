package dev.anabranch.speed;

import java.util.Arrays;
import java.util.NoSuchElementException;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;

/**
 * Keys and values in the order of the keys, in arrays: a few pairs take little room, and the next pair lies beside the last. Many
 * lie in runs, so that a pair that comes between others moves no more than {@value #LONGEST_RUN} of them. Used by one
 * thread; nothing may be written while an iterator is in use.
 */
final class SortedPairs {
    private static final int LONGEST_RUN = 512;

    private Run[] runs = {new Run(2)};
    private int count = 1; // of runs

    byte[] get(byte[] key) {
        Run run = runs[runOf(key)];
        int at = run.search(key);
        return at < 0 ? null : run.values[at];
    }

    /** @return whether the key is new */
    boolean put(byte[] key, byte[] value) {
        int number = runOf(key);
        Run run = runs[number];
        int at = run.search(key);
        if (at >= 0) {
            run.values[at] = value;
            return false;
        }
        if (run.size == LONGEST_RUN) {
            insert(number + 1, run.split());
            return put(key, value);
        }
        run.insert(-at - 1, key, value);
        return true;
    }

    /** @return the value it had; null when it was not there */
    byte[] remove(byte[] key) {
        int number = runOf(key);
        Run run = runs[number];
        int at = run.search(key);
        if (at < 0) {
            return null;
        }
        byte[] before = run.values[at];
        run.remove(at);
        if (run.size == 0 && count > 1) {
            System.arraycopy(runs, number + 1, runs, number, count - number - 1);
            runs[--count] = null;
        }
        return before;
    }

    boolean isEmpty() {
        return count == 1 && runs[0].size == 0;
    }

    /** The pairs whose keys begin so, in order; all of them when {@code prefix} is empty. */
    KeyValueIterator<Bytes, byte[]> startingWith(byte[] prefix) {
        return new Walk(prefix);
    }

    /** The last run that begins at or before the key; the first when none does. */
    private int runOf(byte[] key) {
        int low = 1;
        int high = count - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            if (Arrays.compareUnsigned(runs[middle].keys[0], key) <= 0) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return low - 1;
    }

    private void insert(int number, Run run) {
        if (count == runs.length) {
            runs = Arrays.copyOf(runs, 2 * count);
        }
        System.arraycopy(runs, number, runs, number + 1, count - number);
        runs[number] = run;
        count++;
    }

    /** Some pairs, in order. */
    private static final class Run {
        private byte[][] keys;
        private byte[][] values;
        private int size;

        Run(int room) {
            keys = new byte[room][];
            values = new byte[room][];
        }

        /** Where the key is; {@code -(where it would be) - 1} when it is not there. Most that come are the last. */
        int search(byte[] key) {
            if (size == 0 || Arrays.compareUnsigned(keys[size - 1], key) < 0) {
                return -size - 1;
            }
            return Arrays.binarySearch(keys, 0, size, key, Arrays::compareUnsigned);
        }

        void insert(int at, byte[] key, byte[] value) {
            if (size == keys.length) {
                int room = Math.min(LONGEST_RUN, size + (size >> 1) + 1);
                keys = Arrays.copyOf(keys, room);
                values = Arrays.copyOf(values, room);
            }
            System.arraycopy(keys, at, keys, at + 1, size - at);
            System.arraycopy(values, at, values, at + 1, size - at);
            keys[at] = key;
            values[at] = value;
            size++;
        }

        void remove(int at) {
            size--;
            System.arraycopy(keys, at + 1, keys, at, size - at);
            System.arraycopy(values, at + 1, values, at, size - at);
            keys[size] = null;
            values[size] = null;
        }

        /** Gives away its later half. */
        Run split() {
            int half = size / 2;
            Run later = new Run(LONGEST_RUN);
            later.size = size - half;
            System.arraycopy(keys, half, later.keys, 0, later.size);
            System.arraycopy(values, half, later.values, 0, later.size);
            Arrays.fill(keys, half, size, null);
            Arrays.fill(values, half, size, null);
            size = half;
            return later;
        }
    }

    private final class Walk implements KeyValueIterator<Bytes, byte[]> {
        private final byte[] prefix;
        private int run;
        private int at;

        Walk(byte[] prefix) {
            this.prefix = prefix;
            run = runOf(prefix);
            int found = runs[run].search(prefix);
            at = found >= 0 ? found : -found - 1;
        }

        @Override
        public boolean hasNext() {
            if (at == runs[run].size && run + 1 < count) {
                run++;
                at = 0;
            }
            return at < runs[run].size && startsWith(runs[run].keys[at], prefix);
        }

        @Override
        public KeyValue<Bytes, byte[]> next() {
            Bytes key = peekNextKey();
            return new KeyValue<>(key, runs[run].values[at++]);
        }

        @Override
        public Bytes peekNextKey() {
            if (!hasNext()) {
                throw new NoSuchElementException("There is no further pair");
            }
            return Bytes.wrap(runs[run].keys[at]);
        }

        @Override
        public void close() {
            // nothing is held
        }
    }

    private static boolean startsWith(byte[] key, byte[] prefix) {
        return key.length >= prefix.length && Arrays.equals(key, 0, prefix.length, prefix, 0, prefix.length);
    }
}
