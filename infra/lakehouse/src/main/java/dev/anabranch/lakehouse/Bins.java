package dev.anabranch.lakehouse;

import dev.anabranch.drift.ValueHistogram;
import java.util.Map;
import java.util.TreeMap;
import org.apache.iceberg.types.Types;

/** A histogram as a column: how many values lie in each bin. */
final class Bins {
    private Bins() {}

    /** @param firstId of two ids for the parts of the column */
    static Types.MapType type(int firstId) {
        return Types.MapType.ofRequired(firstId, firstId + 1, Types.IntegerType.get(), Types.LongType.get());
    }

    static Map<Integer, Long> write(ValueHistogram histogram) {
        return new TreeMap<>(histogram.counts());
    }

    @SuppressWarnings("unchecked") // as type() has it
    static ValueHistogram read(Object bins) {
        return ValueHistogram.of((Map<Integer, Long>) bins);
    }
}
