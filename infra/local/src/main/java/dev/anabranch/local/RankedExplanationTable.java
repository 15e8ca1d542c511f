package dev.anabranch.local;

import dev.anabranch.explain.RankedExplanation;
import dev.anabranch.explain.RankedExplanation.Feature;
import dev.anabranch.explain.RankedExplanation.Item;
import dev.anabranch.ranking.RankedAnswer.Version;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.Comparator;
import java.util.Locale;
import java.util.stream.Collectors;

/** An answer that put things in order, made again, for a person. */
final class RankedExplanationTable {
    private static final int MOST_FEATURES = 3;

    private RankedExplanationTable() {}

    static void print(RankedExplanation explanation, PrintWriter out) {
        out.printf("answer      %s%n", explanation.predictionId());
        out.printf(
                "asked       %s%n",
                explanation.question().entrySet().stream()
                        .map(field -> field.getKey() + "=" + field.getValue())
                        .collect(Collectors.joining(" ")));
        out.printf("            as of %s%n", Instant.ofEpochMilli(explanation.atMillis()));
        out.printf(
                "ranked by   %s%s%n",
                explanation.by(), explanation.ranker() == null ? "" : digest(explanation.ranker()));
        if (explanation.vectors() != null) {
            Version vectors = explanation.vectors();
            out.printf("with        %s version %d%s%n", vectors.name(), vectors.version(), digest(vectors));
        }
        out.printf(
                "read        %s%s%n",
                explanation.read().stream()
                        .map(read -> read.entities() + " of " + read.view() + " (generation " + read.generation() + ")")
                        .collect(Collectors.joining(", ")),
                explanation.exact() ? "" : "; it said of itself that not all of it was exact");
        out.printf("%s%n", verdict(explanation));
        explanation.differences().forEach(difference -> out.printf("  - %s%n", difference));
        out.println();
        if (explanation.method() == null) {
            out.printf("What each feature adds is not known: %s%n", explanation.notTakenApart());
        } else {
            out.printf("What each feature adds to the %s (%s)%n", explanation.of(), explanation.method());
        }
        out.printf("  %-24s %22s  %s%n", "item", "score", "most of it from");
        explanation.items().forEach(item -> out.printf("  %-24s %22s  %s%n", item.name(), item.logged(), from(item)));
    }

    private static String digest(Version version) {
        return (version.variant().isEmpty() ? "" : " (" + version.variant() + ")") + ", sha256 " + version.sha256();
    }

    private static String verdict(RankedExplanation explanation) {
        if (!explanation.identical()) {
            return "DIFFERENT   from what was logged:";
        }
        return "identical   " + explanation.items().size() + " items, their features and scores, to the bit"
                + (explanation.rescored() ? "; their order is that of filters and rescorers of a team's own" : "");
    }

    /** The features that add most; the greatest where it is not known what they add. */
    private static String from(Item item) {
        return item.features().stream()
                .sorted(Comparator.comparingDouble(feature -> -Math.abs(weight(feature))))
                .limit(MOST_FEATURES)
                .map(feature -> feature.contribution() == null
                        ? String.format(Locale.ROOT, "%s %.3f", feature.name(), feature.logged())
                        : String.format(Locale.ROOT, "%s %+.3f", feature.name(), feature.contribution()))
                .collect(Collectors.joining(", "));
    }

    private static double weight(Feature feature) {
        return feature.contribution() == null ? feature.logged() : feature.contribution();
    }
}
