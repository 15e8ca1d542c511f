package dev.anabranch.local;

import dev.anabranch.lakehouse.Lakehouse;
import dev.anabranch.local.check.Api;
import dev.anabranch.local.check.Metrics;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Shows what the platform does with one use case. Listed in {@code META-INF/services/dev.anabranch.local.Demo}; that is
 * how {@code anabranch demo} knows it.
 */
public interface Demo {
    String useCase();

    /**
     * Runs on a platform that is up and empty.
     *
     * @return whether everything it checked was as it must be
     */
    boolean run(Stage stage, Options options) throws Exception;

    /**
     * How big and how long.
     *
     * @param days      of history
     * @param customers how many take part
     * @param seed      the same one gives the same customers, terminals and habits
     * @param rate      live events a second
     * @param live      how long the live part lasts, at least, before the scoreboard is final
     * @param exit      whether it ends then, or goes on
     * @param drift     whether the story of a model's life is told instead: what is simulated changes on a day
     * @param report    where the scoreboard is written as JSON
     */
    record Options(
            int days,
            int customers,
            long seed,
            double rate,
            Duration live,
            boolean exit,
            boolean drift,
            Optional<Path> report) {}

    /** The platform it runs on. */
    interface Stage {
        PrintStream out();

        String bootstrapServers();

        Api api();

        /** What a process counts. */
        Metrics metrics(String process);

        /** What each process holds of memory, in MiB, by name. */
        Map<String, Long> memoryMib();

        /** The archive. Close it. */
        Lakehouse lakehouse();

        /** A file to hand to a process, gone with the demo. */
        Path scratch(String name);

        /**
         * Runs the batch layer once, as a process of its own, and waits for its end.
         *
         * @param arguments as {@code BatchMain} takes them
         * @param log       the log it writes to, by name
         * @throws Problem when it fails, with the end of its log
         */
        void batch(List<String> arguments, String log) throws InterruptedException;
    }
}
