package dev.anabranch.recommendation.batch;

import dev.anabranch.batch.model.ImplicitFactors;
import dev.anabranch.recommendation.Interaction;
import dev.anabranch.recommendation.Taste;
import dev.anabranch.vectors.FoldIn;
import dev.anabranch.vectors.Vectors;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * The published protocol: users with five or more items, a fifth of each one's pairs held out at random, each ranked among
 * itself and 100 random items that its user never touched. Users are folded in from what is left of their history, as
 * they are when an answer is made.
 */
final class HeldOutPairs {
    static final StructType CHOICES = new StructType()
            .add(ImplicitFactors.CHOOSER, DataTypes.StringType, false)
            .add(ImplicitFactors.CHOSEN, DataTypes.StringType, false)
            .add(ImplicitFactors.STRENGTH, DataTypes.DoubleType, false);

    private static final int LEAST_ITEMS = 5;
    private static final double HELD_OUT = 0.2;
    private static final int OTHERS = 100;
    private static final ImplicitFactors ALGORITHM = new ImplicitFactors(32, 5, 0.5, 15);

    private final SparkSession spark;
    private final Clicks clicks;
    private final long seed;
    private final RecommendationEvaluation.Telling telling;

    HeldOutPairs(SparkSession spark, Clicks clicks, long seed, RecommendationEvaluation.Telling telling) {
        this.spark = spark;
        this.clicks = clicks;
        this.seed = seed;
        this.telling = telling;
    }

    private record Pair(String user, String item) {}

    void run(Map<String, Object> report) {
        long started = System.nanoTime();
        Map<String, Map<String, Double>> strengths = new TreeMap<>();
        Set<String> all = new TreeSet<>();
        for (RankingRows.Logged each : clicks.log()) {
            Interaction interaction = each.interaction();
            all.add(interaction.getItemId());
            strengths
                    .computeIfAbsent(interaction.getUserId(), u -> new TreeMap<>())
                    .merge(interaction.getItemId(), interaction.getStrength() / 1_000.0, Double::sum);
        }
        strengths.values().removeIf(items -> items.size() < LEAST_ITEMS);
        Random random = new Random(seed);
        Map<String, Map<String, Double>> left = new LinkedHashMap<>();
        List<Pair> heldOut = new ArrayList<>();
        strengths.forEach((user, items) -> {
            List<String> shuffled = new ArrayList<>(items.keySet());
            Collections.shuffle(shuffled, random);
            int out = Math.max(1, (int) Math.round(HELD_OUT * shuffled.size()));
            shuffled.subList(0, out).forEach(item -> heldOut.add(new Pair(user, item)));
            Map<String, Double> kept = new LinkedHashMap<>();
            shuffled.subList(out, shuffled.size()).forEach(item -> kept.put(item, Taste.confidence(items.get(item))));
            left.put(user, kept);
        });
        Vectors vectors = ALGORITHM.learn(choices(left), seed).vectors();
        FoldIn foldIn = new FoldIn(vectors, ALGORITHM.alpha(), ALGORITHM.lambda());
        List<String> items = List.copyOf(all);
        int five = 0;
        int ten = 0;
        Map<String, float[]> folded = new LinkedHashMap<>();
        left.forEach((user, kept) ->
                folded.put(user, foldIn.fold(kept).map(FoldIn.Folded::vector).orElseThrow()));
        for (Pair pair : heldOut) {
            int better = better(
                    vectors,
                    folded.get(pair.user),
                    pair.item,
                    strengths.get(pair.user).keySet(),
                    items,
                    random);
            five += better < 5 ? 1 : 0;
            ten += better < 10 ? 1 : 0;
        }
        double recall5 = five / (double) heldOut.size();
        double recall10 = ten / (double) heldOut.size();
        telling.say("");
        telling.say(
                "Held-out pairs among 100 others: %,d of %,d users, in %.0f s",
                heldOut.size(), left.size(), (System.nanoTime() - started) / 1e9);
        telling.say("%-44s %9s %9s", "", "Recall@5", "Recall@10");
        telling.say("%-44s %9.3f %9.3f", "implicit ALS, users folded in", recall5, recall10);
        telling.say("%-44s %9.3f %9.3f", "SVD, 15 factors (published)", 0.334, 0.468);
        telling.say("%-44s %9.3f %9.3f", "implicit ALS, 32 factors (the data's README)", 0.399, 0.532);
        report.put("recall_5", recall5);
        report.put("recall_10", recall10);
    }

    private Dataset<Row> choices(Map<String, Map<String, Double>> strengths) {
        List<Row> rows = new ArrayList<>();
        strengths.forEach(
                (user, items) -> items.forEach((item, strength) -> rows.add(RowFactory.create(user, item, strength))));
        return spark.createDataFrame(rows, CHOICES);
    }

    private static int better(
            Vectors vectors, float[] user, String item, Set<String> touched, List<String> all, Random random) {
        double score = score(vectors, user, item);
        Set<String> drawn = new HashSet<>();
        int better = 0;
        int most = Math.min(OTHERS, all.size() - touched.size());
        while (drawn.size() < most) {
            String other = all.get(random.nextInt(all.size()));
            if (!touched.contains(other) && drawn.add(other) && score(vectors, user, other) > score) {
                better++;
            }
        }
        return better;
    }

    private static double score(Vectors vectors, float[] user, String item) {
        return vectors.has(item) ? vectors.product(user, item) : 0;
    }
}
