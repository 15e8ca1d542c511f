package dev.anabranch.recommendation.batch;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.anabranch.batch.BatchSession;
import dev.anabranch.batch.Evaluation;
import dev.anabranch.batch.Workplace;
import dev.anabranch.recommendation.RecommendationUseCase;
import dev.anabranch.recommendation.simulator.SimulatedRatings;
import dev.anabranch.simulator.BrokenFileException;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Measures recommendations three ways: test-then-train on a clickstream, which is what a live system is asked; a random
 * split of the same pairs, which is what was published; and a file of ratings.
 */
public final class RecommendationEvaluation implements Evaluation {
    private final PrintStream out;

    public RecommendationEvaluation() {
        this(System.out);
    }

    RecommendationEvaluation(PrintStream out) {
        this.out = out;
    }

    @Override
    public String useCase() {
        return RecommendationUseCase.NAME;
    }

    @Override
    public int run(List<String> arguments) {
        if (arguments.isEmpty() || arguments.contains("--help")) {
            out.println(RecommendationEvaluationOptions.USAGE);
            return arguments.isEmpty() ? 2 : 0;
        }
        RecommendationEvaluationOptions options = RecommendationEvaluationOptions.parse(arguments);
        try (Workplace place = Workplace.temporary();
                BatchSession session = BatchSession.start(place, "anabranch-evaluate-recommendation")) {
            Map<String, Object> report = new LinkedHashMap<>();
            if (options.data().isPresent()) {
                Clicks clicks = Clicks.read(options.data().get());
                say(
                        "%,d interactions of %,d users with %,d items",
                        clicks.log().size(), clicks.users(), clicks.items());
                new LiveEvaluation(session.spark(), clicks, options, this::say).run(report);
                new HeldOutPairs(session.spark(), clicks, options.seed(), this::say).run(report);
            }
            if (options.ratings().isPresent()) {
                Path file = options.ratings().get();
                if (file.equals(RecommendationEvaluationOptions.SIMULATED)) {
                    file = place.stateDir().resolve("ratings.csv");
                    SimulatedRatings.write(file, options.seed());
                    say("");
                    say("Simulated ratings of the shape of MovieLens 100K; figures on it are not figures on MovieLens");
                }
                report.put("ratings", new RatingsEvaluation(session.spark(), options.seed(), this::say).run(file));
            }
            if (options.report().isPresent()) {
                new ObjectMapper()
                        .writerWithDefaultPrettyPrinter()
                        .writeValue(options.report().get().toFile(), report);
            }
            return 0;
        } catch (BrokenFileException | IOException e) {
            System.err.println(e.getMessage());
            return 1;
        }
    }

    private void say(String format, Object... values) {
        out.printf(Locale.ROOT, format + "%n", values);
        out.flush();
    }

    /** Tells a person. */
    interface Telling {
        void say(String format, Object... values);
    }
}
