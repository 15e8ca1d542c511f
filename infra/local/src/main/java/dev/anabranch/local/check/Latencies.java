package dev.anabranch.local.check;

import java.util.Arrays;
import java.util.OptionalDouble;

/** How long things took. Every one is kept, so percentiles are exact. Thread safe. */
public final class Latencies {
    private long[] nanos = new long[1024];
    private int count;

    public synchronized void record(long tookNanos) {
        if (count == nanos.length) {
            nanos = Arrays.copyOf(nanos, 2 * count);
        }
        nanos[count++] = tookNanos;
    }

    public synchronized int count() {
        return count;
    }

    /**
     * The smallest of them that at least this share does not exceed, in milliseconds; empty when there is none.
     *
     * @param share above 0, up to 1
     */
    public synchronized OptionalDouble percentileMillis(double share) {
        if (count == 0) {
            return OptionalDouble.empty();
        }
        long[] sorted = Arrays.copyOf(nanos, count);
        Arrays.sort(sorted);
        int rank = (int) Math.ceil(share * count);
        return OptionalDouble.of(sorted[Math.max(0, rank - 1)] / 1e6);
    }
}
