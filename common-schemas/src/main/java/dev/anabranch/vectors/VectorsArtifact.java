package dev.anabranch.vectors;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * Named vectors as bytes: {@code "AVEC"}, the number 1, how many, their rank; then each name, as its length in bytes and its
 * UTF-8; then all floats, vector by vector. Little-endian throughout. They are written in the order of their norms, the greatest
 * first, so that a reader needs not put them in order, and can make of each what is to be made as it comes; those written in
 * another order, by releases before, are read all the same. Equal vectors given in one order give equal bytes.
 */
public final class VectorsArtifact {
    static final int MAGIC = 0x43455641;
    static final int VERSION = 1;
    static final int HEADER = 4 * Integer.BYTES;

    private VectorsArtifact() {}

    /**
     * @param rank how long each vector is
     * @param flat all of them, one after the other
     * @throws IllegalArgumentException when there are not as many floats as names and rank say
     */
    public static byte[] write(List<String> names, int rank, float[] flat) {
        if (flat.length != (long) names.size() * rank) {
            throw new IllegalArgumentException("There must be " + names.size() + " vectors of " + rank + " floats, got "
                    + flat.length + " floats");
        }
        byte[][] encoded = new byte[names.size()][];
        long length = HEADER + (long) flat.length * Float.BYTES;
        for (int i = 0; i < encoded.length; i++) {
            encoded[i] = names.get(i).getBytes(StandardCharsets.UTF_8);
            length += Integer.BYTES + encoded[i].length;
        }
        int[] order = byNorm(names.size(), rank, flat);
        ByteBuffer out = ByteBuffer.allocate(Math.toIntExact(length)).order(ByteOrder.LITTLE_ENDIAN);
        out.putInt(MAGIC).putInt(VERSION).putInt(names.size()).putInt(rank);
        for (int i : order) {
            out.putInt(encoded[i].length).put(encoded[i]);
        }
        for (int i : order) {
            for (int d = 0; d < rank; d++) {
                out.putFloat(flat[i * rank + d]);
            }
        }
        return out.array();
    }

    /** Of equal ones the first given is first. */
    private static int[] byNorm(int size, int rank, float[] flat) {
        long[] order = new long[size];
        for (int i = 0; i < size; i++) {
            float norm = VectorsBuilder.norm(Arrays.copyOfRange(flat, i * rank, (i + 1) * rank));
            order[i] = VectorsBuilder.inOrder(norm, i);
        }
        Arrays.parallelSort(order);
        return Arrays.stream(order).mapToInt(each -> (int) each).toArray();
    }

    /** @throws IllegalArgumentException when the bytes are no such artifact */
    public static Vectors read(byte[] artifact) {
        return read(ByteBuffer.wrap(artifact));
    }

    /** What is left in {@code artifact}, leaving it as it was: nothing of it is copied to be read. */
    static Vectors read(ByteBuffer artifact) {
        VectorsReader reader = new VectorsReader(artifact.remaining(), Long.MAX_VALUE);
        reader.take(artifact);
        return reader.finish();
    }
}
