package dev.anabranch.vectors;

import java.nio.charset.StandardCharsets;
import java.util.AbstractList;
import java.util.Arrays;
import java.util.List;
import java.util.RandomAccess;

/** Strings by their place, as UTF-8 one after the other: as objects, each of them would take fifty bytes more. */
final class Names {
    private final byte[] text;
    private final int[] ends;

    private Names(byte[] text, int[] ends) {
        this.text = text;
        this.ends = ends;
    }

    static Names of(List<String> strings) {
        Builder builder = new Builder(strings.size());
        for (String each : strings) {
            byte[] bytes = bytes(each);
            builder.add(bytes, 0, bytes.length);
        }
        return builder.build();
    }

    static byte[] bytes(String name) {
        return name.getBytes(StandardCharsets.UTF_8);
    }

    int size() {
        return ends.length;
    }

    /** Where the bytes of a name begin. */
    private int begin(int place) {
        return place == 0 ? 0 : ends[place - 1];
    }

    String get(int place) {
        int begin = begin(place);
        return new String(text, begin, ends[place] - begin, StandardCharsets.UTF_8);
    }

    boolean is(int place, byte[] name) {
        return Arrays.equals(text, begin(place), ends[place], name, 0, name.length);
    }

    byte[] copy(int place) {
        return Arrays.copyOfRange(text, begin(place), ends[place]);
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

        Names build() {
            return new Names(text.length == length ? text : Arrays.copyOf(text, length), ends);
        }
    }
}
