package dev.anabranch.vectors;

import java.nio.charset.StandardCharsets;
import java.util.AbstractList;
import java.util.Arrays;
import java.util.List;
import java.util.RandomAccess;

/**
 * Strings by their place and places by their string, each of which comes once. They lie as UTF-8 one after the other: as
 * objects, each of them would take fifty bytes more, and a {@code HashMap} of them eighty.
 */
final class Names {
    private final byte[] text;
    private final int[] ends;
    private final int[] index; // a hash table of places, from 1; 0 is free

    /** @throws IllegalArgumentException when one comes twice */
    private Names(byte[] text, int[] ends) {
        this.text = text;
        this.ends = ends;
        index = new int[Integer.highestOneBit(Math.max(1, ends.length)) * 4];
        for (int place = 0; place < ends.length; place++) {
            int slot = slot(Arrays.copyOfRange(text, begin(place), ends[place]));
            if (index[slot] != 0) {
                throw new IllegalArgumentException(
                        "Each vector must have a name of its own, got '" + get(place) + "' twice");
            }
            index[slot] = place + 1;
        }
    }

    static Names of(List<String> strings) {
        Builder builder = new Builder(strings.size());
        for (String each : strings) {
            byte[] bytes = each.getBytes(StandardCharsets.UTF_8);
            builder.add(bytes, 0, bytes.length);
        }
        return builder.build();
    }

    /** Where a name is in the table, or the free slot where it would be. */
    private int slot(byte[] name) {
        int hash = Arrays.hashCode(name) * 0x9E3779B9; // names that are numbered have hashes that lie side by side
        int slot = (hash ^ (hash >>> 16)) & (index.length - 1);
        while (index[slot] != 0 && !is(index[slot] - 1, name)) {
            slot = (slot + 1) & (index.length - 1);
        }
        return slot;
    }

    private boolean is(int place, byte[] name) {
        return Arrays.equals(text, begin(place), ends[place], name, 0, name.length);
    }

    /** Where the bytes of a name begin. */
    private int begin(int place) {
        return place == 0 ? 0 : ends[place - 1];
    }

    int size() {
        return ends.length;
    }

    String get(int place) {
        int begin = begin(place);
        return new String(text, begin, ends[place] - begin, StandardCharsets.UTF_8);
    }

    /** Below 0 when there is no such name. */
    int place(String name) {
        return index[slot(name.getBytes(StandardCharsets.UTF_8))] - 1;
    }

    /** The same names, in an order. */
    Names inOrder(int[] places) {
        Builder builder = new Builder(places.length, text.length);
        for (int place : places) {
            int begin = begin(place);
            builder.add(text, begin, ends[place] - begin);
        }
        return builder.build();
    }

    /** A view of them. */
    List<String> asList() {
        return new Strings();
    }

    private final class Strings extends AbstractList<String> implements RandomAccess {
        @Override
        public String get(int place) {
            return Names.this.get(place);
        }

        @Override
        public int size() {
            return ends.length;
        }
    }

    /** Names as they come. */
    static final class Builder {
        private final int[] ends;
        private byte[] text;
        private int size;
        private int length;

        Builder(int names) {
            this(names, Math.min(names, Integer.MAX_VALUE / 32) * 16);
        }

        private Builder(int names, int bytes) {
            ends = new int[names];
            text = new byte[bytes];
        }

        void add(byte[] from, int begin, int bytes) {
            int end = Math.addExact(length, bytes);
            if (end > text.length) {
                text = Arrays.copyOf(text, (int) Math.min(Integer.MAX_VALUE - 8, Math.max(end, text.length * 3L / 2)));
            }
            System.arraycopy(from, begin, text, length, bytes);
            length = end;
            ends[size++] = end;
        }

        boolean isComplete() {
            return size == ends.length;
        }

        Names build() {
            return new Names(text.length == length ? text : Arrays.copyOf(text, length), ends);
        }
    }
}
