package dev.anabranch.vectors;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Named vectors as bytes: {@code "AVEC"}, the number 1, how many, their rank; then each name, as its length in bytes and its
 * UTF-8; then all floats, vector by vector. Little-endian throughout. Equal vectors in one order give equal bytes.
 */
public final class VectorsArtifact {
    private static final int MAGIC = 0x43455641;
    private static final int VERSION = 1;
    private static final int HEADER = 4 * Integer.BYTES;

    private VectorsArtifact() {}

    public static byte[] write(List<String> names, int rank, float[] flat) {
        List<byte[]> encoded = new ArrayList<>(names.size());
        long length = HEADER + (long) flat.length * Float.BYTES;
        for (String name : names) {
            byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
            encoded.add(bytes);
            length += Integer.BYTES + bytes.length;
        }
        ByteBuffer out = ByteBuffer.allocate(Math.toIntExact(length)).order(ByteOrder.LITTLE_ENDIAN);
        out.putInt(MAGIC).putInt(VERSION).putInt(names.size()).putInt(rank);
        encoded.forEach(bytes -> out.putInt(bytes.length).put(bytes));
        for (float value : flat) {
            out.putFloat(value);
        }
        return out.array();
    }

    /** @throws IllegalArgumentException when the bytes are no such artifact */
    public static Vectors read(byte[] artifact) {
        return read(ByteBuffer.wrap(artifact));
    }

    /** What is left in {@code artifact}, an array's buffer, leaving it as it was: nothing of it is copied to be read. */
    static Vectors read(ByteBuffer artifact) {
        ByteBuffer in = artifact.slice().order(ByteOrder.LITTLE_ENDIAN);
        try {
            if (in.getInt() != MAGIC || in.getInt() != VERSION) {
                throw new IllegalArgumentException("The artifact must begin with AVEC and version " + VERSION);
            }
            int size = in.getInt();
            int rank = in.getInt();
            if (size < 0 || rank < 1 || (long) size * rank > in.remaining() / Float.BYTES) {
                throw new IllegalArgumentException("The artifact must hold what it says, got " + size
                        + " vectors of rank " + rank + " in " + in.limit() + " bytes");
            }
            Names.Builder names = new Names.Builder(size);
            for (int i = 0; i < size; i++) {
                int length = in.getInt();
                if (length < 0 || length > in.remaining()) {
                    throw new IllegalArgumentException("The artifact must hold what it says, got a name of " + length
                            + " bytes with " + in.remaining() + " left");
                }
                names.add(in.array(), in.arrayOffset() + in.position(), length);
                in.position(in.position() + length);
            }
            if (in.remaining() != size * rank * Float.BYTES) {
                throw new IllegalArgumentException(
                        "The artifact must end with " + size * rank + " floats, got " + in.remaining() + " bytes");
            }
            return Vectors.of(names.build(), rank, in.asFloatBuffer());
        } catch (BufferUnderflowException e) {
            throw new IllegalArgumentException("The artifact is cut short after " + in.limit() + " bytes", e);
        }
    }
}
