package dev.anabranch.vectors;

import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * Makes {@link Vectors} of floats as they come, on all cores. Where they come in the order of their norms, the greatest first, as
 * artifacts have them, next to nothing is left to do when the last has come; in any other order they are sorted then.
 */
final class VectorsBuilder {
    private final Names names;
    private final int rank;
    private final float[] norms;
    private final float[] blocks;
    private final Gram gram;
    private int size;
    private boolean inOrder = true;

    /** @param rank how long each vector is, 1 or more */
    VectorsBuilder(Names names, int rank) {
        this(names, rank, new float[Vectors.blocksLength(names.size(), rank)]);
    }

    /** @param blocks room for as many vectors as there are names */
    VectorsBuilder(Names names, int rank, float[] blocks) {
        this.names = names;
        this.rank = rank;
        this.blocks = blocks;
        norms = new float[names.size()];
        gram = new Gram(rank);
    }

    /** How many are still to come. */
    int missing() {
        return norms.length - size;
    }

    /**
     * Takes the next vectors.
     *
     * @param flat their floats, one vector after the other, from its beginning to its limit
     * @throws IllegalArgumentException when there are more of them than names, or one is not finite
     */
    void add(FloatBuffer flat) {
        int from = size;
        int to = from + flat.limit() / rank;
        if (flat.limit() % rank != 0 || to > norms.length) {
            throw new IllegalArgumentException("There must be " + norms.length + " vectors of " + rank + " floats, got "
                    + ((long) from * rank + flat.limit()) + " floats");
        }
        inStretches(from, to, stretch -> {
            float[] vector = new float[rank];
            for (int place = stretch.from(); place < stretch.to(); place++) {
                flat.get((place - from) * rank, vector);
                norms[place] = norm(vector);
                Vectors.put(vector, blocks, place);
            }
        });
        for (int place = from; place < to; place++) {
            if (!Float.isFinite(norms[place])) {
                throw new IllegalArgumentException("Vectors must be finite, got one of length " + norms[place]
                        + " for '" + names.get(place) + "'");
            }
            inOrder &= place == 0 || norms[place] <= norms[place - 1];
        }
        size = to;
        if (inOrder) {
            gram.addWhole(blocks, size);
        }
    }

    /** @throws IllegalArgumentException when there are fewer vectors than names */
    Vectors build() {
        if (missing() > 0) {
            throw new IllegalArgumentException("There must be " + norms.length + " vectors, got " + size);
        }
        return inOrder ? new Vectors(rank, names, norms, blocks, gram.rest(blocks, size)) : sorted();
    }

    private Vectors sorted() {
        long[] order = new long[size];
        Arrays.setAll(order, i -> inOrder(norms[i], i));
        Arrays.parallelSort(order);
        int[] places = new int[size];
        float[] sortedNorms = new float[size];
        float[] sortedBlocks = new float[blocks.length];
        inStretches(0, size, stretch -> {
            float[] vector = new float[rank];
            for (int place = stretch.from(); place < stretch.to(); place++) {
                places[place] = (int) order[place];
                sortedNorms[place] = norms[places[place]];
                Vectors.copy(blocks, places[place], vector);
                Vectors.put(vector, sortedBlocks, place);
            }
        });
        Gram sum = new Gram(rank);
        sum.addWhole(sortedBlocks, size);
        return new Vectors(rank, names.inOrder(places), sortedNorms, sortedBlocks, sum.rest(sortedBlocks, size));
    }

    /** Rounded up; infinite or NaN when a float is. */
    static float norm(float[] vector) {
        double square = 0;
        for (float value : vector) {
            square += (double) value * value;
        }
        return Math.nextUp((float) Math.sqrt(square));
    }

    /**
     * A number that puts the greatest norm first, and of equal ones the first given: bits of floats from 0 on are in the order of
     * the floats, and their complement is the other way round. Its lower half is the vector's number.
     */
    static long inOrder(float norm, int number) {
        return (long) ~Float.floatToRawIntBits(norm) << Integer.SIZE | number;
    }

    private static void inStretches(int from, int to, Consumer<Stretch> work) {
        IntStream.range(from / Stretch.SIZE, (to + Stretch.SIZE - 1) / Stretch.SIZE)
                .parallel()
                .forEach(each -> work.accept(Stretch.number(each).within(from, to)));
    }
}
