package dev.anabranch.view;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * The record keys of the two topics of a view. Keys of entities are text and never begin with 0; those that do are
 * control records, one set in every partition.
 */
public final class ViewKeys {
    /** Batch view: the latest complete generation of the partition. */
    public static final byte[] FOOTER = {0, 'F'};
    /** Speed view: what may have been pruned from the partition. */
    public static final byte[] FLOOR = {0, 'P'};
    /** Speed view: the sign of life of the partition's task. */
    public static final byte[] PROGRESS = {0, 'T'};

    private ViewKeys() {}

    /** Batch view: the row of an entity. */
    public static byte[] row(String entity) {
        return entity.getBytes(StandardCharsets.UTF_8);
    }

    /** Batch view: what a generation is cut at. Each generation has its own, so compaction keeps them apart. */
    public static byte[] header(long generation) {
        return ByteBuffer.allocate(2 + Long.BYTES)
                .put((byte) 0)
                .put((byte) 'H')
                .putLong(generation)
                .array();
    }

    public static boolean isControl(byte[] key) {
        return key.length > 0 && key[0] == 0;
    }

    public static boolean isHeader(byte[] key) {
        return key.length == 2 + Long.BYTES && key[0] == 0 && key[1] == 'H';
    }

    /** The generation a header's key names. */
    public static long generationOf(byte[] headerKey) {
        return ByteBuffer.wrap(headerKey, 2, Long.BYTES).getLong();
    }
}
