package dev.anabranch.view.simulation;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** One partition of a compacted topic: its committed records, oldest first. */
final class SimulatedTopic {
    /** @param value null is a tombstone */
    record Entry(byte[] key, byte[] value) {}

    final List<Entry> records = new ArrayList<>();

    void append(byte[] key, byte[] value) {
        records.add(new Entry(key, value));
    }

    /** What compaction leaves: the last record of each key, in the order of the log. */
    List<Entry> compacted() {
        Map<ByteBuffer, Entry> last = new LinkedHashMap<>();
        for (Entry entry : records) {
            ByteBuffer key = ByteBuffer.wrap(entry.key());
            last.remove(key);
            last.put(key, entry);
        }
        return List.copyOf(last.values());
    }
}
