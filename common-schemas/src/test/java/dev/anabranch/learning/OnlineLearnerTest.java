package dev.anabranch.learning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.anabranch.fraud.FraudFeatures;
import dev.anabranch.fraud.FraudUseCase;
import dev.anabranch.quality.Quality;
import dev.anabranch.quality.ScoreHistogram;
import dev.anabranch.view.Position;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** What is learnt, beside the algorithm as the paper writes it down. */
class OnlineLearnerTest {
    private static final Learning LEARNING = learning(new FtrlProximal(0.3, 1, 0.2, 0.5));

    /** @param features some of them missing */
    record Seen(List<Float> features, boolean positive) {}

    @Property(tries = 100)
    void itLearnsWhatAlgorithm1OfThePaperLearnsFromTheSameExamplesAsVectors(@ForAll long seed) {
        List<Seen> seen = examples(seed, 200);
        OnlineLearner learner = new OnlineLearner(LEARNING);
        AsThePaperHasIt paper = new AsThePaperHasIt(LEARNING.ftrl(), LEARNING.coordinates());
        double logLoss = 0;
        for (int i = 0; i < seen.size(); i++) {
            Seen one = seen.get(i);
            double expected = paper.step(vector(one.features), one.positive);
            assertThat(learner.learn(at(i), one.features, one.positive)).isCloseTo(expected, within(1e-12));
            logLoss -= Math.log(one.positive ? expected : 1 - expected);
        }
        assertThat(learner.weights()).containsExactly(paper.weights(), within(1e-9));
        assertThat(Quality.of(learner.progressive()).logLoss().orElseThrow())
                .as("progressive validation: each was scored before it was learnt from")
                .isCloseTo(logLoss / seen.size(), within(1e-8));
    }

    @Property(tries = 50)
    void whatIsWrittenAnywhereInBetweenAndReadAgainGoesOnToTheBit(
            @ForAll long seed, @ForAll @IntRange(min = 0, max = 100) int written) {
        List<Seen> seen = examples(seed, 100);
        OnlineLearner uninterrupted = new OnlineLearner(LEARNING);
        OnlineLearner interrupted = new OnlineLearner(LEARNING);
        for (int i = 0; i <= seen.size(); i++) {
            if (i == written) {
                byte[] bytes = OnlineLearner.WIRE.encode(interrupted.toLearnt());
                interrupted = OnlineLearner.of(LEARNING, OnlineLearner.WIRE.decode(bytes));
                assertThat(OnlineLearner.WIRE.encode(interrupted.toLearnt())).isEqualTo(bytes);
            }
            if (i < seen.size()) {
                Seen one = seen.get(i);
                assertThat(interrupted.learn(at(i), one.features, one.positive))
                        .isEqualTo(uninterrupted.learn(at(i), one.features, one.positive));
            }
        }
        assertThat(OnlineLearner.WIRE.encode(interrupted.toLearnt()))
                .isEqualTo(OnlineLearner.WIRE.encode(uninterrupted.toLearnt()));
    }

    @Test
    void anExampleIsLearntOnceAndTheSecondTimeBothPositionsAreNamed() {
        OnlineLearner learner = new OnlineLearner(LEARNING);
        learner.learn(at(7), features(1, 1), true);
        Learnt after = learner.toLearnt();

        assertThatThrownBy(() -> learner.learn(at(7), features(1, 1), true))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("An example of town must come after events.town-example-0@7, the last one learnt from, got"
                        + " events.town-example-0@7");
        assertThatThrownBy(() -> learner.learn(Position.of("events.town-example", 1, 8), features(1, 1), true))
                .hasMessageContaining("events.town-example-1@8");
        assertThat(learner.toLearnt()).isEqualTo(after);
    }

    @Test
    void aMissingFeatureSaysNothingAndIsNotLearntFrom() {
        OnlineLearner learner = new OnlineLearner(LEARNING);
        for (int i = 0; i < 50; i++) {
            learner.learn(at(i), features(Float.NaN, 0), i % 3 == 0);
        }
        double[] weights = learner.weights();

        assertThat(weights).hasSize(1 + 4 + 2);
        assertThat(weights[0]).isNotZero();
        assertThat(List.of(weights[1], weights[2], weights[3], weights[4])).containsOnly(0.0);
        assertThat(weights[5]).isNotZero();
        assertThat(learner.score(features(Float.NaN, Float.POSITIVE_INFINITY)))
                .isEqualTo(FtrlProximal.sigmoid(weights[0]));
    }

    @Test
    void riskNeedNotRiseWithTheFeature() {
        OnlineLearner learner = new OnlineLearner(LEARNING);
        Random random = new Random(5);
        for (int i = 0; i < 4_000; i++) {
            float amount = random.nextInt(9);
            learner.learn(at(i), features(amount, 0), amount >= 2 && amount < 4 && random.nextInt(4) > 0);
        }
        assertThat(learner.score(features(1, 0))).isLessThan(0.1);
        assertThat(learner.score(features(3, 0))).isGreaterThan(0.6);
        assertThat(learner.score(features(8, 0))).isLessThan(0.1);
        assertThat(Quality.of(learner.progressive()).auc().orElseThrow().value())
                .isGreaterThan(0.9);
    }

    @Test
    void whatWasLearntByAnotherDeclarationOrIsDamagedIsRefusedAndSaysWhy() {
        OnlineLearner learner = new OnlineLearner(LEARNING);
        learner.learn(at(0), features(1, 0), true);
        Learnt learnt = learner.toLearnt();

        assertRefused(change(learnt, "name", "village"), "name must be town, got village");
        assertRefused(
                change(learnt, "features", List.of("amount")), "features must be those of the declaration, [amount,");
        assertRefused(
                new OnlineLearner(learning(new FtrlProximal(0.3, 1, 0.2, 0.6))).toLearnt(),
                "definition must be that of today");
        assertRefused(change(learnt, "z", ByteBuffer.allocate(8)), "z must have 7 doubles, got 8 bytes");
        assertRefused(
                change(learnt, "n", ByteBuffer.allocate(56).putDouble(0, Double.NaN)), "n must hold numbers, got NaN");
        assertRefused(change(learnt, "n", ByteBuffer.allocate(56).putDouble(0, -1)), "n must hold sums of squares");
        assertRefused(change(learnt, "positives", 2L), "positives must be from 0 to the labels, 1, got 2");
        assertRefused(change(learnt, "labels", 2L), "progressive must have as many scores as there were labels, 2");
        assertRefused(change(learnt, "recent", ByteBuffer.allocate(0)), "What scores were given cannot be read");
    }

    @Test
    void whoLearnsAnewKnowsWhereAndNothingElse() {
        OnlineLearner learner = new OnlineLearner(LEARNING);
        learner.learn(at(3), features(1, 0), true);

        OnlineLearner anew = OnlineLearner.anew(learning(new FtrlProximal(1, 1, 0, 0)), learner.toLearnt());

        assertThat(anew.labels()).isZero();
        assertThat(anew.weights()).containsOnly(0);
        assertThatThrownBy(() -> anew.passOver(at(3))).isInstanceOf(IllegalStateException.class);
        assertThatCode(() -> anew.learn(at(4), features(1, 0), true)).doesNotThrowAnyException();
    }

    @Test
    void recentScoresAreThoseSinceThePublication() {
        OnlineLearner learner = new OnlineLearner(LEARNING);
        learner.learn(at(0), features(1, 0), true);
        learner.published();
        double score = learner.learn(at(1), features(1, 0), false);

        assertThat(learner.recent()).isEqualTo(ScoreHistogram.of(score, false));
        assertThat(learner.progressive().predictions()).isEqualTo(2);
    }

    @Test
    void everyFraudFeatureHasBuckets() {
        Learning fraud = new FraudUseCase().learning().orElseThrow();

        assertThat(fraud.features()).isEqualTo(FraudFeatures.NAMES);
        assertThat(new FraudUseCase().events()).contains(fraud.examples());
        assertThat(fraud.coordinates()).isBetween(300, 500);
    }

    @Test
    void parametersThatMakeNoSenseAreRefused() {
        assertThatThrownBy(() -> new FtrlProximal(0, 1, 0, 0)).hasMessageContaining("got alpha 0.0");
        assertThatThrownBy(() -> new FtrlProximal(1, 0, 0, 0)).hasMessageContaining("beta or l2 above it");
        assertThatThrownBy(() -> new FtrlProximal(1, 1, Double.NaN, 0)).hasMessageContaining("l1 NaN");
    }

    /** Algorithm 1, line by line, over vectors of which most entries are 0. */
    private static final class AsThePaperHasIt {
        private final FtrlProximal parameters;
        private final double[] z;
        private final double[] n;

        AsThePaperHasIt(FtrlProximal parameters, int size) {
            this.parameters = parameters;
            z = new double[size];
            n = new double[size];
        }

        double step(double[] x, boolean positive) {
            double[] w = weights();
            double dot = 0;
            for (int i = 0; i < x.length; i++) {
                dot += x[i] * w[i];
            }
            double p = 1 / (1 + Math.exp(-dot));
            for (int i = 0; i < x.length; i++) {
                double g = (p - (positive ? 1 : 0)) * x[i];
                double sigma = (Math.sqrt(n[i] + g * g) - Math.sqrt(n[i])) / parameters.alpha();
                z[i] = z[i] + g - sigma * w[i];
                n[i] = n[i] + g * g;
            }
            return p;
        }

        double[] weights() {
            double[] w = new double[z.length];
            for (int i = 0; i < w.length; i++) {
                double sign = z[i] < 0 ? -1 : 1;
                w[i] = sign * z[i] <= parameters.l1()
                        ? 0
                        : -1
                                / ((parameters.beta() + Math.sqrt(n[i])) / parameters.alpha() + parameters.l2())
                                * (z[i] - sign * parameters.l1());
            }
            return w;
        }
    }

    private static double[] vector(List<Float> features) {
        double[] x = new double[LEARNING.coordinates()];
        x[0] = 1;
        int first = 1;
        for (int i = 0; i < features.size(); i++) {
            Buckets buckets = LEARNING.buckets().get(i);
            for (int bucket = 0; bucket < buckets.count(); bucket++) {
                float value = features.get(i);
                x[first++] = value >= buckets.from(bucket) && value < buckets.to(bucket) ? 1 : 0;
            }
        }
        return x;
    }

    private static List<Seen> examples(long seed, int size) {
        Random random = new Random(seed);
        List<Seen> examples = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            float amount = random.nextInt(20) == 0 ? Float.NaN : (float) Math.exp(random.nextGaussian() * 2);
            float risk = random.nextInt(20) == 0 ? Float.NEGATIVE_INFINITY : random.nextFloat();
            examples.add(new Seen(features(amount, risk), random.nextFloat() < (amount > 2 ? 0.5 : 0.1)));
        }
        return examples;
    }

    private static List<Float> features(float amount, float risk) {
        return List.of(amount, risk);
    }

    private static Position at(long offset) {
        return Position.of("events.town-example", 0, offset);
    }

    private static Learning learning(FtrlProximal ftrl) {
        Map<String, Buckets> inputs = new LinkedHashMap<>();
        inputs.put("amount", Buckets.geometric(1, 4, 1));
        inputs.put("risk", Buckets.at(0.5));
        return new Learning("town", Learning.examplesOf("town"), Collections.unmodifiableMap(inputs), ftrl);
    }

    private static Learnt change(Learnt learnt, String field, Object value) {
        Learnt changed = Learnt.newBuilder(learnt).build();
        changed.put(Learnt.getClassSchema().getField(field).pos(), value);
        return changed;
    }

    private static void assertRefused(Learnt learnt, String why) {
        assertThatThrownBy(() -> OnlineLearner.of(LEARNING, learnt))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(why);
    }
}
