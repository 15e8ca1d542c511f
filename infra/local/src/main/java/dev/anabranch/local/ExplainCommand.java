package dev.anabranch.local;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.anabranch.explain.Explainer;
import dev.anabranch.explain.Explanation;
import dev.anabranch.explain.Found;
import dev.anabranch.explain.RankedExplanation;
import dev.anabranch.explain.Recheck;
import dev.anabranch.explain.Remade;
import dev.anabranch.lakehouse.CatalogConfig;
import dev.anabranch.lakehouse.Lakehouse;
import dev.anabranch.simulator.Progress;
import java.nio.file.Files;
import java.time.Clock;
import java.util.List;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Makes predictions again from the archive. */
@Command(
        name = "explain",
        description =
                "Makes a prediction again from the archive, to the bit, and takes it apart: the events behind each "
                        + "feature, and what each feature adds to the score; of a recommendation, every item in its "
                        + "place. Needs no running platform.",
        footer = {
            "",
            "The name of a prediction is the predictionId or answerId of an answer, or the predictionId of a record of",
            "predictions.<use case>.",
            "Exit code 0 when all came out as logged, 1 when anything differs or is not there. For example:",
            "  anabranch explain fraud-rest-1763958732123-0d3a4b52-1c1f-4f6e-9d0e-5a3c7b9e2f10",
            "  anabranch explain --sample 1000 --seed 7"
        })
final class ExplainCommand extends LocalCommand {
    @ArgGroup(multiplicity = "1")
    private Which which;

    @Option(names = "--use-case", paramLabel = "NAME", description = "which one's to sample (default: the first)")
    private String useCase;

    @Option(
            names = "--seed",
            paramLabel = "S",
            defaultValue = "1",
            description = "draws the sample (default: ${DEFAULT-VALUE})")
    private long seed;

    @Option(
            names = "--events",
            paramLabel = "N",
            defaultValue = "5",
            description = "how many of the events behind each view to name (default: ${DEFAULT-VALUE})")
    private int events;

    @Option(names = "--json", description = "write JSON")
    private boolean json;

    @Option(names = "--demo", description = "on the demo's platform")
    private boolean demo;

    /** One prediction, or a sample of them. */
    static final class Which {
        @Parameters(paramLabel = "PREDICTION_ID", description = "the prediction to explain")
        private String predictionId;

        @Option(names = "--sample", paramLabel = "N", description = "makes N of the archived predictions again")
        private int sample;
    }

    @Override
    protected int run() throws JsonProcessingException {
        if (events < 0) {
            throw new Problem("--events must be 0 or more, got " + events);
        }
        Home home = demo ? home().demo() : home();
        if (!Files.exists(home.catalog())) {
            throw new Problem("There is no archive in " + home.directory() + " (no " + home.catalog()
                    + "); --dir names another platform, --demo the demo's");
        }
        try (Lakehouse lakehouse = Lakehouse.open(CatalogConfig.of(home.catalog(), home.warehouse()))) {
            return which.predictionId == null ? sample(lakehouse) : explain(lakehouse);
        }
    }

    private int explain(Lakehouse lakehouse) throws JsonProcessingException {
        try (Explainer explainer = new Explainer(lakehouse)) {
            Found found =
                    explainer.explain(which.predictionId, Clock.systemUTC().millis(), events);
            if (found instanceof Found.NotMade not) {
                throw new Problem(not.why());
            }
            Remade remade = ((Found.Archived) found).remade();
            if (json) {
                out().println(json(remade));
            } else if (remade instanceof Explanation explanation) {
                ExplanationTable.print(explanation, out());
            } else if (remade instanceof RankedExplanation explanation) {
                RankedExplanationTable.print(explanation, out());
            } else {
                throw new IllegalStateException("No such explanation: " + remade);
            }
            out().flush();
            return remade.identical() ? 0 : Main.FAILED;
        }
    }

    private int sample(Lakehouse lakehouse) throws JsonProcessingException {
        if (which.sample < 1) {
            throw new Problem("--sample must be 1 or more, got " + which.sample);
        }
        Recheck.Result result = new Recheck(lakehouse, Clock.systemUTC()).of(useCase(), which.sample, seed, done -> {
            if (Progress.hasTerminal()) {
                System.err.print("\r" + done + " of " + which.sample + " ");
            }
        });
        if (result.archived() == 0) {
            throw new Problem("No prediction of " + result.useCase() + " has been archived yet");
        }
        if (json) {
            out().println(json(result));
        } else {
            ExplanationTable.print(result, out());
        }
        out().flush();
        return result.different() == 0 && result.checked() > 0 ? 0 : Main.FAILED;
    }

    private String useCase() {
        List<String> asking = Explainer.useCases();
        if (useCase == null) {
            return asking.get(0);
        }
        if (!asking.contains(useCase)) {
            throw new Problem("--use-case must be one of " + asking + ", got '" + useCase + "'");
        }
        return useCase;
    }

    private static String json(Object answer) throws JsonProcessingException {
        return new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValueAsString(answer);
    }
}
