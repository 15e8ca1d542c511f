package dev.anabranch.speed;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.processor.StateRestoreCallback;
import org.apache.kafka.streams.processor.StateStore;
import org.apache.kafka.streams.processor.StateStoreContext;
import org.apache.kafka.streams.query.Position;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * One partition of a view topic on the heap. A key is found by its hash, for that is what every event asks; the keys of
 * one entity, the part before the first 0, are also listed together, for that is what a reading asks. A tree over
 * millions of keys would do both, at twenty cache misses a step. Used by one thread.
 */
final class EntityStore implements KeyValueStore<Bytes, byte[]> {
    private final String name;
    private final Map<Bytes, Pair> pairs = new HashMap<>();
    private final Map<Bytes, Group> byEntity = new HashMap<>();
    private boolean open;

    EntityStore(String name) {
        this.name = name;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public void init(StateStoreContext context, StateStore root) {
        StateRestoreCallback restore = (key, value) -> put(Bytes.wrap(key), value);
        context.register(root, restore);
        open = true;
    }

    @Override
    public byte[] get(Bytes key) {
        Pair pair = pairs.get(key);
        return pair == null ? null : pair.value;
    }

    @Override
    public void put(Bytes key, byte[] value) {
        if (value == null) {
            delete(key);
            return;
        }
        Pair pair = pairs.get(key);
        if (pair != null) {
            pair.value = value;
            return;
        }
        Pair added = new Pair(key, value);
        pairs.put(key, added);
        byEntity.computeIfAbsent(entity(key.get()), e -> new Group()).add(added);
    }

    @Override
    public byte[] putIfAbsent(Bytes key, byte[] value) {
        byte[] before = get(key);
        if (before == null) {
            put(key, value);
        }
        return before;
    }

    @Override
    public void putAll(List<KeyValue<Bytes, byte[]>> entries) {
        entries.forEach(entry -> put(entry.key, entry.value));
    }

    @Override
    public byte[] delete(Bytes key) {
        Pair gone = pairs.remove(key);
        if (gone == null) {
            return null;
        }
        byte[] before = gone.value;
        gone.value = null;
        Bytes entity = entity(key.get());
        if (byEntity.get(entity).forget()) {
            byEntity.remove(entity);
        }
        return before;
    }

    @Override
    public <S extends Serializer<P>, P> KeyValueIterator<Bytes, byte[]> prefixScan(P prefix, S serializer) {
        byte[] first = serializer.serialize(null, prefix);
        boolean ofOneEntity = indexOfZero(first) < first.length;
        List<Pair> found = new ArrayList<>();
        if (ofOneEntity) {
            Group group = byEntity.get(entity(first));
            if (group != null) {
                group.inOrder(first, found);
            }
        } else {
            inOrder(Bytes.wrap(first), null, found);
            found.removeIf(pair -> !startsWith(pair.key.get(), first));
        }
        return new Pairs(found.iterator());
    }

    @Override
    public KeyValueIterator<Bytes, byte[]> range(Bytes from, Bytes to) {
        List<Pair> found = new ArrayList<>();
        inOrder(from, to, found);
        return new Pairs(found.iterator());
    }

    @Override
    public KeyValueIterator<Bytes, byte[]> all() {
        return new Pairs(List.copyOf(pairs.values()).iterator()); // no order is promised, and sorting all is dear
    }

    private void inOrder(Bytes from, Bytes to, List<Pair> found) {
        for (Pair pair : pairs.values()) {
            if ((from == null || from.compareTo(pair.key) <= 0) && (to == null || pair.key.compareTo(to) <= 0)) {
                found.add(pair);
            }
        }
        found.sort(Pair.BY_KEY);
    }

    @Override
    public long approximateNumEntries() {
        return pairs.size();
    }

    @Override
    public boolean persistent() {
        return false;
    }

    @Override
    public boolean isOpen() {
        return open;
    }

    @Override
    public Position getPosition() {
        return Position.emptyPosition(); // it is not queried from outside
    }

    @Override
    public void close() {
        pairs.clear();
        byEntity.clear();
        open = false;
    }

    private static Bytes entity(byte[] key) {
        int end = indexOfZero(key);
        return Bytes.wrap(end == key.length ? key : Arrays.copyOf(key, end));
    }

    private static int indexOfZero(byte[] key) {
        for (int i = 0; i < key.length; i++) {
            if (key[i] == 0) {
                return i;
            }
        }
        return key.length;
    }

    private static boolean startsWith(byte[] key, byte[] prefix) {
        return key.length >= prefix.length && Arrays.equals(key, 0, prefix.length, prefix, 0, prefix.length);
    }

    /** A key and its latest value; null once it is gone. */
    private static final class Pair {
        static final Comparator<Pair> BY_KEY = Comparator.comparing(pair -> pair.key);

        private final Bytes key;
        private byte[] value;

        private Pair(Bytes key, byte[] value) {
            this.key = key;
            this.value = value;
        }
    }

    /** The pairs of one entity. They come nearly in order, so they are sorted when they are asked for. */
    private static final class Group {
        private final List<Pair> members = new ArrayList<>(2);
        private int gone;
        private boolean sorted = true;

        void add(Pair pair) {
            sorted = sorted && (members.isEmpty() || Pair.BY_KEY.compare(members.get(members.size() - 1), pair) < 0);
            members.add(pair);
        }

        /** One of its pairs has lost its value. Whether none is left. */
        boolean forget() {
            gone++;
            if (2 * gone > members.size()) {
                members.removeIf(pair -> pair.value == null);
                gone = 0;
            }
            return members.isEmpty();
        }

        void inOrder(byte[] prefix, List<Pair> found) {
            if (!sorted) {
                members.sort(Pair.BY_KEY);
                sorted = true;
            }
            for (Pair pair : members) {
                if (pair.value != null && startsWith(pair.key.get(), prefix)) {
                    found.add(pair);
                }
            }
        }
    }

    /** Pairs as Kafka Streams hands them out. */
    private static final class Pairs implements KeyValueIterator<Bytes, byte[]> {
        private final Iterator<Pair> each;

        private Pairs(Iterator<Pair> each) {
            this.each = each;
        }

        @Override
        public boolean hasNext() {
            return each.hasNext();
        }

        @Override
        public KeyValue<Bytes, byte[]> next() {
            Pair pair = each.next();
            return new KeyValue<>(pair.key, pair.value);
        }

        @Override
        public Bytes peekNextKey() {
            throw new UnsupportedOperationException("Nobody looks ahead here");
        }

        @Override
        public void close() {
            // nothing is held
        }
    }
}
