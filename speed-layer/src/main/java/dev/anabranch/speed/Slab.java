package dev.anabranch.speed;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Pairs of a key and a value, one after the other in a single array, found by a table with open addressing. However many they
 * are, the garbage collector sees two arrays, and a pair costs its bytes, 16 to 24 more, and up to half of all that as room to grow.
 */
final class Slab {
    private static final VarHandle INTS = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.nativeOrder())
            .withInvokeExactBehavior();
    /** Before each pair: how long its key and its value are. */
    private static final int HEADER = 2 * Integer.BYTES;

    private static final int LEAST_BYTES = 256;

    private int[] table = new int[16]; // where a pair begins, and one more; 0 where there is none
    private byte[] bytes = new byte[LEAST_BYTES];
    private int end; // of what is written
    private int standing; // bytes of the pairs that were not replaced or removed
    private int size;

    int size() {
        return size;
    }

    /** @param hash of the key: the same for each of its bytes, and different bits of it for keys that meet in one slab */
    byte[] get(byte[] key, int hash) {
        int at = table[slot(key, hash)] - 1;
        if (at < 0) {
            return null;
        }
        int from = at + HEADER + key.length;
        return Arrays.copyOfRange(bytes, from, from + valueLength(at));
    }

    void put(byte[] key, int hash, byte[] value) {
        int slot = slot(key, hash);
        int at = table[slot] - 1;
        if (at >= 0 && valueLength(at) == value.length) {
            System.arraycopy(value, 0, bytes, at + HEADER + key.length, value.length);
            return;
        }
        int length = Math.addExact(Math.addExact(HEADER, key.length), value.length);
        if (at >= 0) {
            standing -= length(at);
            table[slot] = 0; // it need not be moved
        }
        if (bytes.length - end < length) {
            makeRoom(length);
        }
        if (at < 0) {
            size++;
        }
        table[slot] = end + 1;
        INTS.set(bytes, end, key.length);
        INTS.set(bytes, end + Integer.BYTES, value.length);
        System.arraycopy(key, 0, bytes, end + HEADER, key.length);
        System.arraycopy(value, 0, bytes, end + HEADER + key.length, value.length);
        end += length;
        standing += length;
        if (size > table.length / 2) {
            widen();
        }
    }

    /** @return whether it was there */
    boolean remove(byte[] key, int hash) {
        int slot = slot(key, hash);
        int at = table[slot] - 1;
        if (at < 0) {
            return false;
        }
        standing -= length(at);
        size--;
        close(slot);
        return true;
    }

    /** All keys, in no order. */
    List<byte[]> keys() {
        List<byte[]> keys = new ArrayList<>(size);
        for (int pair : table) {
            if (pair > 0) {
                keys.add(key(pair - 1));
            }
        }
        return keys;
    }

    /** Where a key is, or would come to. */
    private int slot(byte[] key, int hash) {
        int mask = table.length - 1;
        int slot = hash & mask;
        while (table[slot] > 0 && !isAt(table[slot] - 1, key)) {
            slot = slot + 1 & mask;
        }
        return slot;
    }

    private boolean isAt(int at, byte[] key) {
        int from = at + HEADER;
        return keyLength(at) == key.length && Arrays.equals(bytes, from, from + key.length, key, 0, key.length);
    }

    /** Frees a slot: what was put past it because it was taken moves up. */
    private void close(int freed) {
        int mask = table.length - 1;
        int free = freed;
        for (int slot = free + 1 & mask; table[slot] > 0; slot = slot + 1 & mask) {
            int home = SlabStore.hash(key(table[slot] - 1)) & mask;
            if ((slot - home & mask) >= (slot - free & mask)) {
                table[free] = table[slot];
                free = slot;
            }
        }
        table[free] = 0;
    }

    /** Leaves out what does not stand any more, and makes the array longer when it is full of what does. */
    private void makeRoom(int more) {
        int needed = Math.addExact(standing, more);
        byte[] next = new byte[Math.max(LEAST_BYTES, Math.toIntExact(needed + needed / 2L))];
        int to = 0;
        for (int slot = 0; slot < table.length; slot++) {
            if (table[slot] > 0) {
                int at = table[slot] - 1;
                int length = length(at);
                System.arraycopy(bytes, at, next, to, length);
                table[slot] = to + 1;
                to += length;
            }
        }
        bytes = next;
        end = to;
    }

    private void widen() {
        int[] before = table;
        table = new int[before.length * 2];
        int mask = table.length - 1;
        for (int pair : before) {
            if (pair > 0) {
                int slot = SlabStore.hash(key(pair - 1)) & mask;
                while (table[slot] > 0) {
                    slot = slot + 1 & mask;
                }
                table[slot] = pair;
            }
        }
    }

    private byte[] key(int at) {
        int from = at + HEADER;
        return Arrays.copyOfRange(bytes, from, from + keyLength(at));
    }

    private int keyLength(int at) {
        return (int) INTS.get(bytes, at);
    }

    private int valueLength(int at) {
        return (int) INTS.get(bytes, at + Integer.BYTES);
    }

    private int length(int at) {
        return HEADER + keyLength(at) + valueLength(at);
    }
}
