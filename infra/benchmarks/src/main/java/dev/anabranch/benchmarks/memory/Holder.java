package dev.anabranch.benchmarks.memory;

import dev.anabranch.view.MemoryKeyValues;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.common.utils.Bytes;

/** A place to keep keys and values. */
interface Holder {
    void put(byte[] key, byte[] value);

    /** The value of a key, or null. */
    byte[] get(byte[] key);

    /** Writes out what it holds back, if it does. */
    default void settle() {}

    /** Which there are. */
    enum Kind {
        /** What the serving layer keeps a partition of a view in. */
        SERVING {
            @Override
            Holder open(Path directory) {
                MemoryKeyValues values = new MemoryKeyValues();
                return new Holder() {
                    @Override
                    public void put(byte[] key, byte[] value) {
                        values.put(key, value);
                    }

                    @Override
                    public byte[] get(byte[] key) {
                        return values.get(key);
                    }
                };
            }
        },
        /** What comes to mind first. It has no order, so that the cells of a customer could not be found with it. */
        HASH_MAP {
            @Override
            Holder open(Path directory) {
                Map<Bytes, byte[]> values = new ConcurrentHashMap<>();
                return new Holder() {
                    @Override
                    public void put(byte[] key, byte[] value) {
                        values.put(Bytes.wrap(key), value);
                    }

                    @Override
                    public byte[] get(byte[] key) {
                        return values.get(Bytes.wrap(key));
                    }
                };
            }
        },
        /** Kafka Streams' own, which keeps most of it in files. */
        ROCKS_DB {
            @Override
            Holder open(Path directory) {
                return RocksDbHolder.open(directory);
            }
        };

        abstract Holder open(Path directory);
    }
}
