package dev.anabranch.quality;

import java.util.Arrays;

/**
 * How scores from 0 to 1 are told apart: 122 bins, each half-open but the last. They are 0.02 wide in the middle, 0.005
 * below 0.1, 0.0005 below 0.01, and 0.0002 below 0.001; the same from the other end. So a score is known to 0.02, and where
 * it is less than 0.1 to half of itself or to 0.0002, whichever is more. Every tenth is an edge. Edges are decimal fractions
 * that scores are compared with, so every layer files a score in the same bin.
 */
final class ScoreBins {
    /** How many bins there are. */
    static final int COUNT = 122;

    /** How many tenths there are. */
    static final int TENTHS = 10;

    private static final double[] EDGES = edges();
    private static final int[] TENTH_OF = tenths();

    private ScoreBins() {}

    /** The bin of a score from 0 to 1. */
    static int of(double score) {
        int found = Arrays.binarySearch(EDGES, score + 0.0); // -0.0 is sorted before 0.0, and is not less than it
        return found >= 0 ? Math.min(found, COUNT - 1) : -found - 2;
    }

    /** The lower edge of a bin; of {@link #COUNT} it is 1. */
    static double from(int bin) {
        return EDGES[bin];
    }

    /** The tenth that a bin lies in: 0 for scores below 0.1. */
    static int tenth(int bin) {
        return TENTH_OF[bin];
    }

    private static double[] edges() {
        double[] edges = new double[COUNT + 1];
        int size = 0;
        size = append(edges, size, 0, 5, 5_000);
        size = append(edges, size, 2, 20, 2_000);
        size = append(edges, size, 2, 20, 200);
        size = append(edges, size, 5, 45, 50);
        size = append(edges, size, 180, 198, 200);
        size = append(edges, size, 1_980, 1_998, 2_000);
        append(edges, size, 4_995, 5_001, 5_000);
        return edges;
    }

    private static int append(double[] edges, int size, int from, int to, int parts) {
        int next = size;
        for (int i = from; i < to; i++) {
            edges[next++] = (double) i / parts;
        }
        return next;
    }

    private static int[] tenths() {
        int[] tenths = new int[COUNT];
        for (int bin = 0; bin < COUNT; bin++) {
            while (tenths[bin] + 1 < TENTHS && (tenths[bin] + 1) / 10.0 <= EDGES[bin]) {
                tenths[bin]++;
            }
        }
        return tenths;
    }
}
