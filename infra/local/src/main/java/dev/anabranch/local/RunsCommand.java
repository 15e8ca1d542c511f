package dev.anabranch.local;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What the batch layer has done. */
@Command(name = "runs", description = "Lists the latest runs of the batch layer: who asked for each, and how it ended.")
final class RunsCommand extends AskingCommand {
    @Parameters(paramLabel = "USE_CASE", arity = "0..1", description = "only those of this one")
    private String useCase;

    @Option(names = "-n", paramLabel = "N", defaultValue = "10", description = "how many (default: ${DEFAULT-VALUE})")
    private int count;

    @Option(names = "--stages", description = "each with its stages")
    private boolean stages;

    @Override
    protected int run() {
        String of = useCase == null ? "" : "&use-case=" + segment(useCase);
        JsonNode runs = ask("/v1/runs?n=" + count + of).path("runs");
        if (runs.isEmpty()) {
            out().println("The batch layer has ended no run yet.");
        }
        for (JsonNode run : runs) {
            long started = run.path("startedMillis").asLong();
            out().printf(
                            Locale.ROOT,
                            "  %s  %-15s %-9s %-9s %6.1f s  %s%s%n",
                            at(started),
                            run.path("useCase").asText(),
                            run.path("trigger").asText(),
                            run.path("outcome").asText(),
                            (run.path("endedMillis").asLong() - started) / 1e3,
                            run.path("run").asText(),
                            run.path("error").isTextual()
                                    ? "\n    " + run.path("error").asText()
                                    : "");
            if (stages) {
                run.path("stages").forEach(this::tell);
            }
        }
        out().flush();
        return 0;
    }

    private void tell(JsonNode stage) {
        out().printf(
                        Locale.ROOT,
                        "    %6.1f s  %s: %,d rows%n",
                        stage.path("tookMillis").asLong() / 1e3,
                        stage.path("name").asText(),
                        stage.path("rows").asLong());
    }

    private static String at(long millis) {
        return Instant.ofEpochMilli(millis).truncatedTo(ChronoUnit.SECONDS).toString();
    }
}
