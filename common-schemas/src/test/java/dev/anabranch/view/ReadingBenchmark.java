package dev.anabranch.view;

import com.sun.management.ThreadMXBean;
import dev.anabranch.fraud.CustomerActivity;
import dev.anabranch.fraud.FraudEvents;
import dev.anabranch.fraud.FraudViews;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * What a reading from cells and a fold into one cost: the median of rounds, in CPU time of the thread. A program, not a
 * test: {@code java -cp target/classes:target/test-classes:... dev.anabranch.view.ReadingBenchmark}.
 */
public final class ReadingBenchmark {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final int ENTITIES = 1_000;
    private static final int CELLS_EACH = 24;
    private static final int ROUNDS = 15;
    private static final long NOW = 1_700_000_000_000L;
    private static final Origin ORIGIN = new Origin(FraudEvents.TRANSACTION.topic(), 0);

    private ReadingBenchmark() {}

    public static void main(String[] arguments) {
        MemoryKeyValues cells = new MemoryKeyValues();
        SpeedWriter<CustomerActivity> writer = new SpeedWriter<>(FraudViews.CUSTOMER, cells);
        SplittableRandom random = new SplittableRandom(1);
        long[] offset = {0};
        for (int i = 0; i < ENTITIES * CELLS_EACH; i++) {
            fold(writer, random, offset[0]++);
        }
        ViewReader<CustomerActivity> reader = new ViewReader<>(FraudViews.CUSTOMER, new MemoryKeyValues(), cells);
        measure(
                "reading of " + CELLS_EACH + " cells on average",
                ENTITIES,
                i -> reader.read("c-" + i, NOW).generation());
        measure("fold into a cell", 20_000, i -> {
            fold(writer, random, offset[0]++);
            return offset[0];
        });
    }

    private static void fold(SpeedWriter<CustomerActivity> writer, SplittableRandom random, long offset) {
        long tile = NOW - 1 - random.nextLong(25 * 86_400_000L);
        writer.fold(
                new Contribution<>(
                        "c-" + random.nextInt(ENTITIES), tile, new CustomerActivity(1, random.nextInt(9_999))),
                new Position(ORIGIN, offset));
    }

    private interface Work {
        long apply(int i);
    }

    private static void measure(String what, int times, Work work) {
        double[] nanos = new double[ROUNDS];
        double[] bytes = new double[ROUNDS];
        long sum = 0;
        for (int round = -10; round < ROUNDS; round++) {
            long allocated = THREADS.getCurrentThreadAllocatedBytes();
            long start = THREADS.getCurrentThreadCpuTime();
            for (int i = 0; i < times; i++) {
                sum += work.apply(i);
            }
            if (round >= 0) {
                nanos[round] = (THREADS.getCurrentThreadCpuTime() - start) / (double) times;
                bytes[round] = (THREADS.getCurrentThreadAllocatedBytes() - allocated) / (double) times;
            }
        }
        Arrays.sort(nanos);
        Arrays.sort(bytes);
        System.out.printf(
                "%s: %.0f ns (%.0f to %.0f), %.0f bytes allocated [%d]%n",
                what, nanos[ROUNDS / 2], nanos[0], nanos[ROUNDS - 1], bytes[ROUNDS / 2], sum);
    }
}
