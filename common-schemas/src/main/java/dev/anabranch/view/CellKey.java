package dev.anabranch.view;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Names a cell of the speed view.
 *
 * <p>As bytes: entity, 0, topic, 0, partition, block, tile start; text in UTF-8, numbers big-endian. The cells of one
 * entity therefore lie side by side, and so do those of one origin within it. Neither entities nor topics hold the
 * character 0.
 *
 * @param entity    whom it is about
 * @param origin    where its events were born
 * @param block     the block of offsets
 * @param tileStart the start of the tile, in epoch milliseconds
 */
public record CellKey(String entity, Origin origin, long block, long tileStart) {
    private static final VarHandle NUMBER = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle PARTITION = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final int NUMBERS = Integer.BYTES + Long.BYTES + Long.BYTES;

    byte[] toBytes() {
        byte[] name = entity.getBytes(StandardCharsets.UTF_8);
        byte[] topic = origin.topic().getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(name.length + 1 + topic.length + 1 + NUMBERS)
                .put(name)
                .put((byte) 0)
                .put(topic)
                .put((byte) 0)
                .putInt(origin.partition())
                .putLong(block)
                .putLong(tileStart)
                .array();
    }

    /** What the keys of all cells of {@code entity} begin with, and no other key. */
    static byte[] prefix(String entity) {
        byte[] name = entity.getBytes(StandardCharsets.UTF_8);
        return Arrays.copyOf(name, name.length + 1); // which ends in 0
    }

    static CellKey fromBytes(byte[] key) {
        int entityEnd = indexOfZero(key, 0);
        int topicEnd = indexOfZero(key, entityEnd + 1);
        ByteBuffer numbers = ByteBuffer.wrap(key, topicEnd + 1, NUMBERS);
        String entity = new String(key, 0, entityEnd, StandardCharsets.UTF_8);
        String topic = new String(key, entityEnd + 1, topicEnd - entityEnd - 1, StandardCharsets.UTF_8);
        return new CellKey(entity, new Origin(topic, numbers.getInt()), numbers.getLong(), numbers.getLong());
    }

    /**
     * The origin that the key of a cell names.
     *
     * @param prefix how many bytes of the key name the entity, the 0 behind it included
     * @param before the origin of a cell that comes before; null when there is none. Most often it is of the same topic
     */
    static Origin origin(byte[] key, int prefix, Origin before) {
        int topicEnd = key.length - NUMBERS - 1;
        if (topicEnd < prefix || key[topicEnd] != 0) {
            throw new IllegalArgumentException("Not the key of a cell: no end of text at byte " + topicEnd);
        }
        int partition = (int) PARTITION.get(key, topicEnd + 1);
        if (before != null && isTopic(before.topic(), key, prefix, topicEnd)) {
            return new Origin(before.topic(), partition);
        }
        return new Origin(new String(key, prefix, topicEnd - prefix, StandardCharsets.UTF_8), partition);
    }

    /** Topics are called with letters of one byte. */
    private static boolean isTopic(String topic, byte[] key, int from, int to) {
        if (topic.length() != to - from) {
            return false;
        }
        for (int i = 0; i < topic.length(); i++) {
            if (topic.charAt(i) != key[from + i]) {
                return false;
            }
        }
        return true;
    }

    /** The block that the key of a cell names. */
    static long block(byte[] key) {
        return (long) NUMBER.get(key, key.length - 2 * Long.BYTES);
    }

    /** The start of the tile that the key of a cell names. */
    static long tileStart(byte[] key) {
        return (long) NUMBER.get(key, key.length - Long.BYTES);
    }

    private static int indexOfZero(byte[] key, int from) {
        for (int i = from; i < key.length; i++) {
            if (key[i] == 0) {
                return i;
            }
        }
        throw new IllegalArgumentException("Not the key of a cell: no end of text after byte " + from);
    }
}
