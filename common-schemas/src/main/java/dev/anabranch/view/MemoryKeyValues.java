package dev.anabranch.view;

import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.BiConsumer;

/**
 * One partition in memory: one thread writes, many read, and a scan sees one moment.
 *
 * <p>A cell is small: a node of a tree and two arrays would take as much again as its key and value do. So the tree holds
 * leaves, and the keys lie in those.
 */
public final class MemoryKeyValues implements KeyValues.Writable {
    /** By where they begin: at their first key, or before it and after all keys of the leaf before. */
    private final TreeMap<byte[], Leaf> leaves = new TreeMap<>(Arrays::compareUnsigned);

    private final ReadWriteLock lock = new ReentrantReadWriteLock();
    /** The writer's. */
    private final Leaf.Place place = new Leaf.Place();

    private int size;

    public MemoryKeyValues() {
        leaves.put(new byte[0], new Leaf());
    }

    @Override
    public byte[] get(byte[] key) {
        lock.readLock().lock();
        try {
            return leaves.floorEntry(key).getValue().get(key);
        } finally {
            lock.readLock().unlock();
        }
    }

    @Override
    public void scan(byte[] prefix, BiConsumer<byte[], byte[]> each) {
        lock.readLock().lock();
        try {
            Map.Entry<byte[], Leaf> leaf = leaves.floorEntry(prefix);
            while (leaf != null && leaf.getValue().scan(prefix, each)) {
                leaf = leaves.higherEntry(leaf.getKey());
            }
        } finally {
            lock.readLock().unlock();
        }
    }

    @Override
    public void put(byte[] key, byte[] value) {
        lock.writeLock().lock();
        try {
            Leaf leaf = leaves.floorEntry(key).getValue();
            int added = leaf.put(key, value, place);
            if (added >= 0) {
                size++;
            }
            if (leaf.size() > Leaf.MOST) {
                // Keys that come in order fill their leaves; those that come in none leave room on both sides.
                split(leaf, added == leaf.size() - 1 ? added : leaf.size() / 2);
            }
        } finally {
            lock.writeLock().unlock();
        }
    }

    private void split(Leaf leaf, int index) {
        byte[] first = leaf.key(index);
        int shared = Arrays.mismatch(leaf.key(index - 1), first);
        leaves.put(Arrays.copyOf(first, shared + 1), leaf.split(index));
    }

    @Override
    public void delete(byte[] key) {
        lock.writeLock().lock();
        try {
            Map.Entry<byte[], Leaf> leaf = leaves.floorEntry(key);
            if (leaf.getValue().remove(key, place)) {
                size--;
                if (leaf.getValue().size() <= Leaf.MOST / 4) {
                    join(leaf, leaves.higherEntry(leaf.getKey()));
                    join(leaves.lowerEntry(leaf.getKey()), leaf);
                }
            }
        } finally {
            lock.writeLock().unlock();
        }
    }

    /** Makes one leaf of two that are half of one together, or of which one is empty. */
    private void join(Map.Entry<byte[], Leaf> one, Map.Entry<byte[], Leaf> next) {
        if (one == null || next == null) {
            return;
        }
        int both = one.getValue().size() + next.getValue().size();
        if (both <= Leaf.MOST / 2
                || one.getValue().size() == 0
                || next.getValue().size() == 0) {
            one.getValue().join(next.getValue());
            leaves.remove(next.getKey());
        }
    }

    /** How many keys it holds, control records included. */
    public int size() {
        lock.readLock().lock();
        try {
            return size;
        } finally {
            lock.readLock().unlock();
        }
    }
}
