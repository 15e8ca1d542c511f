package dev.anabranch.local;

import dev.anabranch.explain.Behind;
import dev.anabranch.explain.Explanation;
import dev.anabranch.explain.Explanation.Feature;
import dev.anabranch.explain.Explanation.InWindow;
import dev.anabranch.explain.Explanation.Viewed;
import dev.anabranch.explain.Recheck;
import java.io.PrintWriter;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** A prediction taken apart, for a person. */
final class ExplanationTable {
    private ExplanationTable() {}

    static void print(Explanation explanation, PrintWriter out) {
        Explanation.Model model = explanation.model();
        out.printf("prediction  %s%n", explanation.predictionId());
        out.printf(
                "asked       %s, %s%n",
                explanation.eventId().isEmpty() ? "about no event of the log" : "about " + explanation.eventId(),
                named(explanation.question()));
        out.printf(
                "            as of %s, made %s %s%n",
                time(explanation.atMillis()),
                time(explanation.madeMillis()),
                explanation.path().equals("STREAM") ? "in the stream" : "over REST");
        out.printf(
                "model       %s version %d (%s, %s), sha256 %s%n",
                model.name(),
                model.version(),
                model.algorithm() == null ? "not in the registry" : model.algorithm(),
                model.variant(),
                model.sha256());
        out.printf(
                "score       %s logged, %s now%n",
                explanation.score().logged(),
                explanation.score().recomputed() == null
                        ? "none"
                        : explanation.score().recomputed());
        out.printf("%s%n", verdict(explanation));
        explanation.differences().forEach(difference -> out.printf("  - %s%n", difference));
        out.println();
        features(explanation, out);
        explanation.views().forEach(view -> view(view, out));
    }

    private static String verdict(Explanation explanation) {
        return explanation.identical()
                ? "identical   all " + explanation.features().size() + " features and the score, to the bit"
                : "DIFFERENT   from what was logged:";
    }

    private static void features(Explanation explanation, PrintWriter out) {
        Explanation.Sum sum = explanation.contributions();
        if (sum == null) {
            out.printf("What each feature adds is not known: %s%n", explanation.notTakenApart());
        } else {
            out.printf(
                    Locale.ROOT,
                    "%s: %.4f = %.4f before any feature is looked at, and what each adds%n(%s)%n",
                    sum.of(),
                    sum.total(),
                    sum.base(),
                    sum.method());
        }
        out.printf("  %-30s %16s %9s  %s%n", "feature", "value", "adds", "from");
        List<Feature> ordered = explanation.features().stream()
                .sorted(Comparator.comparingDouble(
                        feature -> feature.contribution() == null ? 0 : -Math.abs(feature.contribution())))
                .toList();
        for (Feature feature : ordered) {
            out.printf(
                    Locale.ROOT,
                    "  %-30s %16s %9s  %s%n",
                    feature.name(),
                    number(feature.logged()),
                    feature.contribution() == null ? "-" : String.format(Locale.ROOT, "%+.4f", feature.contribution()),
                    from(feature));
        }
    }

    private static String from(Feature feature) {
        return feature.from().isEmpty()
                ? "the question itself"
                : feature.from().stream()
                        .map(from -> events(from.events()) + " of " + from.view() + " in " + from.window())
                        .collect(Collectors.joining(", "));
    }

    private static void view(Viewed view, PrintWriter out) {
        out.printf(
                "%n%s of %s: %s%s, as of %s%n",
                view.view(),
                view.entity(),
                view.generation() == 0
                        ? "no generation yet"
                        : "generation " + view.generation() + " and what came after",
                view.exact() ? "" : ", which said of itself that it was not exact",
                view.asOf());
        for (InWindow window : view.windows()) {
            out.printf(
                    "  %-14s %s to %s: %s, %s%n",
                    window.window(),
                    time(window.fromMillis()),
                    time(window.toMillis()),
                    events(window.events()),
                    numbers(window.measures()));
        }
        if (view.events() > view.behind().size()) {
            out.printf("  the newest %d of %s:%n", view.behind().size(), events(view.events()));
        }
        for (Behind event : view.behind()) {
            out.printf(
                    "  %s %s at %s, arrived %s as %s (%s part), in %s: %s%n",
                    event.type(),
                    event.eventId(),
                    time(event.eventTimeMillis()),
                    time(event.arrivalMillis()),
                    event.position(),
                    event.part(),
                    String.join(" ", event.windows()),
                    numbers(event.contributed()));
        }
    }

    static void print(Recheck.Result result, PrintWriter out) {
        out.printf(
                "%d of %d archived predictions of %s, drawn by seed %d%n",
                result.checked(), result.archived(), result.useCase(), result.seed());
        out.printf("  made             %s%n", counts(result.paths()));
        out.printf("  model versions   %s%n", counts(result.versions()));
        out.printf("  generations      %s%n", counts(result.generations()));
        if (result.ahead() > 0) {
            out.printf("  not made         %d, made of events that are not archived%n", result.ahead());
        }
        if (result.unrecorded() > 0) {
            out.printf(
                    "  not made         %d, logged by a release that did not write down what was read%n",
                    result.unrecorded());
        }
        out.printf("  identical        %d%n", result.identical());
        out.printf(
                "  different        %d%s%n",
                result.different(),
                result.sayInexact() == 0 ? "" : ", " + result.sayInexact() + " of which had said they were not exact");
        out.printf(
                Locale.ROOT,
                "  time for one     median %.0f ms, longest %.0f ms (%d, each by itself)%n",
                result.medianMillis(),
                result.maxMillis(),
                result.alone());
        out.printf(Locale.ROOT, "  time for all     %.1f s%n", result.totalMillis() / 1e3);
        for (Recheck.Differing differing : result.differing()) {
            out.printf("%s%n", differing.predictionId());
            differing.differences().forEach(difference -> out.printf("  - %s%n", difference));
        }
    }

    private static String counts(Map<String, Integer> counts) {
        return counts.entrySet().stream()
                .map(count -> count.getKey() + ": " + count.getValue())
                .collect(Collectors.joining(", "));
    }

    private static String named(Map<String, String> question) {
        return question.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .map(field -> field.getKey() + "=" + field.getValue())
                .collect(Collectors.joining(" "));
    }

    private static String numbers(Map<String, Double> measures) {
        return measures.entrySet().stream()
                .map(measure -> measure.getKey() + "=" + number(measure.getValue()))
                .collect(Collectors.joining(" "));
    }

    private static String events(int count) {
        return count == 1 ? "1 event" : count + " events";
    }

    /** At most four places after the point: all of them stand in the JSON. */
    private static String number(double value) {
        return Double.isFinite(value)
                ? new BigDecimal(String.format(Locale.ROOT, "%.4f", value))
                        .stripTrailingZeros()
                        .toPlainString()
                : String.valueOf(value);
    }

    private static String time(long epochMillis) {
        return Instant.ofEpochMilli(epochMillis).toString();
    }
}
