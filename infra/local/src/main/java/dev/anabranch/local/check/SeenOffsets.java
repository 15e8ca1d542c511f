package dev.anabranch.local.check;

import java.util.BitSet;

/** Which offsets of one partition were seen, one bit each, and how many were seen more than once. */
final class SeenOffsets {
    private final BitSet offsets = new BitSet();
    private long repeated;

    /** @throws ArithmeticException past 2,147,483,647, where one bit an offset stops to be a good idea */
    void add(long offset) {
        int bit = Math.toIntExact(offset);
        if (offsets.get(bit)) {
            repeated++;
        }
        offsets.set(bit);
    }

    /** How many offsets there are below {@code before}. */
    long count(long before) {
        return offsets.get(0, Math.toIntExact(Math.min(before, Integer.MAX_VALUE)))
                .cardinality();
    }

    long repeated() {
        return repeated;
    }

    /** Those from {@code from} up to, and not including, {@code before} that {@code other} has not. */
    BitSet without(SeenOffsets other, long from, long before) {
        BitSet missing = (BitSet) offsets.clone();
        missing.andNot(other.offsets);
        missing.clear(0, (int) Math.min(from, missing.length()));
        if (before < missing.length()) {
            missing.clear((int) before, missing.length());
        }
        return missing;
    }
}
