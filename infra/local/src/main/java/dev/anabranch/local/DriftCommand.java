package dev.anabranch.local;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Whether models still see what they were measured on. */
@Command(
        name = "drift",
        description = "Says whether models still see what they were measured on, as the last batch run found it.",
        footer = {
            "",
            "For example:",
            "  anabranch drift               what is beyond its threshold, of each model",
            "  anabranch drift fraud --all   every figure",
            "",
            "anabranch.drift.* says from where on a figure is an alert, and what a run does about it."
        })
final class DriftCommand extends AskingCommand {
    @Parameters(paramLabel = "NAME", arity = "0..1", description = "of the model; all without it")
    private String name;

    @Option(names = "--all", description = "every figure, not only alerts")
    private boolean all;

    @Override
    protected int run() {
        if (name != null) {
            print(ask("/v1/drift/" + segment(name)));
        } else {
            JsonNode models = ask("/v1/drift").path("models");
            models.forEach(this::print);
            if (models.isEmpty()) {
                out().println("  no run has looked yet: runs do once a version is live");
            }
        }
        out().flush();
        return 0;
    }

    private void print(JsonNode model) {
        out().printf(
                        "%s version %d, looked at %s",
                        model.path("model").asText(),
                        model.path("version").asLong(),
                        ModelTable.at(model.path("foundMillis").asLong()));
        if (model.has("nothing")) {
            out().printf(": nothing was compared, %s%n", model.path("nothing").asText());
        } else {
            out().printf(
                            ", windows end at %s: %s%n",
                            ModelTable.at(model.path("toMillis").asLong()),
                            model.path("alerts").isEmpty()
                                    ? "no alert"
                                    : model.path("alerts").size() + " of "
                                            + model.path("findings").size() + " figures are beyond their thresholds");
        }
        for (JsonNode finding : model.path(all ? "findings" : "alerts")) {
            out().printf(
                            Locale.ROOT,
                            "  %s %-3s %-8s %-36s %8.4f  (%s)  %s%s%n",
                            finding.has("sinceMillis") ? "!" : " ",
                            finding.path("window").asText(),
                            finding.path("statistic").asText(),
                            finding.path("subject").asText(),
                            finding.path("value").asDouble(),
                            String.format(
                                    Locale.ROOT,
                                    "%.4g",
                                    finding.path("threshold").asDouble()),
                            finding.path("detail").asText(),
                            finding.has("sinceMillis")
                                    ? ", since "
                                            + ModelTable.at(
                                                    finding.path("sinceMillis").asLong())
                                    : "");
        }
        if (model.has("action")) {
            out().println("  done about it: " + model.path("action").asText());
        }
    }
}
