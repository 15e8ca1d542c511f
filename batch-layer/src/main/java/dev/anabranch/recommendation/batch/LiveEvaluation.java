package dev.anabranch.recommendation.batch;

import dev.anabranch.batch.model.HeldOut;
import dev.anabranch.batch.model.LogisticRegressionAlgorithm;
import dev.anabranch.model.OnnxScorer;
import dev.anabranch.model.UnusableModelException;
import dev.anabranch.recommendation.CandidateFeatures;
import dev.anabranch.recommendation.Interaction;
import dev.anabranch.recommendation.Situation;
import dev.anabranch.recommendation.Situations;
import dev.anabranch.view.Known;
import dev.anabranch.view.Position;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Test-then-train: before each interaction with something new to its user the platform is asked, and then it learns from
 * it. A hit is when the item is among the ten first of all that were ever seen but for the user's own; ties count in
 * favour. The views are read as they were known at the interaction, or at the last refresh before it.
 *
 * <p>The ranking model learns from the two months before the test, and from nothing in it.
 */
final class LiveEvaluation {
    private static final int TOP = 10;
    private static final Duration LEARNT_FROM = Duration.ofDays(60);
    private static final Duration ATTRIBUTION = Duration.ofHours(1);
    private static final int MOMENTS = 3_000;
    private static final int NEGATIVES = 30;

    /** How old what is known may be, by name; from live to weekly. */
    private static final Map<String, Duration> REFRESHES = new LinkedHashMap<>();

    static {
        REFRESHES.put("live", Duration.ZERO);
        REFRESHES.put("hourly", Duration.ofHours(1));
        REFRESHES.put("daily", Duration.ofDays(1));
        REFRESHES.put("weekly", Duration.ofDays(7));
    }

    private final SparkSession spark;
    private final Clicks clicks;
    private final RecommendationEvaluationOptions options;
    private final RecommendationEvaluation.Telling telling;

    LiveEvaluation(
            SparkSession spark,
            Clicks clicks,
            RecommendationEvaluationOptions options,
            RecommendationEvaluation.Telling telling) {
        this.spark = spark;
        this.clicks = clicks;
        this.options = options;
        this.telling = telling;
    }

    /** Three ways to order the same items. */
    private enum Way {
        POPULARITY,
        RULE,
        MODEL
    }

    /** Hits of one way at one refresh interval. */
    private static final class Tally {
        private long hits;
        private double reciprocal;

        void add(int better) {
            if (better < TOP) {
                hits++;
                reciprocal += 1.0 / (better + 1);
            }
        }
    }

    void run(Map<String, Object> report) {
        long started = System.nanoTime();
        Map<String, Map<Way, Tally>> tallies = new LinkedHashMap<>();
        REFRESHES.keySet().forEach(name -> tallies.put(name, tallies()));
        long asked = 0;
        try (OnnxScorer model = model()) {
            Map<String, Set<String>> own = new HashMap<>();
            Set<String> known = new HashSet<>();
            for (int i = 0; i < clicks.log().size(); i++) {
                RankingRows.Logged now = clicks.log().get(i);
                Interaction interaction = now.interaction();
                Set<String> seen = own.computeIfAbsent(interaction.getUserId(), u -> new HashSet<>());
                boolean test = interaction.getEventTimeMillis() >= options.fromMillis()
                        && !seen.contains(interaction.getItemId());
                if (test) {
                    asked++;
                    if (known.contains(interaction.getItemId())) {
                        for (Map.Entry<String, Duration> refresh : REFRESHES.entrySet()) {
                            ask(now, refresh.getValue(), seen, model, tallies.get(refresh.getKey()));
                        }
                    }
                }
                seen.add(interaction.getItemId());
                known.add(interaction.getItemId());
            }
        } catch (UnusableModelException e) {
            throw new IllegalStateException("The artifact of the ranking model must be a model", e);
        }
        tell(report, tallies, asked, (System.nanoTime() - started) / 1e9);
    }

    private static Map<Way, Tally> tallies() {
        Map<Way, Tally> tallies = new HashMap<>();
        for (Way way : Way.values()) {
            tallies.put(way, new Tally());
        }
        return tallies;
    }

    private OnnxScorer model() throws UnusableModelException {
        long from = options.fromMillis() - LEARNT_FROM.toMillis();
        List<Row> rows = new RankingRows(clicks.log(), clicks.knowledge(), Optional.empty(), ATTRIBUTION, NEGATIVES)
                .between(from, options.fromMillis(), MOMENTS, options.seed());
        if (rows.stream().noneMatch(row -> row.getDouble(3) == 1)) {
            throw new IllegalArgumentException("There must be interactions in the " + LEARNT_FROM
                    + " before the test begins to learn ranking from, got none; try another --from");
        }
        Dataset<Row> training = spark.createDataFrame(rows, RankingRows.SCHEMA);
        int width = CandidateFeatures.NAMES.size();
        telling.say("The ranking model learns from %s", HeldOut.of(training));
        return new OnnxScorer(new LogisticRegressionAlgorithm(width, 0, 100)
                .train(training, width, options.seed())
                .artifact());
    }

    private void ask(
            RankingRows.Logged now, Duration refresh, Set<String> seen, OnnxScorer model, Map<Way, Tally> tallies) {
        Interaction interaction = now.interaction();
        long at = interaction.getEventTimeMillis();
        Situation situation = new Situations(Situations.Limits.USUAL)
                .of(
                        new Situations.Asked(interaction.getUserId(), null, interaction.getContext(), at),
                        clicks.knowledge().as(known(now, refresh)),
                        Optional.empty())
                .toCompletableFuture()
                .join();
        String target = interaction.getItemId();
        tallies.get(Way.POPULARITY).add(better(situation.trending(), target, seen));
        Map<String, Double> byRule = new HashMap<>();
        double[][] features = situation.candidates().stream()
                .map(Situation.Candidate::features)
                .toArray(double[][]::new);
        double[] scores = features.length == 0 ? new double[0] : model.score(features);
        Map<String, Double> byModel = new HashMap<>();
        for (int c = 0; c < features.length; c++) {
            String item = situation.candidates().get(c).itemId();
            byRule.put(item, CandidateFeatures.byRule(features[c]));
            byModel.put(item, scores[c]);
        }
        tallies.get(Way.RULE).add(better(byRule, target, seen));
        tallies.get(Way.MODEL).add(better(byModel, target, seen));
    }

    /** How many of the others score higher; what has no score has 0. */
    private static int better(Map<String, Double> scores, String target, Set<String> seen) {
        double score = scores.getOrDefault(target, 0.0);
        int better = 0;
        for (Map.Entry<String, Double> each : scores.entrySet()) {
            if (each.getValue() > score && !seen.contains(each.getKey())) {
                better++;
            }
        }
        return better;
    }

    /** What was known at the last refresh: everything before it, or live, everything before this interaction. */
    private Known known(RankingRows.Logged now, Duration refresh) {
        if (refresh.isZero()) {
            return now.before();
        }
        long at = Math.floorDiv(now.arrivalMillis(), refresh.toMillis()) * refresh.toMillis();
        return Known.before(new Position(now.position().origin(), firstAtOrAfter(at)), at);
    }

    private long firstAtOrAfter(long millis) {
        int low = 0;
        int high = clicks.log().size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (clicks.log().get(middle).arrivalMillis() < millis) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    private void tell(Map<String, Object> report, Map<String, Map<Way, Tally>> tallies, long asked, double seconds) {
        telling.say("");
        telling.say("Test-then-train: %,d interactions with something new to their user, in %.0f s", asked, seconds);
        telling.say(
                "%-10s %28s %28s %28s", "", "popularity, half-life 6 h", "personal, by rule", "personal, re-ranked");
        telling.say("%-10s %28s %28s %28s", "refreshed", "HR@10    MRR@10", "HR@10    MRR@10", "HR@10    MRR@10");
        Map<String, Object> curve = new LinkedHashMap<>();
        Map<String, Object> popularity = new LinkedHashMap<>();
        tallies.forEach((refresh, ways) -> {
            telling.say(
                    "%-10s %28s %28s %28s",
                    refresh,
                    figures(ways.get(Way.POPULARITY), asked),
                    figures(ways.get(Way.RULE), asked),
                    figures(ways.get(Way.MODEL), asked));
            curve.put(refresh, ways.get(Way.MODEL).hits / (double) asked);
            popularity.put(refresh, ways.get(Way.POPULARITY).hits / (double) asked);
        });
        report.put("hr_10_live", curve.get("live"));
        report.put("hr_10_by_refresh", curve);
        report.put("hr_10_popularity_by_refresh", popularity);
    }

    private static String figures(Tally tally, long asked) {
        return String.format(
                java.util.Locale.ROOT, "%.3f    %.3f", tally.hits / (double) asked, tally.reciprocal / asked);
    }
}
