package dev.anabranch.local;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What models there are, what is known of them, and which is live. */
@Command(
        name = "models",
        description = "Lists the models, or every version of one and who decided which was live.",
        footer = {
            "",
            "For example:",
            "  anabranch models fraud",
            "  anabranch models compare fraud 2 3",
            "  anabranch models quality fraud",
            "  anabranch models errors fraud",
            "  anabranch models promote fraud 3 --why 'finds the new terminals'",
            "  anabranch models register fraud --onnx boosted.onnx --features-file boosted.txt --why 'from the lab'",
            "  anabranch models rollback fraud --why 'too many alarms since noon'"
        },
        subcommands = {
            ModelsCommand.Show.class,
            ModelsCommand.Compare.class,
            ModelsCommand.Quality.class,
            ModelsCommand.Errors.class,
            ModelsCommand.Register.class,
            ModelsCommand.Promote.class,
            ModelsCommand.Rollback.class
        })
final class ModelsCommand extends AskingCommand {
    @Parameters(paramLabel = "NAME", arity = "0..1", description = "the versions of this one")
    private String name;

    @Override
    protected int run() {
        if (name == null) {
            for (JsonNode model : ask("/v1/models").path("models")) {
                out().println("  " + model.path("name").asText() + "  "
                        + (model.has("version") ? ModelTable.version(model) : "none is live")
                        + (model.has("refused")
                                ? "; refused: " + model.path("refused").asText()
                                : ""));
            }
        } else {
            ModelTable.history(ask("/v1/models/" + segment(name)), out());
        }
        out().flush();
        return 0;
    }

    /** One version. */
    @Command(name = "show", description = "Says all that is known of a version.")
    static final class Show extends AskingCommand {
        @Parameters(index = "0", paramLabel = "NAME", description = "of the model")
        private String name;

        @Parameters(index = "1", paramLabel = "VERSION", description = "its number")
        private long version;

        @Override
        protected int run() {
            ModelTable.detail(ask("/v1/models/" + segment(name) + "/" + version), out());
            out().flush();
            return 0;
        }
    }

    /** Two versions. */
    @Command(name = "compare", description = "Puts what differs between two versions side by side.")
    static final class Compare extends AskingCommand {
        @Parameters(index = "0", paramLabel = "NAME", description = "of the model")
        private String name;

        @Parameters(index = "1", paramLabel = "A", description = "the number of one version")
        private long one;

        @Parameters(index = "2", paramLabel = "B", description = "and of the other")
        private long other;

        @Override
        protected int run() {
            String path = "/v1/models/" + segment(name) + "/";
            ModelTable.compare(ask(path + one), ask(path + other), out());
            out().flush();
            return 0;
        }
    }

    /** How versions have fared. */
    @Command(
            name = "quality",
            description =
                    "Says how good each version has shown itself: predictions that were made in the stream and have"
                            + " met their labels, by when it became known what came true. Beside a figure that depends on the"
                            + " order of the scores stands what it may be in truth.")
    static final class Quality extends AskingCommand {
        @Parameters(index = "0", paramLabel = "NAME", description = "of the model")
        private String name;

        @Option(
                names = "--k",
                paramLabel = "K",
                description = "of precision at k (default: ${DEFAULT-VALUE})",
                defaultValue = "100")
        private long k;

        @Override
        protected int run() {
            ModelTable.quality(ask("/v1/models/" + segment(name) + "/quality?k=" + k), k, out());
            out().flush();
            return 0;
        }
    }

    /** How far off versions have been. */
    @Command(
            name = "errors",
            description =
                    "Says how far off the amounts have been that each version expected, for fraud what would be lost, in cents:"
                            + " predictions that were made in the stream and have met their labels, by when it became known what"
                            + " came true. The bias is what was expected less what came true, for a prediction on average.")
    static final class Errors extends AskingCommand {
        @Parameters(index = "0", paramLabel = "NAME", description = "of the model")
        private String name;

        @Override
        protected int run() {
            ModelTable.errors(ask("/v1/models/" + segment(name) + "/errors"), out());
            out().flush();
            return 0;
        }
    }

    /** A model from elsewhere. */
    @Command(
            name = "register",
            description =
                    "Keeps a model that was trained elsewhere as a version: an ONNX file that takes one float tensor"
                            + " [rows, features] and gives the score of each row, from 0 to 1. It is checked, judged by the next"
                            + " batch run that has labels, and not live until it is promoted.")
    static final class Register extends DecidingCommand {
        @Option(names = "--onnx", paramLabel = "FILE", required = true, description = "the model")
        private Path onnx;

        @ArgGroup(multiplicity = "1")
        private Features features;

        @Option(
                names = "--output",
                paramLabel = "NAME",
                description = "which of its outputs is the score, where several could be")
        private String output;

        /** Said, or written down. */
        static final class Features {
            @Option(
                    names = "--features",
                    paramLabel = "A,B,C",
                    description = "what it takes, in order: names of features of the use case")
            private String named;

            @Option(
                    names = "--features-file",
                    paramLabel = "FILE",
                    description = "the same in a file, one name a line; what follows a # is not read")
            private Path file;

            String all() {
                return named != null
                        ? named
                        : lines(file).stream()
                                .map(line -> line.replaceFirst("#.*", "").strip())
                                .filter(line -> !line.isEmpty())
                                .collect(Collectors.joining(","));
            }
        }

        @Override
        protected int run() {
            Map<String, String> query = new LinkedHashMap<>();
            query.put("features", features.all());
            query.put("file", onnx.getFileName().toString());
            decider().forEach((name, value) -> query.put(name, String.valueOf(value)));
            if (output != null) {
                query.put("output", output);
            }
            String path = "/v1/models/" + segment(name()) + "?"
                    + query.entrySet().stream()
                            .map(each -> each.getKey() + "=" + segment(each.getValue()))
                            .collect(Collectors.joining("&"));
            long version = send(path, bytes(onnx)).path("version").asLong();
            out().println(name() + " version " + version
                    + " is registered and not live. The next batch run that has labels judges it"
                    + " beside the live one; then make it live with:\n"
                    + "  anabranch models promote " + name() + " " + version + " --why '...'");
            out().flush();
            return 0;
        }

        private static byte[] bytes(Path file) {
            try {
                return Files.readAllBytes(file);
            } catch (IOException e) {
                throw unreadable(file, e);
            }
        }

        private static List<String> lines(Path file) {
            try {
                return Files.readAllLines(file);
            } catch (IOException e) {
                throw unreadable(file, e);
            }
        }

        private static Problem unreadable(Path file, IOException e) {
            return new Problem("The file " + file + " must be readable, got " + e, e);
        }
    }

    /** Makes a version live. */
    @Command(
            name = "promote",
            description =
                    "Makes a version live, on every replica and in the stream. One that did not pass its gates, or has "
                            + "not faced them, is refused; so is whoever decides after somebody else has.")
    static final class Promote extends DecidingCommand {
        @Parameters(index = "1", paramLabel = "VERSION", description = "its number")
        private long version;

        @Option(
                names = "--unevaluated",
                description =
                        "even if it was trained elsewhere, or learns online, and has been measured on no labels yet")
        private boolean unevaluated;

        @Override
        protected int run() {
            JsonNode before = ask("/v1/models/" + segment(name()));
            Map<String, Object> promotion = new HashMap<>(decider());
            promotion.put("version", version);
            promotion.put("unevaluated", unevaluated);
            JsonNode newest =
                    before.path("decisions").path(before.path("decisions").size() - 1);
            if (newest.has("version")) {
                promotion.put("insteadOf", newest.path("version").asLong());
            }
            return decide("/live", promotion);
        }
    }

    /** Goes back. */
    @Command(
            name = "rollback",
            description = "Goes back to the newest of the earlier versions that were ever live; called again, one "
                    + "further. The next training may replace it, if what it makes passes its gates beside it.")
    static final class Rollback extends DecidingCommand {
        @Override
        protected int run() {
            return decide("/rollback", decider());
        }
    }

    /** A decision wants to know who made it and why. */
    abstract static class DecidingCommand extends AskingCommand {
        @Parameters(index = "0", paramLabel = "NAME", description = "of the model")
        private String name;

        @Option(
                names = "--by",
                paramLabel = "WHO",
                defaultValue = "${sys:user.name}",
                description = "who decides (default: ${DEFAULT-VALUE})")
        private String by;

        @Option(names = "--why", paramLabel = "TEXT", required = true, description = "for whoever wonders later")
        private String why;

        String name() {
            return name;
        }

        Map<String, Object> decider() {
            Map<String, Object> decider = new LinkedHashMap<>();
            decider.put("by", by);
            decider.put("why", why);
            return decider;
        }

        /** Has it done, and says what is live now. */
        int decide(String path, Map<String, Object> decision) {
            JsonNode decided = tell("/v1/models/" + segment(name) + path, decision);
            out().println(name + " version " + decided.path("version").asLong() + " is live"
                    + (decided.path("replaced").isNumber()
                            ? ", in place of version "
                                    + decided.path("replaced").asLong()
                            : ""));
            out().flush();
            return 0;
        }
    }
}
