package dev.anabranch.benchmarks;

import dev.anabranch.local.Problem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
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
            List<String> lines = all.flatMap(thread -> line(thread).stream()).toList();
            if (lines.stream().noneMatch(WorkingCpu::isCompiler)) {
                throw new Problem("One of the threads of process " + pid + " must be a compiler of its JVM");
            }
            long ticks = lines.stream()
                    .filter(line -> !isCompiler(line))
                    .mapToLong(WorkingCpu::ticks)
                    .sum();
            return ticks / (double) TICKS_A_SECOND;
        } catch (IOException | UncheckedIOException e) {
            throw new Problem("What the threads of process " + pid + " spend must be told in " + threads, e);
        }
    }

    /** Empty when the thread has just ended. */
    private static Optional<String> line(Path thread) {
        try {
            return Optional.of(Files.readString(thread.resolve("stat")));
        } catch (IOException e) {
            if (Files.notExists(thread)) {
                return Optional.empty();
            }
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isCompiler(String line) {
        return line.substring(0, line.lastIndexOf(')')).contains("CompilerThre"); // names are cut off
    }

    private static long ticks(String line) {
        List<String> fields = List.of(line.substring(line.lastIndexOf(')') + 2).split(" "));
        return Long.parseLong(fields.get(USER)) + Long.parseLong(fields.get(SYSTEM));
    }
}
