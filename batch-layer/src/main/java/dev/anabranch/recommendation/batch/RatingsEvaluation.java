package dev.anabranch.recommendation.batch;

import dev.anabranch.batch.model.ImplicitFactors;
import dev.anabranch.recommendation.simulator.CsvRows;
import dev.anabranch.vectors.FoldIn;
import dev.anabranch.vectors.Vectors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;

/**
 * A file of ratings as implicit choices: a random 75/25 split stratified by item, every pair but those learnt from ranked,
 * every held-out item relevant. Parameters are chosen on a split of the part that is learnt from.
 */
final class RatingsEvaluation {
    private static final int TOP = 10;
    private static final double LEARNT = 0.75;
    private static final List<ImplicitFactors> GRID = List.of(
            new ImplicitFactors(8, 1, 0.1, 12),
            new ImplicitFactors(16, 0.5, 0.1, 12),
            new ImplicitFactors(16, 1, 0.1, 12),
            new ImplicitFactors(32, 1, 0.1, 12));

    private final SparkSession spark;
    private final long seed;
    private final RecommendationEvaluation.Telling telling;

    RatingsEvaluation(SparkSession spark, long seed, RecommendationEvaluation.Telling telling) {
        this.spark = spark;
        this.seed = seed;
        this.telling = telling;
    }

    /** One rating. */
    record Rating(String user, String item, double rating) {}

    private record Split(List<Rating> learnt, List<Rating> heldOut) {}

    /** The figures at 10. */
    record Figures(double ndcg, double map, double precision, double recall) {
        Map<String, Double> named() {
            Map<String, Double> named = new LinkedHashMap<>();
            named.put("ndcg_10", ndcg);
            named.put("map_10", map);
            named.put("precision_10", precision);
            named.put("recall_10", recall);
            return named;
        }
    }

    Map<String, Object> run(Path file) throws IOException {
        List<Rating> ratings = read(file);
        Split test = split(ratings, seed);
        Split validation = split(test.learnt, seed + 1);
        telling.say("");
        telling.say("Ratings: %,d, of which %,d are held out", ratings.size(), test.heldOut.size());
        ImplicitFactors best = null;
        double most = Double.NEGATIVE_INFINITY;
        for (ImplicitFactors each : GRID) {
            double ndcg = measure(validation, factors(each, validation.learnt)).ndcg;
            telling.say("  validation nDCG@10 %.4f with %s", ndcg, each.parameters());
            if (ndcg > most) {
                most = ndcg;
                best = each;
            }
        }
        Figures als = measure(test, factors(best, test.learnt));
        Figures jaccard = measure(test, jaccard(test.learnt));
        telling.say("%-36s %9s %9s %9s %9s", "at 10", "nDCG", "MAP", "precision", "recall");
        line("implicit ALS, users folded in", als);
        line("item-to-item Jaccard", jaccard);
        Map<String, Object> report = new LinkedHashMap<>(als.named());
        report.put("jaccard", jaccard.named());
        report.put("parameters", best.parameters());
        return report;
    }

    private void line(String name, Figures figures) {
        telling.say(
                "%-36s %9.4f %9.4f %9.4f %9.4f", name, figures.ndcg, figures.map, figures.precision, figures.recall);
    }

    static List<Rating> read(Path file) throws IOException {
        List<Rating> ratings = new ArrayList<>();
        try (CsvRows rows = CsvRows.open(file)) {
            while (rows.hasNext()) {
                CsvRows.Row row = rows.next();
                double rating;
                try {
                    rating = Double.parseDouble(row.get("rating"));
                } catch (NumberFormatException e) {
                    throw row.broken("rating must be a number, got '" + row.get("rating") + "'");
                }
                if (!(rating > 0 && rating < Double.POSITIVE_INFINITY)) {
                    throw row.broken("rating must be above 0 and finite, got " + rating);
                }
                ratings.add(new Rating(row.get("user"), row.get("item"), rating));
            }
        }
        if (ratings.isEmpty()) {
            throw new IOException("There must be ratings, got none in " + file);
        }
        return ratings;
    }

    private static Split split(List<Rating> ratings, long seed) {
        Map<String, List<Rating>> byItem = new TreeMap<>();
        ratings.forEach(
                r -> byItem.computeIfAbsent(r.item, i -> new ArrayList<>()).add(r));
        Random random = new Random(seed);
        List<Rating> learnt = new ArrayList<>();
        List<Rating> heldOut = new ArrayList<>();
        for (List<Rating> of : byItem.values()) {
            Collections.shuffle(of, random);
            int kept = (int) Math.round(LEARNT * of.size());
            learnt.addAll(of.subList(0, kept));
            heldOut.addAll(of.subList(kept, of.size()));
        }
        return new Split(learnt, heldOut);
    }

    /** Scores of all items for one who chose these. */
    private interface Scorer extends Function<Map<String, Double>, Map<String, Double>> {}

    private Scorer factors(ImplicitFactors algorithm, List<Rating> learnt) {
        List<Row> rows = learnt.stream()
                .map(r -> RowFactory.create(r.user, r.item, r.rating))
                .toList();
        Vectors vectors = algorithm
                .learn(spark.createDataFrame(rows, HeldOutPairs.CHOICES), seed)
                .vectors();
        FoldIn foldIn = new FoldIn(vectors, algorithm.alpha(), algorithm.lambda());
        return choices -> {
            Map<String, Double> scores = new HashMap<>();
            float[] user = foldIn.fold(choices).orElseThrow().vector();
            vectors.names().forEach(item -> scores.put(item, (double) vectors.product(user, item)));
            return scores;
        };
    }

    private static Scorer jaccard(List<Rating> learnt) {
        Map<String, Set<String>> users = new HashMap<>();
        learnt.forEach(r -> users.computeIfAbsent(r.item, i -> new HashSet<>()).add(r.user));
        Map<String, Map<String, Double>> similar = new HashMap<>();
        return choices -> {
            Map<String, Double> scores = new HashMap<>();
            for (String chosen : choices.keySet()) {
                similar.computeIfAbsent(chosen, c -> similarTo(c, users))
                        .forEach((item, how) -> scores.merge(item, how, Double::sum));
            }
            return scores;
        };
    }

    private static Map<String, Double> similarTo(String chosen, Map<String, Set<String>> users) {
        Set<String> of = users.get(chosen);
        Map<String, Double> similar = new HashMap<>();
        users.forEach((item, others) -> {
            if (!item.equals(chosen)) {
                long both = of.stream().filter(others::contains).count();
                if (both > 0) {
                    similar.put(item, both / (double) (of.size() + others.size() - both));
                }
            }
        });
        return similar;
    }

    private static Figures measure(Split split, Scorer scorer) {
        Map<String, Map<String, Double>> learnt = new TreeMap<>();
        split.learnt.forEach(
                r -> learnt.computeIfAbsent(r.user, u -> new LinkedHashMap<>()).put(r.item, r.rating));
        Map<String, Set<String>> relevant = new TreeMap<>();
        split.heldOut.forEach(
                r -> relevant.computeIfAbsent(r.user, u -> new HashSet<>()).add(r.item));
        relevant.keySet().retainAll(learnt.keySet());
        double ndcg = 0;
        double map = 0;
        double precision = 0;
        double recall = 0;
        for (Map.Entry<String, Set<String>> each : relevant.entrySet()) {
            Map<String, Double> own = learnt.get(each.getKey());
            List<String> first = scorer.apply(own).entrySet().stream()
                    .filter(e -> !own.containsKey(e.getKey()))
                    .sorted(Map.Entry.<String, Double>comparingByValue(Comparator.reverseOrder())
                            .thenComparing(Map.Entry.comparingByKey()))
                    .limit(TOP)
                    .map(Map.Entry::getKey)
                    .toList();
            double gain = 0;
            double precisions = 0;
            int hits = 0;
            for (int rank = 0; rank < first.size(); rank++) {
                if (each.getValue().contains(first.get(rank))) {
                    hits++;
                    gain += discount(rank);
                    precisions += hits / (rank + 1.0);
                }
            }
            double ideal = 0;
            int reachable = Math.min(TOP, each.getValue().size());
            for (int rank = 0; rank < reachable; rank++) {
                ideal += discount(rank);
            }
            ndcg += gain / ideal;
            map += precisions / each.getValue().size();
            precision += hits / (double) TOP;
            recall += hits / (double) each.getValue().size();
        }
        int users = relevant.size();
        return new Figures(ndcg / users, map / users, precision / users, recall / users);
    }

    private static double discount(int rank) {
        return 1 / (Math.log(rank + 2) / Math.log(2));
    }
}
