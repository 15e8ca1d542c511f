package dev.anabranch.local;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;

/** Starts processes in the background. */
public final class Launch {
    private static final Path SHELL = Path.of("/bin/sh");
    private static final int TAIL_LINES = 15;

    /** Spark looks for an address of its own, and warns, unless it is told one. */
    static final String SPARK_ADDRESS = "SPARK_LOCAL_IP";

    private Launch() {}

    /**
     * Starts a process that writes to a log of its own.
     *
     * <p>Ctrl-C reaches every process of a terminal at once, and a closed terminal hangs all of them up. Then the broker
     * would be gone before the layers had committed. So these signals are ignored from the start, which a JVM respects,
     * and whoever launched it stops each with SIGTERM, in order.
     */
    public static Process inBackground(List<String> command, Path log) {
        return start(command, log, "exec \"$@\"");
    }

    /**
     * The same for a process that nobody waits for an answer from: where all want the processor, it gets next to nothing, and
     * what nobody else wants is its own. A layer that starts again would otherwise take half as long again beside Spark.
     */
    public static Process givingWay(List<String> command, Path log) {
        return start(command, log, "command -v nice >/dev/null && set -- nice -n 19 \"$@\"; exec \"$@\"");
    }

    private static Process start(List<String> command, Path log, String exec) {
        List<String> shielded = new ArrayList<>();
        if (Files.isExecutable(SHELL)) {
            shielded.addAll(List.of(SHELL.toString(), "-c", "trap '' INT HUP; " + exec, "sh"));
        }
        shielded.addAll(command);
        try {
            Files.createDirectories(log.getParent());
            if (Files.exists(log)) {
                Files.move(log, log.resolveSibling(log.getFileName() + ".1"), StandardCopyOption.REPLACE_EXISTING);
            }
            ProcessBuilder builder = new ProcessBuilder(shielded)
                    .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile());
            // glibc gives each thread an arena of its own and hardly ever gives one back.
            builder.environment().putIfAbsent("MALLOC_ARENA_MAX", "2");
            builder.environment().putIfAbsent(SPARK_ADDRESS, Ports.HOST);
            return builder.start();
        } catch (IOException e) {
            throw new Problem("Cannot start " + String.join(" ", command) + ": " + e.getMessage(), e);
        }
    }

    /** The end of a log, indented, fit to be printed below a message. */
    public static String tail(Path log) {
        try {
            if (!Files.exists(log)) {
                return "  (no log)";
            }
            List<String> lines = Files.readAllLines(log);
            List<String> last = lines.subList(Math.max(0, lines.size() - TAIL_LINES), lines.size());
            return "  | " + String.join("\n  | ", last);
        } catch (IOException e) {
            return "  (cannot read " + log + ": " + e + ")";
        }
    }
}
