package dev.anabranch.local;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Runs the batch layer once. */
@Command(
        name = "batch",
        description = "Runs the batch layer once: the next generation of every view of a use case, and its model.")
final class BatchCommand extends LocalCommand {
    @Parameters(paramLabel = "USE_CASE", description = "such as fraud")
    private String useCase;

    @Option(names = "--full", description = "compute the views from the whole archive, not from what is new")
    private boolean full;

    @Option(names = "--views-only", description = "advance the views and train nothing")
    private boolean viewsOnly;

    @Option(
            names = "--as-of",
            paramLabel = "SNAPSHOT|MOMENT",
            description =
                    "train on the archive as it was, at a snapshot or at a moment such as 2026-11-01T06:00:00Z; views"
                            + " stay as they are, and no version goes live by itself")
    private String asOf;

    @Option(names = "--demo", description = "on the demo's platform")
    private boolean demo;

    @Override
    protected int run() {
        Home home = demo ? home().demo() : home();
        PlatformRecord record = record(home);
        requireBroker(home, record);
        List<String> arguments = new ArrayList<>(List.of("run", useCase));
        if (full) {
            arguments.add("--full");
        }
        if (viewsOnly) {
            arguments.add("--views-only");
        }
        if (asOf != null) {
            arguments.addAll(List.of("--as-of", asOf));
        }
        return Foreground.run(services(home, record).batch(arguments));
    }
}
