package dev.anabranch.batch.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.anabranch.batch.training.TestSpark;
import dev.anabranch.batch.training.TrainingSet;
import dev.anabranch.explain.Contributions;
import dev.anabranch.explain.ScoreParts;
import dev.anabranch.model.OnnxScorer;
import dev.anabranch.model.UnusableModelException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;

/** What is served is what was trained. */
class OnnxArtifactTest {
    private static final int WIDTH = 6;
    private static final double TOLERANCE = 1e-5;
    private static final int SEED = 7;

    /** What was learnt from {@link #rows()}; it takes seconds, and is always the same. */
    private static final Map<Algorithm, TrainedModel> TRAINED = new HashMap<>();

    private final LogisticRegressionAlgorithm logistic = new LogisticRegressionAlgorithm(4, 0, 100);
    private final GradientBoostedTreesAlgorithm boosted =
            new GradientBoostedTreesAlgorithm(5, 4, 0.3, 0.7, 2, 64, 0.4); // each tree is some ten jobs of Spark's
    private final RandomForestAlgorithm forest = new RandomForestAlgorithm(12, 8, 1, 64, 0.4);

    @Test
    void everyArtifactScoresAsTheModelItWasMadeOf() throws UnusableModelException {
        List<Row> seen = rows().collectAsList(); // a row that was learnt from lies next to a split
        for (Algorithm algorithm : List.of(logistic, boosted, forest)) {
            TrainedModel model = trained(algorithm);

            double[][] questions = new double[3_000][];
            Random random = new Random(11);
            for (int i = 0; i < questions.length; i++) {
                questions[i] = i < seen.size() ? features(seen.get(i)) : features(random);
            }
            try (OnnxScorer scorer = new OnnxScorer(model.artifact())) {
                double[] scores = scorer.score(questions);
                for (int i = 0; i < questions.length; i++) {
                    assertThat(scores[i])
                            .as("%s, row %d", algorithm.name(), i)
                            .isCloseTo(model.score(questions[i]), within(TOLERANCE))
                            .isBetween(0.0, 1.0);
                }
                // A question is made again alone that may have been asked among others.
                for (int i = 0; i < questions.length; i += 10) {
                    assertThat(scorer.score(questions[i]))
                            .as("%s, row %d alone", algorithm.name(), i)
                            .isEqualTo(scores[i]);
                }
                for (int i = 0; i < questions.length; i += 100) {
                    Contributions parts = ScoreParts.of(model.artifact(), WIDTH).at(questions[i]);
                    assertThat(parts.base() + Arrays.stream(parts.each()).sum()).isCloseTo(parts.total(), within(1e-9));
                    assertThat(score(algorithm, parts.total()))
                            .as("%s, row %d from %s", algorithm.name(), i, parts.of())
                            .isCloseTo(scores[i], within(TOLERANCE));
                }
            }
        }
    }

    /** What contributions add up to, made a score: log odds, or the votes of a forest that saw a share of negatives. */
    private double score(Algorithm algorithm, double total) {
        return algorithm == forest ? 0.4 * total / (1 - 0.6 * total) : 1 / (1 + Math.exp(-total));
    }

    @Test
    void theSameRowsAndSeedGiveTheSameBytesInWhateverOrderTheRowsCome() {
        for (Algorithm algorithm : List.of(logistic, boosted, forest)) {
            byte[] once = trained(algorithm).artifact();
            byte[] again = algorithm
                    .train(rows().orderBy(TrainingSet.AT_MILLIS).repartition(3), WIDTH, SEED)
                    .artifact();

            assertThat(again).as(algorithm.name()).isEqualTo(once);
        }
    }

    @Test
    void negativesThatWereLeftOutDoNotMakeScoresTooHigh() throws UnusableModelException {
        Dataset<Row> rows = rows(5, 6_000);
        double share = rows.collectAsList().stream()
                .mapToDouble(row -> row.<Double>getAs(TrainingSet.TARGET))
                .average()
                .orElseThrow();
        for (Algorithm algorithm : List.of(logistic, boosted, forest)) {
            HeldOut heldOut = HeldOut.of(rows);

            double[] scores = heldOut.scores(algorithm.train(rows, WIDTH, SEED).artifact());

            double mean = Arrays.stream(scores).average().orElseThrow();
            assertThat(mean).as(algorithm.name()).isCloseTo(share, within(share / 4));
        }
    }

    @Test
    void aThresholdIsRoundedDownSoThatNoFloatChangesSides() {
        Random random = new Random(1);
        for (int i = 0; i < 100_000; i++) {
            double threshold = (random.nextDouble() - 0.5) * Math.pow(10, random.nextInt(12) - 3);
            float nearby = Float.intBitsToFloat(Float.floatToIntBits((float) threshold) + random.nextInt(3) - 1);

            assertThat(nearby <= OnnxTrees.atMost(threshold)).isEqualTo(nearby <= threshold);
        }
    }

    private static TrainedModel trained(Algorithm algorithm) {
        return TRAINED.computeIfAbsent(algorithm, each -> each.train(rows(), WIDTH, SEED));
    }

    private static Dataset<Row> rows() {
        return rows(3, 2_000);
    }

    private static Dataset<Row> rows(long seed, int size) {
        Random random = new Random(seed);
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            double[] features = features(random);
            double odds = features[0] / 400_000 + 3 * features[1] - features[2] / 10 - 3.5;
            double target = random.nextDouble() < 1 / (1 + Math.exp(-odds)) ? 1 : 0;
            rows.add(RowFactory.create("row-" + i, (long) (i * 7919 % 1000), "e", target, features));
        }
        return TestSpark.get()
                .createDataFrame(
                        rows,
                        new StructType()
                                .add(TrainingSet.ID, DataTypes.StringType)
                                .add(TrainingSet.AT_MILLIS, DataTypes.LongType)
                                .add(TrainingSet.ENTITY_KEY, DataTypes.StringType)
                                .add(TrainingSet.TARGET, DataTypes.DoubleType)
                                .add(TrainingSet.FEATURES, DataTypes.createArrayType(DataTypes.DoubleType)));
    }

    /** Cents by the million, a share, a count, noise, a constant and a third that is no float. */
    private static double[] features(Random random) {
        return new double[] {
            random.nextInt(1_000_000),
            random.nextInt(30) / 30.0,
            random.nextInt(40),
            random.nextGaussian(),
            1,
            random.nextInt(1_000_000) / 3.0
        };
    }

    private static double[] features(Row row) {
        return row.<Double>getList(row.fieldIndex(TrainingSet.FEATURES)).stream()
                .mapToDouble(Double::doubleValue)
                .toArray();
    }
}
