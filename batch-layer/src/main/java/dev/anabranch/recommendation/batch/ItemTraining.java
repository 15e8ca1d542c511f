package dev.anabranch.recommendation.batch;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.pow;
import static org.apache.spark.sql.functions.sum;

import dev.anabranch.batch.model.ImplicitFactors;
import dev.anabranch.batch.model.ParameterSearch;
import dev.anabranch.contract.ModelSample;
import dev.anabranch.recommendation.RecommendationEvents;
import dev.anabranch.recommendation.Taste;
import dev.anabranch.vectors.FoldIn;
import dev.anabranch.vectors.Vectors;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Item vectors from interactions: every combination of parameters learns from what was before a moment and is measured by
 * the same pairs of users and items new to them after it; the best learns again from everything.
 */
final class ItemTraining {
    static final String RECALL = "recall_20";

    private static final Logger LOG = LoggerFactory.getLogger(ItemTraining.class);
    private static final int TOP = 20;
    private static final int SAMPLES = 4;

    private final RecommendationTrainingConfig config;

    ItemTraining(RecommendationTrainingConfig config) {
        this.config = config;
    }

    /**
     * What was learnt.
     *
     * @param metrics on the newest interactions; none when nobody turned to anything new in them
     * @param judged  by how many pairs
     * @param tried   how many combinations
     */
    record Learnt(
            ImplicitFactors algorithm,
            ImplicitFactors.Learnt vectors,
            Map<String, Double> metrics,
            int judged,
            int tried) {}

    /** The pairs of users and items with what their interactions count at {@code atMillis}. */
    static Dataset<Row> choices(Dataset<Row> interactions, long atMillis) {
        return interactions
                .groupBy(
                        col("userId").as(ImplicitFactors.CHOOSER), col("itemId").as(ImplicitFactors.CHOSEN))
                .agg(sum(col("strength")
                                .divide(lit((double) RecommendationEvents.ONE))
                                .multiply(pow(
                                        lit(2.0),
                                        col("eventTimeMillis")
                                                .minus(lit(atMillis))
                                                .divide(lit((double) Taste.HALF_LIFE_MILLIS)))))
                        .as("total"))
                .select(
                        col(ImplicitFactors.CHOOSER),
                        col(ImplicitFactors.CHOSEN),
                        functions.log2(col("total").plus(lit(1.0))).as(ImplicitFactors.STRENGTH))
                .where(col(ImplicitFactors.STRENGTH).gt(lit(0.0)));
    }

    /**
     * @param interactions of the time to learn from
     * @param splitMillis  what is at or past it measures
     * @param endMillis    the end of that time
     * @return empty when there are too few pairs
     */
    Optional<Learnt> learn(Dataset<Row> interactions, long splitMillis, long endMillis) {
        Dataset<Row> before = choices(interactions.where(col("eventTimeMillis").lt(splitMillis)), splitMillis)
                .cache();
        Dataset<Row> all = choices(interactions, endMillis).cache();
        try {
            if (before.count() < config.leastChoices()) {
                return Optional.empty();
            }
            Map<String, Map<String, Double>> own = byUser(before);
            Map<String, Set<String>> turnedTo = new HashMap<>();
            byUser(choices(interactions.where(col("eventTimeMillis").geq(splitMillis)), endMillis))
                    .forEach((user, items) -> {
                        Set<String> fresh = new HashSet<>(items.keySet());
                        fresh.removeAll(own.getOrDefault(user, Map.of()).keySet());
                        if (own.containsKey(user) && !fresh.isEmpty()) {
                            turnedTo.put(user, fresh);
                        }
                    });
            ImplicitFactors best = null;
            double most = Double.NEGATIVE_INFINITY;
            int judged = 0;
            List<ImplicitFactors> tried = algorithms();
            for (ImplicitFactors each : tried) {
                Recall recall = recall(each, each.learn(before, config.seed()).vectors(), own, turnedTo);
                LOG.info("{} {}: {}", each.name(), each.parameters(), recall);
                judged = recall.pairs;
                if (recall.share() > most) {
                    most = recall.share();
                    best = each;
                }
            }
            return Optional.of(new Learnt(
                    best,
                    best.learn(all, config.seed()),
                    judged == 0 ? Map.of() : Map.of(RECALL, most),
                    judged,
                    tried.size()));
        } finally {
            before.unpersist();
            all.unpersist();
        }
    }

    private List<ImplicitFactors> algorithms() {
        RecommendationTrainingConfig.Items items = config.items();
        Map<String, List<Double>> values = new LinkedHashMap<>();
        values.put("rank", items.rank());
        values.put("alpha", items.alpha());
        values.put("lambda", items.lambda());
        ParameterSearch search = new ParameterSearch(values);
        List<Map<String, Double>> combinations = switch (items.search()) {
            case "grid" -> search.grid();
            case "random" -> search.random(items.trials(), config.seed());
            default ->
                throw new IllegalArgumentException(
                        "anabranch.recommendation.training.items.search must be grid or random, got '" + items.search()
                                + "'");
        };
        return combinations.stream()
                .map(c -> new ImplicitFactors(
                        c.get("rank").intValue(), c.get("alpha"), c.get("lambda"), items.iterations()))
                .toList();
    }

    private record Recall(int hits, int pairs) {
        double share() {
            return pairs == 0 ? 0 : hits / (double) pairs;
        }
    }

    /** Of the pairs whose item has a vector: how often it is among the first that were new to the user. */
    private static Recall recall(
            ImplicitFactors algorithm,
            Vectors vectors,
            Map<String, Map<String, Double>> own,
            Map<String, Set<String>> turnedTo) {
        FoldIn foldIn = new FoldIn(vectors, algorithm.alpha(), algorithm.lambda());
        int hits = 0;
        int pairs = 0;
        for (Map.Entry<String, Set<String>> each : turnedTo.entrySet()) {
            Map<String, Double> choices = own.get(each.getKey());
            Optional<FoldIn.Folded> folded = foldIn.fold(choices);
            if (folded.isEmpty()) {
                continue;
            }
            Set<String> first = new HashSet<>();
            vectors.top(folded.get().vector(), TOP, item -> !choices.containsKey(item))
                    .forEach(found -> first.add(found.name()));
            for (String item : each.getValue()) {
                if (vectors.has(item)) {
                    pairs++;
                    hits += first.contains(item) ? 1 : 0;
                }
            }
        }
        return new Recall(hits, pairs);
    }

    private static Map<String, Map<String, Double>> byUser(Dataset<Row> choices) {
        Map<String, Map<String, Double>> byUser = new HashMap<>();
        for (Row row : choices.collectAsList()) {
            byUser.computeIfAbsent(row.getString(0), u -> new HashMap<>()).put(row.getString(1), row.getDouble(2));
        }
        return byUser;
    }

    /** Queries with the greatest product as a plain loop finds it. */
    static List<ModelSample> samples(ImplicitFactors.Learnt learnt, long seed) {
        Random random = new Random(seed);
        List<ModelSample> samples = new ArrayList<>();
        for (int s = 0; s < SAMPLES; s++) {
            List<Double> query = new ArrayList<>();
            for (int d = 0; d < learnt.rank(); d++) {
                query.add((double) (float) random.nextGaussian());
            }
            double greatest = Double.NEGATIVE_INFINITY;
            for (int item = 0; item < learnt.names().size(); item++) {
                double product = 0;
                for (int d = 0; d < learnt.rank(); d++) {
                    product += query.get(d) * learnt.flat()[item * learnt.rank() + d];
                }
                greatest = Math.max(greatest, product);
            }
            samples.add(new ModelSample(query, greatest));
        }
        return samples;
    }
}
