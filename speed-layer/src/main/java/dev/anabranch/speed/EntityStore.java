package dev.anabranch.speed;

import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;

/**
 * One partition of a view topic on the heap. An entity, the part of a key before the first 0, is found by its hash; its keys lie
 * together and in order, for both an event and a reading ask for those of one entity. A tree over millions of keys would
 * take twenty cache misses a step, and a table of all keys one for each of them. Used by one thread; nothing may be written
 * while an iterator is in use.
 */
final class EntityStore extends HeapStore {
    private static final byte[] ALL = {};

    private final Map<EntityPairs, EntityPairs> byEntity = new HashMap<>();
    private long size;

    EntityStore(String name) {
        super(name);
    }

    @Override
    public byte[] get(Bytes key) {
        return get(key.get());
    }

    byte[] get(byte[] key) {
        EntityPairs entity = byEntity.get(EntityPairs.of(key));
        return entity == null ? null : entity.get(key);
    }

    @Override
    public void put(Bytes key, byte[] value) {
        if (value == null) {
            delete(key);
            return;
        }
        EntityPairs named = EntityPairs.of(key.get());
        EntityPairs entity = byEntity.get(named);
        if (entity == null) {
            byEntity.put(named, named);
            entity = named;
        }
        if (entity.put(key.get(), value)) {
            size++;
        }
    }

    /** Gives each pair whose key begins so, in the order of the keys. */
    void scan(byte[] prefix, BiConsumer<byte[], byte[]> each) {
        EntityPairs entity = EntityPairs.of(prefix);
        if (entity.length() < prefix.length) {
            byEntity.getOrDefault(entity, entity).scan(prefix, each);
        } else {
            withNamesLike(prefix).forEach(one -> one.scan(ALL, each));
        }
    }

    /** Gives each key, in no order. */
    void eachKey(Consumer<byte[]> each) {
        byEntity.values().forEach(entity -> entity.scan(ALL, (key, value) -> each.accept(key)));
    }

    private List<EntityPairs> withNamesLike(byte[] prefix) {
        return byEntity.values().stream()
                .filter(one -> one.nameStartsWith(prefix))
                .sorted(EntityPairs.IN_ORDER)
                .toList();
    }

    @Override
    public byte[] delete(Bytes key) {
        EntityPairs entity = byEntity.get(EntityPairs.of(key.get()));
        byte[] before = entity == null ? null : entity.remove(key.get());
        if (before != null) {
            size--;
            if (entity.isEmpty()) {
                byEntity.remove(entity);
            }
        }
        return before;
    }

    @Override
    public <S extends Serializer<P>, P> KeyValueIterator<Bytes, byte[]> prefixScan(P prefix, S serializer) {
        byte[] first = serializer.serialize(null, prefix);
        EntityPairs entity = EntityPairs.of(first);
        return entity.length() < first.length
                ? byEntity.getOrDefault(entity, entity).startingWith(first)
                : new Pairs(withNamesLike(first).iterator());
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
        return new Pairs(byEntity.values().iterator()); // no order is promised, and sorting all is dear
    }

    @Override
    public long approximateNumEntries() {
        return size;
    }

    @Override
    void clear() {
        byEntity.clear();
        size = 0;
    }

    /** The pairs of several entities, one entity after the other. */
    private static final class Pairs implements KeyValueIterator<Bytes, byte[]> {
        private final Iterator<EntityPairs> entities;
        private KeyValueIterator<Bytes, byte[]> pairs;

        private Pairs(Iterator<EntityPairs> entities) {
            this.entities = entities;
        }

        @Override
        public boolean hasNext() {
            while ((pairs == null || !pairs.hasNext()) && entities.hasNext()) {
                pairs = entities.next().startingWith(ALL);
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
