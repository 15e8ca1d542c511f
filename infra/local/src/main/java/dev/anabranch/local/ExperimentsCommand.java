package dev.anabranch.local;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Versions of a model that share its traffic, so that they can be compared. */
@Command(
        name = "experiments",
        description = "Says which versions of a model share its traffic, and who decided so.",
        footer = {
            "",
            "For example:",
            "  anabranch experiments fraud",
            "  anabranch experiments start fraud --challenger 7=20% --shadow 8 --why 'boosted trees, at last'",
            "  anabranch experiments shares fraud --challenger 7=50% --why 'no more alarms than before'",
            "  anabranch experiments stop fraud --why 'worse on new terminals'",
            "  anabranch models promote fraud 7 --why 'better in experiment 1'       ends it, too"
        },
        subcommands = {ExperimentsCommand.Start.class, ExperimentsCommand.Change.class, ExperimentsCommand.Stop.class})
final class ExperimentsCommand extends AskingCommand {
    @Parameters(paramLabel = "NAME", arity = "0..1", description = "of the model")
    private String name;

    @Override
    protected int run() {
        if (name == null) {
            throw new Problem("Of which model? For example: anabranch experiments fraud");
        }
        JsonNode answer = ask(path(name));
        for (JsonNode step : answer.path("steps")) {
            out().printf(
                            Locale.ROOT,
                            "  %s  %-6s  experiment %d, phase %d  %s  by %s: %s%n",
                            ModelTable.at(step.path("atMillis").asLong()),
                            step.path("action").asText(),
                            step.path("experiment").asLong(),
                            step.path("phase").asInt(),
                            shares(step.path("shares")),
                            step.path("by").asText(),
                            step.path("why").asText());
        }
        if (answer.has("running")) {
            print(answer.path("running"), out());
        } else {
            out().println("  no experiment with " + name + " is running");
        }
        if (answer.has("results")) {
            print(answer.path("results"), answer.path("results").path("verdict"), out());
        }
        out().flush();
        return 0;
    }

    /** What each arm came to, and each beside the champion. */
    private static void print(JsonNode results, JsonNode verdict, PrintWriter out) {
        out.printf(
                Locale.ROOT,
                "%n  what experiment %d came to in phase %d, looked at %s%n",
                results.path("experiment").asLong(),
                results.path("phase").asInt(),
                ModelTable.at(results.path("atMillis").asLong()));
        for (JsonNode arm : results.path("arms")) {
            out.printf(
                    Locale.ROOT,
                    "    %-16s %-9s %9d entities, %d predictions, %d labelled, %d positive; mean %s%n",
                    arm.path("arm").asText(),
                    arm.path("metric").asText(),
                    arm.path("entities").asLong(),
                    arm.path("predictions").asLong(),
                    arm.path("labelled").asLong(),
                    arm.path("positives").asLong(),
                    figure(arm.path("mean")));
        }
        for (JsonNode compared : verdict.path("comparisons")) {
            out.printf(
                    Locale.ROOT,
                    "    %-16s %-9s %s beside the champion: %s [%s, %s] at any time, p %s%n",
                    compared.path("arm").asText(),
                    compared.path("metric").asText(),
                    compared.path("verdict").asText().toLowerCase(Locale.ROOT).replace('_', ' '),
                    figure(compared.path("difference")),
                    figure(compared.path("lower")),
                    figure(compared.path("upper")),
                    figure(compared.path("p")));
        }
        if (verdict.path("sampleRatio").path("mismatch").asBoolean()) {
            out.println(
                    "    the arms do not have the entities that their shares give them: nothing above means anything");
        }
    }

    private static String figure(JsonNode number) {
        return number.isNumber() ? String.format(Locale.ROOT, "%.4g", number.asDouble()) : "-";
    }

    private static String shares(JsonNode shares) {
        Map<String, String> told = new TreeMap<>();
        shares.fields()
                .forEachRemaining(
                        each -> told.put(each.getKey(), percent(each.getValue().asDouble())));
        return told.toString();
    }

    private static void print(JsonNode running, PrintWriter out) {
        out.printf(
                Locale.ROOT,
                "%n  experiment %d, phase %d since %s%n",
                running.path("number").asLong(),
                running.path("phase").asInt(),
                ModelTable.at(running.path("phaseMillis").asLong()));
        for (JsonNode arm : running.path("arms")) {
            out.printf(
                    Locale.ROOT,
                    "    %-16s version %-5d %s%s%n",
                    arm.path("name").asText(),
                    arm.path("version").asLong(),
                    percent(arm.path("share").asDouble()),
                    arm.has("refused")
                            ? "  cannot be used: " + arm.path("refused").asText()
                            : "");
        }
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%.2f %%", 100 * share);
    }

    /** What begins or changes an experiment: its arms. */
    abstract static class ArmsCommand extends ModelsCommand.DecidingCommand {
        @Option(
                names = "--challenger",
                paramLabel = "VERSION=SHARE",
                description =
                        "a version that answers a share of the entities: 7=20%% or 7=0.2; may be given several times")
        private List<String> challengers = new ArrayList<>();

        @Option(
                names = "--shadow",
                paramLabel = "VERSION",
                description = "a version that scores everything and answers nobody; may be given several times")
        private List<Long> shadows = new ArrayList<>();

        @Option(
                names = "--holdout",
                paramLabel = "VERSION=SHARE",
                description = "a version that the same entities keep in every experiment")
        private String holdout;

        @Option(
                names = "--unevaluated",
                description =
                        "let a version answer that was trained elsewhere, or learns online, and was measured on no labels yet")
        private boolean unevaluated;

        final int begin(String path) {
            Map<String, Object> arms = new HashMap<>(decider());
            arms.put("challengers", challengers.stream().map(ArmsCommand::share).toList());
            arms.put("shadows", shadows);
            arms.put("unevaluated", unevaluated);
            if (holdout != null) {
                arms.put("holdout", share(holdout));
            }
            print(tell(path(name()) + path, arms), out());
            out().flush();
            return 0;
        }

        private static Map<String, Object> share(String told) {
            String[] parts = told.split("=", 2);
            try {
                String share = parts[1].strip();
                double value = share.endsWith("%")
                        ? Double.parseDouble(share.substring(0, share.length() - 1)) / 100
                        : Double.parseDouble(share);
                return Map.of("version", Long.parseLong(parts[0].strip()), "share", value);
            } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
                throw new Problem("A version and its share must be like 7=20% or 7=0.2, got " + told, e);
            }
        }
    }

    /** Begins one. */
    @Command(name = "start", description = "Lets versions share the traffic of the live one.")
    static final class Start extends ArmsCommand {
        @Override
        protected int run() {
            return begin("");
        }
    }

    /** Changes it. */
    @Command(
            name = "shares",
            description =
                    "Changes the arms of the experiment that runs, and their shares; what is given is all there will be.")
    static final class Change extends ArmsCommand {
        @Override
        protected int run() {
            return begin("/shares");
        }
    }

    /** Ends it. */
    @Command(name = "stop", description = "Ends the experiment: the live version answers everybody.")
    static final class Stop extends ModelsCommand.DecidingCommand {
        @Override
        protected int run() {
            JsonNode done = tell(path(name()) + "/stop", decider());
            out().println("  experiment " + done.path("experiment").asLong() + " with " + name() + " is stopped");
            out().flush();
            return 0;
        }
    }

    private static String path(String name) {
        return "/v1/models/" + segment(name) + "/experiment";
    }
}
