package dev.anabranch.speed;

import java.security.SecureRandom;
import java.util.Collections;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;

/**
 * Many small values on the heap of which none has to do with another. A tree of them is five objects a pair, which are copied
 * when they are new and looked through when a neighbour changes; here a pair lies in one of some hundred {@link Slab}s, each of
 * which moves and grows by itself. Used by one thread; it may be written to while it is iterated over.
 */
final class SlabStore extends HeapStore {
    private static final int SLABS = 256;
    private static final int SEED = new SecureRandom().nextInt();

    private final Slab[] slabs = new Slab[SLABS];
    private long size;

    SlabStore(String name) {
        super(name);
        clear();
    }

    /** Another one in each process, so that nobody can choose names that meet. */
    static int hash(byte[] key) {
        int hash = SEED;
        for (byte one : key) {
            hash = (hash ^ one) * 0x9e3779b1;
            hash ^= hash >>> 15;
        }
        hash = (hash ^ hash >>> 16) * 0x85ebca6b; // the finalizer of MurmurHash3: each bit tells of all
        hash = (hash ^ hash >>> 13) * 0xc2b2ae35;
        return hash ^ hash >>> 16;
    }

    private Slab slab(int hash) {
        return slabs[hash >>> 24];
    }

    @Override
    public byte[] get(Bytes key) {
        int hash = hash(key.get());
        return slab(hash).get(key.get(), hash);
    }

    @Override
    public void put(Bytes key, byte[] value) {
        int hash = hash(key.get());
        Slab slab = slab(hash);
        int before = slab.size();
        if (value == null) {
            slab.remove(key.get(), hash);
        } else {
            slab.put(key.get(), hash, value);
        }
        size += slab.size() - before;
    }

    @Override
    public byte[] delete(Bytes key) {
        byte[] before = get(key);
        put(key, null);
        return before;
    }

    @Override
    public KeyValueIterator<Bytes, byte[]> all() {
        return new Pairs();
    }

    @Override
    public KeyValueIterator<Bytes, byte[]> range(Bytes from, Bytes to) {
        if (from != null || to != null) {
            throw new UnsupportedOperationException("There is no order in which a part could be asked for");
        }
        return all();
    }

    @Override
    public <S extends Serializer<P>, P> KeyValueIterator<Bytes, byte[]> prefixScan(P prefix, S serializer) {
        throw new UnsupportedOperationException("No key has to do with another that begins like it");
    }

    @Override
    public long approximateNumEntries() {
        return size;
    }

    @Override
    void clear() {
        for (int i = 0; i < SLABS; i++) {
            slabs[i] = new Slab();
        }
        size = 0;
    }

    /** All pairs, in no order: each that stands throughout once, with its value of when it is its turn. */
    private final class Pairs implements KeyValueIterator<Bytes, byte[]> {
        private int next;
        private Iterator<byte[]> keys = Collections.emptyIterator(); // of the slab before the next one
        private KeyValue<Bytes, byte[]> ready;

        @Override
        public boolean hasNext() {
            while (ready == null && (keys.hasNext() || next < SLABS)) {
                if (keys.hasNext()) {
                    Bytes key = Bytes.wrap(keys.next());
                    byte[] value = get(key); // it may have gone meanwhile
                    ready = value == null ? null : KeyValue.pair(key, value);
                } else {
                    keys = slabs[next++].keys().iterator();
                }
            }
            return ready != null;
        }

        @Override
        public KeyValue<Bytes, byte[]> next() {
            if (!hasNext()) {
                throw new NoSuchElementException("There is no further pair");
            }
            KeyValue<Bytes, byte[]> pair = ready;
            ready = null;
            return pair;
        }

        @Override
        public Bytes peekNextKey() {
            if (!hasNext()) {
                throw new NoSuchElementException("There is no further pair");
            }
            return ready.key;
        }

        @Override
        public void close() {
            // nothing is held
        }
    }
}
