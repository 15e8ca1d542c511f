package dev.anabranch.benchmarks.memory;

import com.sun.management.HotSpotDiagnosticMXBean;
import dev.anabranch.local.ResidentMemory;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.lang.ref.Reference;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * Fills a holder and says what that took: {@code held <raw bytes> <heap bytes> <resident bytes> <keys> <digest of a sample>}.
 * Before, all that is to be kept is drawn once and dropped, so that whatever drawing needs is part of the empty process.
 */
public final class HolderMain {
    static final String ANSWER = "held ";

    private static final int SAMPLED = 16;
    /** What a first collection finds to be garbage may only be finalised, and not freed until the next. */
    private static final int COLLECTIONS = 3;

    private HolderMain() {}

    /** What a process takes when all garbage is collected. */
    private record Taken(long heap, long resident) {
        static Taken now() {
            spare(0, 1);
            for (int i = 0; i < COLLECTIONS; i++) {
                System.gc();
            }
            long heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
            long resident = 1024
                    * ResidentMemory.ofProcess(ProcessHandle.current().pid())
                            .orElseThrow(() ->
                                    new IllegalStateException("This machine does not tell the memory of a process"));
            spare(40, 70); // as it is by itself
            return new Taken(heap, resident);
        }

        /** How much of the heap the collector keeps free, in percent. */
        private static void spare(int least, int most) {
            var machine = ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
            machine.setVMOption("MaxHeapFreeRatio", "100"); // the least may at no moment be more than the most
            machine.setVMOption("MinHeapFreeRatio", String.valueOf(least));
            machine.setVMOption("MaxHeapFreeRatio", String.valueOf(most));
        }
    }

    /** Keys and values that went by. */
    private static final class Sums {
        private long keys;
        private long bytes;
        private long digest;

        void add(byte[] key, byte[] value) {
            keys++;
            bytes += key.length + value.length;
            digest = 31 * (31 * digest + Arrays.hashCode(key)) + Arrays.hashCode(value);
        }
    }

    /** @param arguments the holder's kind, the content's part, customers, seed, an empty directory */
    public static void main(String[] arguments) {
        PrintStream out = System.out;
        System.setOut(System.err); // whatever libraries say is no answer
        ViewContent content = new ViewContent(
                ViewContent.Part.valueOf(arguments[1]), Integer.parseInt(arguments[2]), Long.parseLong(arguments[3]));
        Holder holder = Holder.Kind.valueOf(arguments[0]).open(Path.of(arguments[4]));
        Sums all = new Sums();
        content.each(all::add);
        Taken empty = Taken.now();
        content.each(holder::put);
        holder.settle();
        Sums sample = new Sums();
        content.ofEvery(SAMPLED, (key, value) -> {
            byte[] found = holder.get(key);
            if (!Arrays.equals(found, value)) {
                throw new IllegalStateException("Key " + HexFormat.of().formatHex(key)
                        + " must have the value that was put, got " + Arrays.toString(found));
            }
            sample.add(key, found);
        });
        Taken full = Taken.now();
        Reference.reachabilityFence(holder);
        out.println(ANSWER + all.bytes + " " + (full.heap - empty.heap) + " " + (full.resident - empty.resident) + " "
                + all.keys + " " + sample.digest);
    }
}
