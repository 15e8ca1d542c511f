package dev.anabranch.aggregate;

import dev.anabranch.view.Monoid;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.avro.io.Decoder;
import org.apache.avro.io.Encoder;

/**
 * The different keys that came last, each with the time it came last, at most so many.
 *
 * <p>Cutting off is exact, because a key that is among the last of a whole is among the last of every part it came last
 * in: fewer keys are newer there. For the same reason nothing may be summed beside a key: what was summed in a part that
 * the key had to leave would be missing later.
 *
 * @param entries newest first; of the same time in the order of the keys
 */
public record Latest(List<Entry> entries) implements Serializable {
    public static final Latest EMPTY = new Latest(List.of());

    /** @param atMillis when the key came last, in epoch milliseconds */
    public record Entry(String key, long atMillis) implements Comparable<Entry>, Serializable {
        @Override
        public int compareTo(Entry other) {
            int newer = Long.compare(other.atMillis, atMillis);
            return newer != 0 ? newer : key.compareTo(other.key);
        }
    }

    public Latest {
        entries = List.copyOf(entries);
    }

    /** The monoid that keeps {@code most} keys. */
    public static Monoid<Latest> of(int most) {
        return new LatestMonoid(most);
    }

    public static Latest one(String key, long atMillis) {
        return new Latest(List.of(new Entry(key, atMillis)));
    }

    private record LatestMonoid(int most) implements Monoid<Latest> {
        LatestMonoid {
            if (most < 1) {
                throw new IllegalArgumentException("The latest keys must be 1 or more, got " + most);
            }
        }

        @Override
        public Latest empty() {
            return EMPTY;
        }

        @Override
        public Latest plus(Latest left, Latest right) {
            if (left.entries.isEmpty()) {
                return right;
            }
            if (right.entries.isEmpty()) {
                return left;
            }
            List<Entry> merged = new ArrayList<>(Math.min(most, left.entries.size() + right.entries.size()));
            Set<String> keys = new HashSet<>();
            int l = 0;
            int r = 0;
            while (merged.size() < most && (l < left.entries.size() || r < right.entries.size())) {
                boolean fromLeft = r == right.entries.size()
                        || (l < left.entries.size() && left.entries.get(l).compareTo(right.entries.get(r)) <= 0);
                Entry next = fromLeft ? left.entries.get(l++) : right.entries.get(r++);
                if (keys.add(next.key)) { // the first of a key is its newest
                    merged.add(next);
                }
            }
            return new Latest(merged);
        }

        @Override
        public void write(Latest latest, Encoder out) throws IOException {
            out.writeInt(latest.entries.size());
            for (Entry entry : latest.entries) {
                out.writeString(entry.key);
                out.writeLong(entry.atMillis);
            }
        }

        @Override
        public Latest read(Decoder in) throws IOException {
            int size = in.readInt();
            List<Entry> entries = new ArrayList<>(size);
            for (int i = 0; i < size; i++) {
                String key = in.readString();
                entries.add(new Entry(key, in.readLong()));
            }
            return size == 0 ? EMPTY : new Latest(entries);
        }
    }
}
