package dev.anabranch.view;

import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * One partition of a view topic, as far as it has been read: the latest value of every key. Whatever stores it, this
 * is all that readers and writers of the protocol ask of it.
 */
public interface KeyValues {
    /** The latest value of {@code key}, or null. */
    byte[] get(byte[] key);

    /**
     * All pairs whose key begins with {@code prefix}, in the order of the keys as unsigned bytes. They must be as they
     * stood at one moment: a scan that sees a later write and misses an earlier one shows a state that never was.
     *
     * @param each is shown a key, and copies it to keep it: the same array may be the next key
     */
    void scan(byte[] prefix, BiConsumer<byte[], byte[]> each);

    /** One partition that is also written. */
    interface Writable extends KeyValues {
        void put(byte[] key, byte[] value);

        void delete(byte[] key);

        /** All keys there are, in no particular order, which a store may have cheaper than the order. They may be kept. */
        default void eachKey(Consumer<byte[]> each) {
            scan(new byte[0], (key, value) -> each.accept(key.clone()));
        }
    }
}
