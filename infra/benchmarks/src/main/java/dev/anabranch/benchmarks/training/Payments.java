package dev.anabranch.benchmarks.training;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * The workload: payments of 5,000 customers over half a year, in the order of time. Customers differ a lot in how much they
 * pay, as they do in life.
 *
 * @param customers who paid, from 0
 * @param times     when, in epoch milliseconds, never falling
 * @param cents     how much
 */
record Payments(int[] customers, long[] times, long[] cents) {
    static final int CUSTOMERS = 5_000;

    private static final long FIRST = 1_680_000_000_000L;
    private static final long SPAN = 180L * 86_400_000L;

    static Payments of(int count, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        long[] times = random.longs(count, FIRST, FIRST + SPAN).toArray();
        Arrays.sort(times);
        int[] customers = new int[count];
        long[] cents = new long[count];
        for (int i = 0; i < count; i++) {
            double skewed = random.nextDouble() * random.nextDouble();
            customers[i] = (int) (skewed * CUSTOMERS);
            cents[i] = 1 + random.nextInt(50_000);
        }
        return new Payments(customers, times, cents);
    }

    int count() {
        return times.length;
    }
}
