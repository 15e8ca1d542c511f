package dev.anabranch.vectors;

/** Vectors from a place up to another: what one thread takes at a time while they are made. */
record Stretch(int from, int to) {
    /** How many vectors, but for the last: whole blocks of them. */
    static final int SIZE = 1024 * Vectors.LANES;

    static Stretch number(int stretch) {
        return new Stretch(stretch * SIZE, (int) Math.min(Integer.MAX_VALUE, (stretch + 1L) * SIZE));
    }

    Stretch within(int least, int most) {
        return new Stretch(Math.max(from, least), Math.min(to, most));
    }
}
