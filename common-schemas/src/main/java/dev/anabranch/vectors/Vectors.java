package dev.anabranch.vectors;

import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.IntStream;

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

    /** How many vectors one thread takes at a time while they are made: whole blocks of them. */
    private static final int STRETCH = 1024 * LANES;

    private final int rank;
    private final Names names; // in the order of norms
    private final float[] norms; // rounded up
    private final float[] blocks;
    private final int[] index; // a hash table of places, from 1; 0 is free. A HashMap would hold 80 bytes a name

    /** A vector and its inner product with what was asked. */
    public record Found(String name, float product) {}

    private Vectors(int rank, Names names, float[] norms, float[] blocks) {
        this.rank = rank;
        this.names = names;
        this.norms = norms;
        this.blocks = blocks;
        index = new int[Integer.highestOneBit(Math.max(1, names.size())) * 4];
        for (int place = 0; place < names.size(); place++) {
            int slot = slot(names.copy(place));
            if (index[slot] != 0) {
                throw new IllegalArgumentException(
                        "Each vector must have a name of its own, got '" + names.get(place) + "' twice");
            }
            index[slot] = place + 1;
        }
    }

    /** Where a name is in the table, or the free slot where it would be. */
    private int slot(byte[] name) {
        int hash = Arrays.hashCode(name) * 0x9E3779B9; // names that are numbered have hashes that lie side by side
        int slot = (hash ^ (hash >>> 16)) & (index.length - 1);
        while (index[slot] != 0 && !names.is(index[slot] - 1, name)) {
            slot = (slot + 1) & (index.length - 1);
        }
        return slot;
    }

    /** Its place in the order of norms; below 0 when there is no such name. */
    private int place(String name) {
        return index[slot(Names.bytes(name))] - 1;
    }

    /**
     * @param names one for each vector
     * @param rank  how long each is, 1 or more
     * @param flat  all of them, one after the other
     * @throws IllegalArgumentException when there are not as many floats as names and rank say, one is not finite, or a
     *     name comes twice
     */
    public static Vectors of(List<String> names, int rank, float[] flat) {
        return of(Names.of(names), rank, FloatBuffer.wrap(flat));
    }

    /** The same of floats that lie in other memory, which are copied once. */
    static Vectors of(Names given, int rank, FloatBuffer flat) {
        int size = given.size();
        if (rank < 1 || flat.limit() != (long) size * rank) {
            throw new IllegalArgumentException("There must be " + size + " vectors of 1 or more floats, got "
                    + flat.limit() + " floats of rank " + rank);
        }
        // Bits of floats from 0 on are in the order of the floats: the complement puts the greatest norm first, and of
        // equal ones the first given.
        long[] order = new long[size];
        inStretches(size, stretch -> {
            float[] vector = new float[rank];
            for (int i = stretch.from(); i < stretch.to(); i++) {
                flat.get(i * rank, vector);
                order[i] = (long) ~Float.floatToRawIntBits(norm(vector)) << Integer.SIZE | i;
            }
        });
        for (int i = 0; i < size; i++) {
            if (!Float.isFinite(norm(order[i]))) {
                throw new IllegalArgumentException(
                        "Vectors must be finite, got one of length " + norm(order[i]) + " for '" + given.get(i) + "'");
            }
        }
        Arrays.parallelSort(order);
        int[] places = new int[size];
        float[] norms = new float[size];
        float[] blocks = new float[(size + LANES - 1) / LANES * LANES * rank];
        inStretches(size, stretch -> {
            float[] vector = new float[rank];
            for (int place = stretch.from(); place < stretch.to(); place++) {
                int i = (int) order[place];
                places[place] = i;
                norms[place] = norm(order[place]);
                flat.get(i * rank, vector);
                for (int d = 0; d < rank; d++) {
                    blocks[at(rank, place, d)] = vector[d];
                }
            }
        });
        return new Vectors(rank, given.inOrder(places), norms, blocks);
    }

    /** Vectors from a place up to another. */
    private record Stretch(int from, int to) {
        static int count(int size) {
            return (size + STRETCH - 1) / STRETCH;
        }

        static Stretch number(int stretch, int size) {
            return new Stretch(stretch * STRETCH, Math.min(size, (stretch + 1) * STRETCH));
        }
    }

    private static void inStretches(int size, Consumer<Stretch> work) {
        IntStream.range(0, Stretch.count(size)).parallel().forEach(each -> work.accept(Stretch.number(each, size)));
    }

    /** Rounded up; infinite or NaN when a float is. */
    private static float norm(float[] vector) {
        double square = 0;
        for (float value : vector) {
            square += (double) value * value;
        }
        return Math.nextUp((float) Math.sqrt(square));
    }

    private static float norm(long inOrder) {
        return Float.intBitsToFloat(~(int) (inOrder >>> Integer.SIZE));
    }

    private static int at(int rank, int place, int dimension) {
        return place / LANES * LANES * rank + dimension * LANES + place % LANES;
    }

    public int size() {
        return names.size();
    }

    public int rank() {
        return rank;
    }

    public boolean has(String name) {
        return place(name) >= 0;
    }

    /** The names in the order of the norms, the greatest first. */
    public List<String> names() {
        return names.asList();
    }

    /** A copy of a vector; null when there is none of that name. */
    public float[] get(String name) {
        int place = place(name);
        if (place < 0) {
            return null;
        }
        float[] vector = new float[rank];
        for (int d = 0; d < rank; d++) {
            vector[d] = blocks[at(rank, place, d)];
        }
        return vector;
    }

    /** The inner product with the vector of a name, summed as {@link #top} sums it; NaN when there is none. */
    public float product(float[] query, String name) {
        int place = place(name);
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

    /**
     * The Gram matrix: the sum of the outer products of all vectors, row by row. Each stretch of vectors has a sum of its
     * own, and these are added in their order: so it is the same to the bit, whatever the number of threads.
     */
    public double[] gram() {
        double[] gram = new double[rank * rank];
        IntStream.range(0, Stretch.count(size()))
                .parallel()
                .mapToObj(each -> triangle(Stretch.number(each, size())))
                .forEachOrdered(sum -> {
                    for (int i = 0; i < sum.length; i++) {
                        gram[i] += sum[i];
                    }
                });
        for (int row = 0; row < rank; row++) {
            for (int column = row + 1; column < rank; column++) {
                gram[row * rank + column] = gram[column * rank + row];
            }
        }
        return gram;
    }

    /** What is on and below the diagonal of the sum over a stretch. */
    private double[] triangle(Stretch stretch) {
        double[] sum = new double[rank * rank];
        double[][] four = new double[4][rank];
        int place = stretch.from();
        for (; place + 4 <= stretch.to(); place += 4) { // four at a time, added in the same order, as in multiply
            for (int i = 0; i < 4; i++) {
                copy(place + i, four[i]);
            }
            add(four[0], four[1], four[2], four[3], sum);
        }
        double[] zero = new double[rank];
        for (; place < stretch.to(); place++) {
            copy(place, four[0]);
            add(four[0], zero, zero, zero, sum);
        }
        return sum;
    }

    private void copy(int place, double[] vector) {
        for (int d = 0; d < rank; d++) {
            vector[d] = blocks[at(rank, place, d)];
        }
    }

    private void add(double[] first, double[] second, double[] third, double[] fourth, double[] gram) {
        for (int row = 0; row < rank; row++) {
            double one = first[row];
            double two = second[row];
            double three = third[row];
            double four = fourth[row];
            int from = row * rank;
            for (int column = 0; column <= row; column++) {
                gram[from + column] = gram[from + column]
                        + one * first[column]
                        + two * second[column]
                        + three * third[column]
                        + four * fourth[column];
            }
        }
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
