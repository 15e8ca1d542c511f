package dev.anabranch.speed;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
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
 * One partition of a view topic on the heap. Keys are hashed by their entity, the part before the first 0, and in order
 * within it: an event touches one entity, so it pays for the few keys of that one and not for the depth of a tree over
 * millions. Used by one thread.
 */
final class EntityStore implements KeyValueStore<Bytes, byte[]> {
    private final String name;
    private final Map<Bytes, NavigableMap<Bytes, byte[]>> byEntity = new HashMap<>();
    private long size;
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
        NavigableMap<Bytes, byte[]> ofEntity = byEntity.get(entity(key.get()));
        return ofEntity == null ? null : ofEntity.get(key);
    }

    @Override
    public void put(Bytes key, byte[] value) {
        if (value == null) {
            delete(key);
            return;
        }
        byte[] before = byEntity.computeIfAbsent(entity(key.get()), e -> new TreeMap<>())
                .put(key, value);
        size += before == null ? 1 : 0;
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
        Bytes entity = entity(key.get());
        NavigableMap<Bytes, byte[]> ofEntity = byEntity.get(entity);
        if (ofEntity == null) {
            return null;
        }
        byte[] before = ofEntity.remove(key);
        size -= before == null ? 0 : 1;
        if (ofEntity.isEmpty()) {
            byEntity.remove(entity);
        }
        return before;
    }

    @Override
    public <S extends Serializer<P>, P> KeyValueIterator<Bytes, byte[]> prefixScan(P prefix, S serializer) {
        byte[] first = serializer.serialize(null, prefix);
        int end = indexOfZero(first);
        if (end < first.length) {
            NavigableMap<Bytes, byte[]> ofEntity = byEntity.get(entity(first));
            return ofEntity == null ? Pairs.NONE : new Pairs(startingWith(ofEntity, first));
        }
        List<Map.Entry<Bytes, byte[]>> found = new ArrayList<>();
        inOrder(found, Bytes.wrap(first), null);
        found.removeIf(pair -> !startsWith(pair.getKey().get(), first));
        return new Pairs(found.iterator());
    }

    /** Cells of one entity are scanned without copying them: nobody writes meanwhile. */
    private static Iterator<Map.Entry<Bytes, byte[]>> startingWith(NavigableMap<Bytes, byte[]> sorted, byte[] prefix) {
        Bytes last = sorted.lastKey();
        NavigableMap<Bytes, byte[]> from = sorted.tailMap(Bytes.wrap(prefix), true);
        if (startsWith(last.get(), prefix)) {
            return from.entrySet().iterator(); // the prefix names the entity alone: the usual case
        }
        List<Map.Entry<Bytes, byte[]>> found = new ArrayList<>();
        for (Map.Entry<Bytes, byte[]> pair : from.entrySet()) {
            if (!startsWith(pair.getKey().get(), prefix)) {
                break;
            }
            found.add(pair);
        }
        return found.iterator();
    }

    @Override
    public KeyValueIterator<Bytes, byte[]> range(Bytes from, Bytes to) {
        List<Map.Entry<Bytes, byte[]>> found = new ArrayList<>();
        inOrder(found, from, to);
        return new Pairs(found.iterator());
    }

    @Override
    public KeyValueIterator<Bytes, byte[]> all() {
        return range(null, null);
    }

    private void inOrder(List<Map.Entry<Bytes, byte[]>> found, Bytes from, Bytes to) {
        for (NavigableMap<Bytes, byte[]> ofEntity : byEntity.values()) {
            for (Map.Entry<Bytes, byte[]> pair : ofEntity.entrySet()) {
                boolean inside = (from == null || from.compareTo(pair.getKey()) <= 0)
                        && (to == null || pair.getKey().compareTo(to) <= 0);
                if (inside) {
                    found.add(pair);
                }
            }
        }
        found.sort(Map.Entry.comparingByKey());
    }

    @Override
    public long approximateNumEntries() {
        return size;
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
        byEntity.clear();
        size = 0;
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

    /** Pairs as Kafka Streams hands them out. */
    private static final class Pairs implements KeyValueIterator<Bytes, byte[]> {
        static final Pairs NONE = new Pairs(List.<Map.Entry<Bytes, byte[]>>of().iterator());

        private final Iterator<Map.Entry<Bytes, byte[]>> each;

        private Pairs(Iterator<Map.Entry<Bytes, byte[]>> each) {
            this.each = each;
        }

        @Override
        public boolean hasNext() {
            return each.hasNext();
        }

        @Override
        public KeyValue<Bytes, byte[]> next() {
            Map.Entry<Bytes, byte[]> pair = each.next();
            return new KeyValue<>(pair.getKey(), pair.getValue());
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
