package dev.anabranch.local;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
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
            "  anabranch models promote fraud 3 --why 'finds the new terminals'",
            "  anabranch models rollback fraud --why 'too many alarms since noon'"
        },
        subcommands = {
            ModelsCommand.Show.class,
            ModelsCommand.Compare.class,
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

    /** Makes a version live. */
    @Command(
            name = "promote",
            description =
                    "Makes a version live, on every replica and in the stream. One that did not pass its gates is "
                            + "refused; so is whoever decides after somebody else has.")
    static final class Promote extends DecidingCommand {
        @Parameters(index = "1", paramLabel = "VERSION", description = "its number")
        private long version;

        @Override
        protected int run() {
            JsonNode before = ask("/v1/models/" + segment(name()));
            Map<String, Object> promotion = new HashMap<>(decider());
            promotion.put("version", version);
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
