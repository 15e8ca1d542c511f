package dev.anabranch.vectors;

import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;

/**
 * Named vectors of one length, to search for those with the greatest inner product with a query: exact, with no index.
 *
 * <p>They lie in the order of their norms, the greatest first, in one flat array of floats. By Cauchy and Schwarz no vector
 * from some place on can have a greater product than {@code |query| * norm there}, so the search ends as soon as the
 * worst of the best found so far is greater. Vectors lie in blocks of {@link #LANES}, dimension by dimension: a block is
 * multiplied lane by lane, which HotSpot turns into vector instructions on any JVM, and each product is summed in the order
 * of the dimensions, as a plain loop does. So there is one path, and it equals the plain loop to the bit.
 *
 * <p>Immutable; any number of threads may search.
 */
public final class Vectors {
    /** How many vectors are multiplied at once. */
    static final int LANES = 16;

    private final int rank;
    private final Names names; // in the order of norms
    private final float[] norms; // rounded up
    private final float[] blocks;
    private final double[] gram;

    /** A vector and its inner product with what was asked. */
    public record Found(String name, float product) {}

    /** Of what {@link VectorsBuilder} has made. */
    Vectors(int rank, Names names, float[] norms, float[] blocks, double[] gram) {
        this.rank = rank;
        this.names = names;
        this.norms = norms;
        this.blocks = blocks;
        this.gram = gram;
    }

    /**
     * @param names one for each vector
     * @param rank  how long each is, 1 or more
     * @param flat  all of them, one after the other
     * @throws IllegalArgumentException when there are not as many floats as names and rank say, one is not finite, or a
     *     name comes twice
     */
    public static Vectors of(List<String> names, int rank, float[] flat) {
        if (rank < 1) {
            throw new IllegalArgumentException("Vectors must have 1 or more floats, got a rank of " + rank);
        }
        VectorsBuilder builder = new VectorsBuilder(Names.of(names), rank);
        builder.add(FloatBuffer.wrap(flat));
        return builder.build();
    }

    /** How many floats blocks of vectors take. */
    static int blocksLength(int size, int rank) {
        return Math.multiplyExact((size + LANES - 1) / LANES * LANES, rank);
    }

    static void put(float[] vector, float[] blocks, int place) {
        for (int d = 0; d < vector.length; d++) {
            blocks[at(vector.length, place, d)] = vector[d];
        }
    }

    static void copy(float[] blocks, int place, float[] vector) {
        for (int d = 0; d < vector.length; d++) {
            vector[d] = blocks[at(vector.length, place, d)];
        }
    }

    /** Where a float of the vector at a place lies in the blocks. */
    static int at(int rank, int place, int dimension) {
        return place / LANES * LANES * rank + dimension * LANES + place % LANES;
    }

    public int size() {
        return names.size();
    }

    public int rank() {
        return rank;
    }

    public boolean has(String name) {
        return names.place(name) >= 0;
    }

    /** The names in the order of the norms, the greatest first. */
    public List<String> names() {
        return names.asList();
    }

    /** A copy of a vector; null when there is none of that name. */
    public float[] get(String name) {
        int place = names.place(name);
        if (place < 0) {
            return null;
        }
        float[] vector = new float[rank];
        copy(blocks, place, vector);
        return vector;
    }

    /** The inner product with the vector of a name, summed as {@link #top} sums it; NaN when there is none. */
    public float product(float[] query, String name) {
        int place = names.place(name);
        return place < 0 ? Float.NaN : product(query, place);
    }

    private float product(float[] query, int place) {
        float sum = 0;
        for (int d = 0; d < rank; d++) {
            sum += query[d] * blocks[at(rank, place, d)];
        }
        return sum;
    }

    /**
     * The vectors with the greatest inner products, the greatest first; of equal ones the one with the greater norm, and
     * then the one that was given first.
     *
     * @param query of length {@link #rank}
     * @param most  how many, 1 or more
     * @param wanted which names may be found; asked only of those that would be among the best
     */
    public List<Found> top(float[] query, int most, Predicate<String> wanted) {
        if (query.length != rank || most < 1) {
            throw new IllegalArgumentException(
                    "A query must have " + rank + " floats and want 1 or more, got " + query.length + " and " + most);
        }
        double square = 0;
        for (float value : query) {
            square += (double) value * value;
        }
        if (!Double.isFinite(square)) {
            throw new IllegalArgumentException("A query must be finite, got one of squared length " + square);
        }
        // A sum of floats may come out above the bound by its rounding: at most rank steps of half a unit each.
        double length = Math.sqrt(square) * (1 + rank * 0x1.0p-23);
        Best best = new Best(Math.min(most, norms.length));
        float[] sums = new float[LANES];
        for (int from = 0; from < norms.length; from += LANES) {
            if (best.isFull() && length * norms[from] < best.worst()) {
                break;
            }
            multiply(query, from * rank, sums);
            int lanes = Math.min(LANES, norms.length - from);
            for (int lane = 0; lane < lanes; lane++) {
                if ((!best.isFull() || sums[lane] > best.worst()) && wanted.test(names.get(from + lane))) {
                    best.add(sums[lane], from + lane);
                }
            }
        }
        return best.found(names);
    }

    private void multiply(float[] query, int from, float[] sums) {
        Arrays.fill(sums, 0);
        int d = 0;
        for (;
                d + 4 <= rank;
                d += 4) { // four at a time, added in the same order: the sums are stored once for all four
            float first = query[d];
            float second = query[d + 1];
            float third = query[d + 2];
            float fourth = query[d + 3];
            int block = from + d * LANES;
            for (int lane = 0; lane < LANES; lane++) {
                sums[lane] = sums[lane]
                        + first * blocks[block + lane]
                        + second * blocks[block + LANES + lane]
                        + third * blocks[block + 2 * LANES + lane]
                        + fourth * blocks[block + 3 * LANES + lane];
            }
        }
        for (; d < rank; d++) {
            float factor = query[d];
            int block = from + d * LANES;
            for (int lane = 0; lane < LANES; lane++) {
                sums[lane] += factor * blocks[block + lane];
            }
        }
    }

    /** The sum of the outer products of all vectors, row by row, to be read only. */
    double[] gram() {
        return gram;
    }

    /** A heap with the worst of the best on top. */
    private static final class Best {
        private final float[] products;
        private final int[] places;
        private int size;

        Best(int most) {
            products = new float[most];
            places = new int[most];
        }

        boolean isFull() {
            return size == products.length;
        }

        float worst() {
            return products[0];
        }

        void add(float product, int place) {
            if (size < products.length) {
                int child = size++;
                while (child > 0 && isWorse(product, place, (child - 1) / 2)) {
                    move((child - 1) / 2, child);
                    child = (child - 1) / 2;
                }
                set(child, product, place);
                return;
            }
            int parent = 0;
            while (true) {
                int child = 2 * parent + 1;
                if (child >= size) {
                    break;
                }
                if (child + 1 < size && isWorse(products[child + 1], places[child + 1], child)) {
                    child++;
                }
                if (isWorse(product, place, child)) {
                    break;
                }
                move(child, parent);
                parent = child;
            }
            set(parent, product, place);
        }

        private boolean isWorse(float product, int place, int than) {
            return product < products[than] || (product == products[than] && place > places[than]);
        }

        private void move(int from, int to) {
            set(to, products[from], places[from]);
        }

        private void set(int at, float product, int place) {
            products[at] = product;
            places[at] = place;
        }

        List<Found> found(Names names) {
            Integer[] order = new Integer[size];
            Arrays.setAll(order, i -> i);
            Arrays.sort(
                    order,
                    Comparator.comparingDouble((Integer i) -> -products[i]).thenComparing(i -> places[i]));
            List<Found> found = new ArrayList<>(size);
            for (int i : order) {
                found.add(new Found(names.get(places[i]), products[i]));
            }
            return found;
        }
    }
}
