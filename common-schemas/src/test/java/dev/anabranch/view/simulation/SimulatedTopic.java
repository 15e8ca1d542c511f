package dev.anabranch.view.simulation;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * One partition of a compacted topic: its committed records, oldest first, as far as compaction has left them. Offsets
 * stay what they were.
 */
final class SimulatedTopic {
    /** @param value null is a tombstone */
    record Entry(byte[] key, byte[] value) {}

    private final List<Entry> records = new ArrayList<>();
    private long[] appendedAt = new long[32];

    /** @param now when, by the broker's clock */
    void append(byte[] key, byte[] value, long now) {
        if (records.size() == appendedAt.length) {
            appendedAt = Arrays.copyOf(appendedAt, 2 * appendedAt.length);
        }
        appendedAt[records.size()] = now;
        records.add(new Entry(key, value));
    }

    /** The first offset that no record has yet. */
    int end() {
        return records.size();
    }

    /**
     * What is left of the records from one offset to another.
     *
     * @return {@code to}, or the end if that comes first
     */
    int read(int from, int to, Consumer<Entry> each) {
        int end = Math.min(records.size(), to);
        for (int offset = from; offset < end; offset++) {
            if (records.get(offset) != null) {
                each.accept(records.get(offset));
            }
        }
        return Math.max(from, end);
    }

    /**
     * Removes every record whose successor was written by {@code untilMillis}, and tombstones without one that were
     * written by {@code tombstonesUntil}. The latest record always stays.
     */
    void compact(long until, long tombstonesUntil) {
        Map<ByteBuffer, Integer> last = new HashMap<>();
        for (int offset = 0; offset < records.size() && appendedAt[offset] <= until; offset++) {
            Entry entry = records.get(offset);
            if (entry != null) {
                last.put(ByteBuffer.wrap(entry.key()), offset);
            }
        }
        for (int offset = 0; offset < records.size() - 1 && appendedAt[offset] <= until; offset++) {
            Entry entry = records.get(offset);
            if (entry != null) {
                boolean superseded = last.get(ByteBuffer.wrap(entry.key())) > offset;
                boolean forgotten = entry.value() == null && appendedAt[offset] <= tombstonesUntil;
                if (superseded || forgotten) {
                    records.set(offset, null);
                }
            }
        }
    }
}
