package dev.anabranch.speed;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
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
 * One partition of a view topic on the heap. An entity, the part of a key before the first 0, is found by its hash; its keys lie
 * together and in order, for both an event and a reading ask for those of one entity. A tree over millions of keys would
 * take twenty cache misses a step, and a table of all keys one for each of them. Used by one thread; nothing may be written
 * while an iterator is in use.
 */
final class EntityStore implements KeyValueStore<Bytes, byte[]> {
    private static final byte[] ALL = {};

    private final String name;
    private final Map<Entity, SortedPairs> byEntity = new HashMap<>();
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
        SortedPairs pairs = byEntity.get(Entity.of(key.get()));
        return pairs == null ? null : pairs.get(key.get());
    }

    @Override
    public void put(Bytes key, byte[] value) {
        if (value == null) {
            delete(key);
        } else if (byEntity.computeIfAbsent(Entity.of(key.get()), e -> new SortedPairs())
                .put(key.get(), value)) {
            size++;
        }
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
        Entity entity = Entity.of(key.get());
        SortedPairs pairs = byEntity.get(entity);
        byte[] before = pairs == null ? null : pairs.remove(key.get());
        if (before != null) {
            size--;
            if (pairs.isEmpty()) {
                byEntity.remove(entity);
            }
        }
        return before;
    }

    @Override
    public <S extends Serializer<P>, P> KeyValueIterator<Bytes, byte[]> prefixScan(P prefix, S serializer) {
        byte[] first = serializer.serialize(null, prefix);
        Entity entity = Entity.of(first);
        if (entity.length < first.length) {
            return byEntity.getOrDefault(entity, new SortedPairs()).startingWith(first);
        }
        List<Map.Entry<Entity, SortedPairs>> found = new ArrayList<>();
        byEntity.entrySet().stream()
                .filter(one -> one.getKey().startsWith(first))
                .forEach(found::add);
        found.sort(Map.Entry.comparingByKey(Entity.IN_ORDER));
        return new Pairs(found.iterator());
    }

    @Override
    public KeyValueIterator<Bytes, byte[]> range(Bytes from, Bytes to) {
        if (from != null || to != null) {
            throw new UnsupportedOperationException("Nobody asks for a part of the entities");
        }
        return prefixScan(ALL, (topic, bytes) -> bytes);
    }

    @Override
    public KeyValueIterator<Bytes, byte[]> all() {
        return new Pairs(byEntity.entrySet().iterator()); // no order is promised, and sorting all is dear
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

    /** The part of a key before the first 0, where it lies: asking for it copies nothing. */
    private static final class Entity {
        /** That of their keys: an entity that begins another comes before it, for 0 comes before whatever follows. */
        static final Comparator<Entity> IN_ORDER =
                (one, other) -> Arrays.compareUnsigned(one.key, 0, one.length, other.key, 0, other.length);

        private final byte[] key;
        private final int length;
        private final int hash;

        private Entity(byte[] key, int length, int hash) {
            this.key = key;
            this.length = length;
            this.hash = hash;
        }

        static Entity of(byte[] key) {
            int hash = 1;
            int length = 0;
            while (length < key.length && key[length] != 0) {
                hash = 31 * hash + key[length++];
            }
            return new Entity(key, length, hash);
        }

        boolean startsWith(byte[] prefix) {
            return length >= prefix.length && Arrays.equals(key, 0, prefix.length, prefix, 0, prefix.length);
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Entity that
                    && length == that.length
                    && Arrays.equals(key, 0, length, that.key, 0, length);
        }

        @Override
        public int hashCode() {
            return hash;
        }
    }

    /** The pairs of several entities, one entity after the other. */
    private static final class Pairs implements KeyValueIterator<Bytes, byte[]> {
        private final Iterator<Map.Entry<Entity, SortedPairs>> entities;
        private KeyValueIterator<Bytes, byte[]> pairs;

        private Pairs(Iterator<Map.Entry<Entity, SortedPairs>> entities) {
            this.entities = entities;
        }

        @Override
        public boolean hasNext() {
            while ((pairs == null || !pairs.hasNext()) && entities.hasNext()) {
                pairs = entities.next().getValue().startingWith(ALL);
            }
            return pairs != null && pairs.hasNext();
        }

        @Override
        public KeyValue<Bytes, byte[]> next() {
            if (!hasNext()) {
                throw new NoSuchElementException("There is no further pair");
            }
            return pairs.next();
        }

        @Override
        public Bytes peekNextKey() {
            if (!hasNext()) {
                throw new NoSuchElementException("There is no further pair");
            }
            return pairs.peekNextKey();
        }

        @Override
        public void close() {
            // nothing is held
        }
    }
}
