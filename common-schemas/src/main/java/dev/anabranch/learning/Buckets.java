package dev.anabranch.learning;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * How the values of one feature are told apart: half-open intervals between edges, the first without a lower end and the last
 * without an upper one. Each has a weight of its own, so an amount ten times as large is another case and not ten times the
 * evidence, and risk need not rise with the feature.
 *
 * <p>Edges are declared, not estimated: they are the same for ever, for every learner and from the first example on. They
 * are floats, and a value is compared as the float that an ONNX artifact reads: so the artifact finds the same bucket,
 * always.
 */
public final class Buckets {
    /** What a value that is no finite number, a missing one say, is found in: it says nothing and is not learnt from. */
    public static final int NONE = -1;

    private final float[] edges;

    private Buckets(float[] edges) {
        for (int i = 0; i < edges.length; i++) {
            if (!Float.isFinite(edges[i]) || i > 0 && edges[i] <= edges[i - 1]) {
                throw new IllegalArgumentException(
                        "Edges of buckets must be finite and rise, got " + Arrays.toString(edges));
            }
        }
        this.edges = edges;
    }

    /** @param edges rising; each is the least value of a bucket */
    public static Buckets at(double... edges) {
        float[] floats = new float[edges.length];
        for (int i = 0; i < edges.length; i++) {
            floats[i] = (float) edges[i];
        }
        return new Buckets(floats);
    }

    /**
     * Edges that rise by the same factor, for what is spread over orders of magnitude.
     *
     * @param from      the first edge, above 0
     * @param to        no edge is above it
     * @param perOctave how many edges there are from a value to its double
     */
    public static Buckets geometric(double from, double to, int perOctave) {
        if (!(from > 0 && to >= from) || perOctave < 1) {
            throw new IllegalArgumentException(
                    "Geometric buckets must have edges from above 0 up, and 1 or more an octave, got " + from + " to "
                            + to + ", " + perOctave + " an octave");
        }
        List<Double> edges = new ArrayList<>();
        for (double edge = from; edge <= to; ) {
            edges.add(edge);
            edge = from * StrictMath.pow(2, (double) edges.size() / perOctave); // the same on every machine
        }
        return at(edges.stream().mapToDouble(Double::doubleValue).toArray());
    }

    /** How many there are. */
    public int count() {
        return edges.length + 1;
    }

    /** Which one a value lies in, from 0; {@link #NONE} when it is no finite number. */
    public int of(float value) {
        if (!Float.isFinite(value)) {
            return NONE;
        }
        int found = Arrays.binarySearch(edges, value + 0.0f); // -0 is sorted before 0, and is not less than it
        return found >= 0 ? found + 1 : -found - 1;
    }

    /** The least value in a bucket: of the first, the least float. */
    public float from(int bucket) {
        return bucket == 0 ? -Float.MAX_VALUE : edges[bucket - 1];
    }

    /** What the values in a bucket are less than: of the last, infinity. */
    public float to(int bucket) {
        return bucket == edges.length ? Float.POSITIVE_INFINITY : edges[bucket];
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Buckets that && Arrays.equals(edges, that.edges);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(edges);
    }

    @Override
    public String toString() {
        return Arrays.toString(edges);
    }
}
