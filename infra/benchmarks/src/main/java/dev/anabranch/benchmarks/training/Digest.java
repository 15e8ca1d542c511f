package dev.anabranch.benchmarks.training;

/**
 * What the nine features of all events come to: count, total and mean over three windows, each multiplied by a number that
 * depends on the event, so that results in the wrong place are noticed. Sums of longs, in whatever order; the mean is
 * rounded down, and 0 of nothing.
 */
final class Digest {
    static final long DAY = 86_400_000L;
    static final long[] WINDOWS = {DAY, 7 * DAY, 30 * DAY};

    private static final int PLACES = 1_009;

    private long sum;

    /** The same in SQL, over columns {@code i}, {@code c0..c2} and {@code s0..s2}. */
    static String sql(String division) {
        StringBuilder sql = new StringBuilder("sum((1 + i % " + PLACES + ") * (0");
        for (int w = 0; w < WINDOWS.length; w++) {
            sql.append(" + ")
                    .append(factor(w))
                    .append(" * (c")
                    .append(w)
                    .append(" + coalesce(s")
                    .append(w);
            sql.append(", 0) + coalesce(s")
                    .append(w)
                    .append(' ')
                    .append(division)
                    .append(" nullif(c")
                    .append(w);
            sql.append(", 0), 0))");
        }
        return sql.append("))").toString();
    }

    private static int factor(int window) {
        return 2 * window + 1;
    }

    void add(int event, int window, long count, long total) {
        long mean = count == 0 ? 0 : total / count;
        sum += (1 + event % PLACES) * factor(window) * (count + total + mean);
    }

    long value() {
        return sum;
    }
}
