package dev.anabranch.vectors;

import java.util.stream.IntStream;

/**
 * The Gram matrix of vectors: the sum of their outer products. Each stretch of vectors has a sum of its own, and these are
 * added in their order: so it is the same to the bit whatever the number of threads, and in however many parts the vectors came.
 */
final class Gram {
    private final int rank;
    private final double[] sum;
    private int stretches;

    Gram(int rank) {
        this.rank = rank;
        sum = new double[rank * rank];
    }

    /** Adds the stretches that have become whole with {@code size} vectors. */
    void addWhole(float[] blocks, int size) {
        add(blocks, size / Stretch.SIZE, size);
    }

    /** Adds the last stretch, which need not be whole. The matrix, row by row. */
    double[] rest(float[] blocks, int size) {
        add(blocks, (size + Stretch.SIZE - 1) / Stretch.SIZE, size);
        for (int row = 0; row < rank; row++) {
            for (int column = row + 1; column < rank; column++) {
                sum[row * rank + column] = sum[column * rank + row];
            }
        }
        return sum;
    }

    private void add(float[] blocks, int upTo, int size) {
        IntStream.range(stretches, upTo)
                .parallel()
                .mapToObj(each -> triangle(blocks, Stretch.number(each).within(0, size)))
                .forEachOrdered(triangle -> {
                    for (int i = 0; i < triangle.length; i++) {
                        sum[i] += triangle[i];
                    }
                });
        stretches = Math.max(stretches, upTo);
    }

    /** What is on and below the diagonal of the sum over a stretch. */
    private double[] triangle(float[] blocks, Stretch stretch) {
        double[] triangle = new double[rank * rank];
        double[][] four = new double[4][rank];
        int place = stretch.from();
        for (; place + 4 <= stretch.to(); place += 4) { // four at a time, added in the same order
            for (int i = 0; i < 4; i++) {
                copy(blocks, place + i, four[i]);
            }
            add(four[0], four[1], four[2], four[3], triangle);
        }
        double[] zero = new double[rank];
        for (; place < stretch.to(); place++) {
            copy(blocks, place, four[0]);
            add(four[0], zero, zero, zero, triangle);
        }
        return triangle;
    }

    private void copy(float[] blocks, int place, double[] vector) {
        for (int d = 0; d < rank; d++) {
            vector[d] = blocks[Vectors.at(rank, place, d)];
        }
    }

    private void add(double[] first, double[] second, double[] third, double[] fourth, double[] triangle) {
        for (int row = 0; row < rank; row++) {
            double one = first[row];
            double two = second[row];
            double three = third[row];
            double four = fourth[row];
            int from = row * rank;
            for (int column = 0; column <= row; column++) {
                triangle[from + column] = triangle[from + column]
                        + one * first[column]
                        + two * second[column]
                        + three * third[column]
                        + four * fourth[column];
            }
        }
    }
}
