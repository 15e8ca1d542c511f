package dev.anabranch.benchmarks;

import dev.anabranch.local.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * What a JVM has spent of CPU, without its compilers: where the difference of two JVMs is asked for, and not how they stand to
 * each other, a compiler that still works in one of them is most of it.
 */
public final class WorkingCpu {
    private static final long TICKS_A_SECOND = 100; // of /proc, whatever the kernel's own clock is
    /** Counted in a line of /proc behind the name, which is in parentheses and may hold anything. */
    private static final int USER = 11;

    private static final int SYSTEM = 12;

    private WorkingCpu() {}

    /**
     * In seconds, of the threads that live.
     *
     * @throws Problem when the process is gone, or the system tells nothing of threads
     */
    public static double seconds(long pid) {
        Path threads = Path.of("/proc", String.valueOf(pid), "task");
        try (Stream<Path> all = Files.list(threads)) {
            long ticks = 0;
            for (Path thread : (Iterable<Path>) all::iterator) {
                ticks += ticks(thread.resolve("stat"));
            }
            return ticks / (double) TICKS_A_SECOND;
        } catch (IOException e) {
            throw new Problem("What the threads of process " + pid + " spend must be told in " + threads, e);
        }
    }

    private static long ticks(Path stat) throws IOException {
        String line;
        try {
            line = Files.readString(stat);
        } catch (NoSuchFileException e) {
            return 0; // it has just ended
        }
        int behind = line.lastIndexOf(')');
        if (line.substring(0, behind).contains("CompilerThre")) { // names are cut off
            return 0;
        }
        List<String> fields = List.of(line.substring(behind + 2).split(" "));
        return Long.parseLong(fields.get(USER)) + Long.parseLong(fields.get(SYSTEM));
    }
}
