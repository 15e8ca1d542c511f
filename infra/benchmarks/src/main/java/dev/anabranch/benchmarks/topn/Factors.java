package dev.anabranch.benchmarks.topn;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;

/**
 * Vectors of items and of those who ask, as both contenders read them from one file.
 *
 * @param items one row for each item
 * @param asked one row for each query
 */
record Factors(float[][] items, float[][] asked) {
    static String name(int item) {
        return "item-" + item;
    }

    /** Standard normal in each dimension: no order of norms helps, for all are nearly as long. */
    static Factors random(int items, int rank, int queries, long seed) {
        Random random = new Random(seed);
        return new Factors(gaussian(items, rank, random), gaussian(queries, rank, random));
    }

    private static float[][] gaussian(int rows, int rank, Random random) {
        float[][] drawn = new float[rows][rank];
        for (float[] row : drawn) {
            for (int d = 0; d < rank; d++) {
                row[d] = (float) random.nextGaussian();
            }
        }
        return drawn;
    }

    void write(Path file) throws IOException {
        try (DataOutputStream out = new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file)))) {
            write(items, out);
            write(asked, out);
        }
    }

    private static void write(float[][] rows, DataOutputStream out) throws IOException {
        out.writeInt(rows.length);
        out.writeInt(rows[0].length);
        ByteBuffer bytes = ByteBuffer.allocate(rows[0].length * Float.BYTES);
        for (float[] row : rows) {
            bytes.asFloatBuffer().put(row);
            out.write(bytes.array());
        }
    }

    static Factors read(Path file) throws IOException {
        try (DataInputStream in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file)))) {
            return new Factors(rows(in), rows(in));
        }
    }

    private static float[][] rows(DataInputStream in) throws IOException {
        float[][] rows = new float[in.readInt()][in.readInt()];
        ByteBuffer bytes = ByteBuffer.allocate(rows[0].length * Float.BYTES);
        for (float[] row : rows) {
            in.readFully(bytes.array());
            bytes.asFloatBuffer().get(row);
        }
        return rows;
    }
}
