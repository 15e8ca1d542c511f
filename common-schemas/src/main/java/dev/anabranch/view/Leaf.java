package dev.anabranch.view;

import java.util.Arrays;
import java.util.function.BiConsumer;

/**
 * Some pairs of a partition that follow each other, in the order of their keys. The keys lie in one array: of each, how many bytes it shares
 * with the one before, how many more it has, and those. So the name of an entity and that of a topic lie there once for
 * many cells, and no object is spent on a key.
 */
final class Leaf {
    /** A key is looked for from the first one on, so they are to be few. */
    static final int MOST = 32;

    private static final int ROOM = 64;
    private static final int SEVEN_BITS = 7;

    private byte[] keys = new byte[ROOM];
    private int end;
    private byte[][] values = new byte[4][];
    private int size;

    /** Where a key is, or would come. One for every search, or one for all searches of a thread. */
    static final class Place {
        private int index;
        private int at;
        private int sharedBefore;
        private int sharedAfter;
    }

    int size() {
        return size;
    }

    byte[] get(byte[] sought) {
        int index = find(sought, null);
        return index < 0 ? null : values[index];
    }

    /**
     * Gives each pair whose key begins so, in order. Keys of one length are shown in one array: the cells of an entity have keys
     * of one length.
     *
     * @return whether a later leaf may hold further ones
     */
    boolean scan(byte[] prefix, BiConsumer<byte[], byte[]> each) {
        Place place = new Place();
        find(prefix, place);
        byte[] key = prefix; // what the first key shares with one that comes before the prefix, the prefix has, too
        int at = place.at;
        for (int index = place.index; index < size; index++) {
            int shared = number(at);
            at += width(shared);
            int rest = number(at);
            at += width(rest);
            if (shared < prefix.length && !begins(at, rest, prefix, shared)) {
                return false;
            }
            if (key == prefix || key.length != shared + rest) {
                byte[] before = key;
                key = new byte[shared + rest];
                System.arraycopy(before, 0, key, 0, shared);
            }
            System.arraycopy(keys, at, key, shared, rest);
            at += rest;
            each.accept(key, values[index]);
        }
        return true;
    }

    private boolean begins(int at, int rest, byte[] prefix, int shared) {
        int more = prefix.length - shared;
        return rest >= more && Arrays.equals(keys, at, at + more, prefix, shared, prefix.length);
    }

    /**
     * Makes {@code value} that of {@code key}. There may be one pair too many afterwards.
     *
     * @return where it lies, when the key is new; -1 when it is not
     */
    int put(byte[] key, byte[] value, Place place) {
        int found = find(key, place);
        if (found >= 0) {
            values[found] = value;
            return -1;
        }
        insertKey(key, place);
        if (size == values.length) {
            values = Arrays.copyOf(values, Math.min(MOST + 1, size + size / 4 + 2));
        }
        System.arraycopy(values, place.index, values, place.index + 1, size - place.index);
        values[place.index] = value;
        size++;
        return place.index;
    }

    /** The key after it may share more with it than with the one before, and then loses that much of its own. */
    private void insertKey(byte[] key, Place place) {
        int rest = key.length - place.sharedBefore;
        int next = place.at + width(place.sharedBefore) + width(rest) + rest;
        if (place.index == size) {
            room(next);
            end = next;
        } else {
            int shared = number(place.at);
            int restAfter = number(place.at + width(shared));
            int lost = place.sharedAfter - shared;
            int kept = restAfter - lost;
            int own = place.at + width(shared) + width(restAfter);
            move(own + lost, next + width(place.sharedAfter) + width(kept));
            write(next, place.sharedAfter, kept);
        }
        int own = write(place.at, place.sharedBefore, rest);
        System.arraycopy(key, place.sharedBefore, keys, own, rest);
    }

    /** @return whether it was there */
    boolean remove(byte[] key, Place place) {
        int index = find(key, place);
        if (index < 0) {
            return false;
        }
        removeKey(place);
        size--;
        System.arraycopy(values, index + 1, values, index, size - index);
        values[size] = null;
        return true;
    }

    /** What the key after it shares with it, but not with the one before, becomes its own. */
    private void removeKey(Place place) {
        if (place.index == size - 1) {
            end = place.at;
            return;
        }
        int shared = number(place.at);
        int rest = number(place.at + width(shared));
        int own = place.at + width(shared) + width(rest);
        int next = own + rest;
        int sharedAfter = number(next);
        int restAfter = number(next + width(sharedAfter));
        if (sharedAfter <= shared) {
            move(next, place.at);
            return;
        }
        byte[] gained = Arrays.copyOfRange(keys, own, own + sharedAfter - shared);
        int ownAfter = place.at + width(shared) + width(gained.length + restAfter);
        move(next + width(sharedAfter) + width(restAfter), ownAfter + gained.length);
        write(place.at, shared, gained.length + restAfter);
        System.arraycopy(gained, 0, keys, ownAfter, gained.length);
    }

    /** Gives away the pairs from {@code index} on. */
    Leaf split(int index) {
        Leaf later = new Leaf();
        later.append(this, index);
        end = start(index);
        size = index;
        keys = Arrays.copyOf(keys, end);
        values = Arrays.copyOf(values, size);
        return later;
    }

    /** Takes over the pairs of the leaf that follows. */
    void join(Leaf later) {
        if (later.size > 0) {
            append(later, 0);
        }
    }

    private void append(Leaf later, int from) {
        byte[] first = later.key(from);
        int shared = size == 0 ? 0 : Arrays.mismatch(key(size - 1), first);
        int rest = first.length - shared;
        int own = end + width(shared) + width(rest);
        int others = later.start(from + 1);
        room(own + rest + later.end - others);
        write(end, shared, rest);
        System.arraycopy(first, shared, keys, own, rest);
        System.arraycopy(later.keys, others, keys, own + rest, later.end - others);
        end = own + rest + later.end - others;
        int more = later.size - from;
        values = Arrays.copyOf(values, size + more);
        System.arraycopy(later.values, from, values, size, more);
        size += more;
    }

    private int start(int index) {
        int at = 0;
        for (int i = 0; i < index; i++) {
            int shared = number(at);
            int rest = number(at + width(shared));
            at += width(shared) + width(rest) + rest;
        }
        return at;
    }

    /** A key in full. */
    byte[] key(int index) {
        byte[] key = {};
        int at = 0;
        for (int i = 0; i <= index; i++) {
            int shared = number(at);
            at += width(shared);
            int rest = number(at);
            at += width(rest);
            key = Arrays.copyOf(key, shared + rest);
            System.arraycopy(keys, at, key, shared, rest);
            at += rest;
        }
        return key;
    }

    /**
     * Looks for a key. What it shares with the keys before it grows as they come nearer: one that shares more with its predecessor
     * comes before the key sought like that one, one that shares less comes after it, and only others are compared.
     *
     * @param place is told where; may be null
     * @return the key's number; -1 when it is not there
     */
    private int find(byte[] sought, Place place) {
        int at = 0;
        int index = 0;
        int matched = 0;
        int sharedAfter = 0;
        int found = -1;
        for (; index < size; index++) {
            int own = at;
            int shared = number(own);
            own += width(shared);
            int rest = number(own);
            own += width(rest);
            if (shared < matched) {
                sharedAfter = shared;
                break;
            }
            if (shared == matched) {
                int same = Arrays.mismatch(keys, own, own + rest, sought, matched, sought.length);
                if (same < 0) {
                    found = index;
                    break;
                }
                if (same < rest
                        && (matched + same == sought.length
                                || Byte.compareUnsigned(keys[own + same], sought[matched + same]) > 0)) {
                    sharedAfter = matched + same;
                    break;
                }
                matched += same;
            }
            at = own + rest;
        }
        if (place != null) {
            place.index = index;
            place.at = at;
            place.sharedBefore = matched;
            place.sharedAfter = sharedAfter;
        }
        return found;
    }

    /** Moves what lies from {@code from} on, and with it the end. */
    private void move(int from, int to) {
        int length = end - from;
        room(to + length);
        System.arraycopy(keys, from, keys, to, length);
        end = to + length;
    }

    private void room(int least) {
        if (least > keys.length) {
            keys = Arrays.copyOf(keys, least + least / 8 + Long.BYTES);
        }
    }

    /** @return where the next byte goes */
    private int write(int at, int shared, int rest) {
        return write(write(at, shared), rest);
    }

    private int write(int at, int number) {
        int next = at;
        int left = number;
        while (left > Byte.MAX_VALUE) {
            keys[next++] = (byte) (left | 0x80);
            left >>>= SEVEN_BITS;
        }
        keys[next++] = (byte) left;
        return next;
    }

    private int number(int at) {
        int number = keys[at];
        if (number >= 0) {
            return number;
        }
        number &= Byte.MAX_VALUE;
        int shift = 0;
        int next;
        do {
            shift += SEVEN_BITS;
            next = keys[at + shift / SEVEN_BITS];
            number |= (next & Byte.MAX_VALUE) << shift;
        } while (next < 0);
        return number;
    }

    private static int width(int number) {
        int width = 1;
        for (int left = number >>> SEVEN_BITS; left > 0; left >>>= SEVEN_BITS) {
            width++;
        }
        return width;
    }
}
