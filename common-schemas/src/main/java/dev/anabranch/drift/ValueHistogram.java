package dev.anabranch.drift;

import java.io.Serializable;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How many values lay in each bin, and how many were missing. The bins are the same for every feature of every model, so
 * histograms can be added up whoever made them: eight to each power of two, so a value is known to an eighth of itself at worst,
 * and whole numbers up to 15 are told apart. Values between -2<sup>-1022</sup> and 2<sup>-1022</sup> share the bin of 0.
 *
 * <p>A part of a sum may take back what another has counted. Not thread safe.
 */
public final class ValueHistogram implements Serializable {
    /** The bin of values that are not there; it stands before all others. */
    public static final int MISSING = Integer.MIN_VALUE;

    /** Of the 52 bits of a mantissa, all but the first three are left out. */
    private static final int BITS_LEFT_OUT = 49;

    private static final int DENORMAL = 1 << 3;

    private final TreeMap<Integer, Long> counts = new TreeMap<>();

    /** Without a value. */
    public ValueHistogram() {}

    /** @param counts by bin, as {@link #counts} gives them */
    public static ValueHistogram of(Map<Integer, Long> counts) {
        ValueHistogram histogram = new ValueHistogram();
        counts.forEach(histogram::add);
        return histogram;
    }

    /** The bin of a value; {@link #MISSING} of NaN. Greater values never lie in lesser bins. */
    public static int binOf(double value) {
        if (Double.isNaN(value)) {
            return MISSING;
        }
        int magnitude = (int) (Double.doubleToRawLongBits(Math.abs(value)) >>> BITS_LEFT_OUT);
        int bin = magnitude < DENORMAL ? 0 : magnitude - DENORMAL + 1;
        return value < 0 ? -bin : bin;
    }

    /** Counts one value; NaN is a missing one. */
    public void add(double value) {
        add(binOf(value), 1);
    }

    /** Counts {@code times} values of a bin; less than none are taken back. */
    public void add(int bin, long times) {
        counts.merge(bin, times, Math::addExact);
        if (counts.get(bin) == 0) {
            counts.remove(bin);
        }
    }

    /** Counts what another has counted. */
    public void add(ValueHistogram other) {
        other.counts.forEach(this::add);
    }

    /** How many values were counted, missing ones among them. */
    public long total() {
        return counts.values().stream().reduce(0L, Math::addExact);
    }

    /** How many lay in a bin. */
    public long count(int bin) {
        return counts.getOrDefault(bin, 0L);
    }

    /** By bin, from the least values to the greatest; none is 0. */
    public SortedMap<Integer, Long> counts() {
        return Collections.unmodifiableSortedMap(counts);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ValueHistogram that && counts.equals(that.counts);
    }

    @Override
    public int hashCode() {
        return counts.hashCode();
    }

    @Override
    public String toString() {
        return counts.toString();
    }
}
