package dev.anabranch.benchmarks.memory;

import java.nio.file.Path;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.CompactionStyle;
import org.rocksdb.CompressionType;
import org.rocksdb.FlushOptions;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteOptions;

/** RocksDB with the settings that Kafka Streams gives it. Its process ends with it, so that nothing is closed. */
final class RocksDbHolder implements Holder {
    private static final long CACHE_BYTES = 50L << 20;
    private static final long WRITE_BUFFER_BYTES = 16L << 20;
    private static final int WRITE_BUFFERS = 3;

    private final RocksDB database;
    private final WriteOptions unlogged = new WriteOptions().setDisableWAL(true);

    private RocksDbHolder(RocksDB database) {
        this.database = database;
    }

    static RocksDbHolder open(Path directory) {
        RocksDB.loadLibrary();
        BlockBasedTableConfig table = new BlockBasedTableConfig()
                .setBlockCache(new LRUCache(CACHE_BYTES))
                .setFilterPolicy(new BloomFilter());
        try {
            return new RocksDbHolder(RocksDB.open(
                    new Options()
                            .setCreateIfMissing(true)
                            .setTableFormatConfig(table)
                            .setWriteBufferSize(WRITE_BUFFER_BYTES)
                            .setMaxWriteBufferNumber(WRITE_BUFFERS)
                            .setCompressionType(CompressionType.NO_COMPRESSION)
                            .setCompactionStyle(CompactionStyle.UNIVERSAL),
                    directory.toString()));
        } catch (RocksDBException e) {
            throw new IllegalStateException("RocksDB must open in " + directory, e);
        }
    }

    @Override
    public void put(byte[] key, byte[] value) {
        try {
            database.put(unlogged, key, value);
        } catch (RocksDBException e) {
            throw new IllegalStateException("RocksDB must take a value", e);
        }
    }

    @Override
    public byte[] get(byte[] key) {
        try {
            return database.get(key);
        } catch (RocksDBException e) {
            throw new IllegalStateException("RocksDB must find a key", e);
        }
    }

    @Override
    public void settle() {
        try (FlushOptions waiting = new FlushOptions().setWaitForFlush(true)) {
            database.flush(waiting);
        } catch (RocksDBException e) {
            throw new IllegalStateException("RocksDB must write out what it has", e);
        }
    }
}
