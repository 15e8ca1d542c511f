package dev.anabranch.batch.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.batch.model.HeldOut.HeldOutRow;
import dev.anabranch.contract.ModelVersion;
import dev.anabranch.lakehouse.Judgement;
import dev.anabranch.lakehouse.Judgement.Gate;
import dev.anabranch.model.UnusableModelException;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Models that look at what tells the positives, or at noise, or at both, beside each other on the same rows. */
class GatesTest {
    private static final List<String> FEATURES = List.of("telling", "noise");
    static final Judge JUDGE = new Judge() {
        @Override
        public String decisive() {
            return GateConfig.AVERAGE_PRECISION;
        }

        @Override
        public double decisive(Ranking rows, int[] times) {
            return rows.averagePrecision(times);
        }

        @Override
        public Map<String, Double> measure(HeldOut rows, double[] scores) {
            return Map.of(
                    GateConfig.AUC,
                    Ranking.areaUnderRoc(rows.targets(), scores),
                    GateConfig.AVERAGE_PRECISION,
                    Ranking.averagePrecision(rows.targets(), scores));
        }
    };

    private static final byte[] GOOD = WeighingModel.artifact(1, 0);
    private static final byte[] NEARLY_AS_GOOD = WeighingModel.artifact(1, 0.02f);
    private static final byte[] POOR = WeighingModel.artifact(0.3f, 1);
    private static final byte[] UPSIDE_DOWN = WeighingModel.artifact(-1, 0);

    private final HeldOut many = rows(4_000, 300);

    @Test
    void aFirstVersionFacesTheAbsoluteGatesOnly() {
        Judgement passed = gates(Map.of()).judge(Optional.empty(), FEATURES, challenger(POOR, many), many);
        Judgement heldBack = gates(Map.of("least-average-precision", "0.9"))
                .judge(Optional.empty(), FEATURES, challenger(POOR, many), many);

        assertThat(passed.passed()).as(passed.reason()).isTrue();
        assertThat(passed.gates())
                .extracting(Gate::name)
                .containsExactly("rows", "positives", "auc", "average_precision", "champion");
        assertThat(passed.champion()).isNull();
        assertThat(passed.compared()).isNull();
        assertThat(gate(passed, "champion").told()).isEqualTo("there was no version to put it beside");
        assertThat(heldBack.passed()).isFalse();
        assertThat(heldBack.reason())
                .matches("average_precision 0\\.\\d{4} must be at least 0\\.9000 and is 0\\.\\d{4} below");
        assertThat(gate(heldBack, "average_precision").least()).isEqualTo(0.9);
    }

    @Test
    void whatIsNoBetterThanChanceDoesNotPassThoughNothingIsLive() {
        Judgement judgement = gates(Map.of()).judge(Optional.empty(), FEATURES, challenger(UPSIDE_DOWN, many), many);

        assertThat(judgement.passed()).isFalse();
        assertThat(judgement.reason()).startsWith("auc 0.").contains("must be at least 0.5000");
    }

    @Test
    void tooFewRowsOrPositivesSaySo() {
        HeldOut few = rows(60, 20);

        Judgement judgement = gates(Map.of()).judge(Optional.empty(), FEATURES, challenger(GOOD, few), few);

        assertThat(judgement.passed()).isFalse();
        assertThat(judgement.reason())
                .isEqualTo("rows 60 must be at least 100 and is 40 below; positives " + few.positives()
                        + " must be at least 20 and is " + (20 - few.positives()) + " below");
    }

    @Test
    void aWorseModelIsHeldBackWithTheFiguresOfBoth() {
        Judgement judgement = gates(Map.of()).judge(Optional.of(live(7, GOOD)), FEATURES, challenger(POOR, many), many);

        assertThat(judgement.passed()).isFalse();
        assertThat(judgement.champion()).isEqualTo(7);
        assertThat(judgement.measured()).isEqualTo(challenger(GOOD, many).metrics());
        assertThat(judgement.compared().difference())
                .isEqualTo(challenger(POOR, many).metrics().get("average_precision")
                        - challenger(GOOD, many).metrics().get("average_precision"));
        assertThat(judgement.compared().upper()).isLessThan(0);
        assertThat(judgement.compared().entities()).isEqualTo(300);
        assertThat(judgement.reason())
                .contains("beside version 7's 0.", "95 % interval [-0.", "1000 resamples of 300 entities")
                .matches(".*its lower end must be at least -0\\.0200 and is 0\\.\\d{4} below");
        assertThat(gate(judgement, "champion").value())
                .isEqualTo(judgement.compared().lower());
    }

    @Test
    void aMuchBetterModelPassesAndOneThatIsAllButTheSameToo() {
        Judgement better = gates(Map.of()).judge(Optional.of(live(7, POOR)), FEATURES, challenger(GOOD, many), many);
        Judgement same =
                gates(Map.of()).judge(Optional.of(live(7, GOOD)), FEATURES, challenger(NEARLY_AS_GOOD, many), many);

        assertThat(better.passed()).as(better.reason()).isTrue();
        assertThat(better.compared().lower()).isGreaterThan(0);
        assertThat(same.passed()).as(same.reason()).isTrue();
    }

    @Test
    void whereTheIntervalIsWideTheLowerEndKeepsWhatIsLiveAndTheUpperEndTakesTheNew() {
        HeldOut few = rows(400, 60);
        Optional<ModelVersion> live = Optional.of(live(7, WeighingModel.artifact(1, 0.6f)));
        Challenger challenger = challenger(WeighingModel.artifact(1, -0.6f), few);

        Judgement kept = gates(Map.of()).judge(live, FEATURES, challenger, few);
        Judgement taken = gates(Map.of("bound", "upper")).judge(live, FEATURES, challenger, few);
        Judgement tolerated = gates(Map.of("tolerance", "1")).judge(live, FEATURES, challenger, few);

        assertThat(kept.compared().lower()).isLessThan(-0.02);
        assertThat(kept.compared().upper()).isGreaterThan(-0.02);
        assertThat(kept.passed()).isFalse();
        assertThat(taken.passed()).as(taken.reason()).isTrue();
        assertThat(taken.compared()).isEqualTo(kept.compared());
        assertThat(tolerated.passed()).as(tolerated.reason()).isTrue();
    }

    @Test
    void aChampionThatCannotAnswerTheSameQuestionsIsNoObstacle() {
        ModelVersion others = ModelVersion.newBuilder(live(3, GOOD))
                .setFeatures(List.of("something", "else"))
                .build();
        ModelVersion broken = live(4, new byte[] {1, 2, 3});

        Judgement foreign = gates(Map.of()).judge(Optional.of(others), FEATURES, challenger(GOOD, many), many);
        Judgement mute = gates(Map.of()).judge(Optional.of(broken), FEATURES, challenger(GOOD, many), many);

        assertThat(foreign.passed()).isTrue();
        assertThat(gate(foreign, "champion").told())
                .isEqualTo("version 3 takes other features and cannot answer the same questions");
        assertThat(mute.passed()).isTrue();
        assertThat(gate(mute, "champion").told()).startsWith("version 4 cannot answer: The artifact must be an ONNX");
    }

    @Test
    void positivesOfOneEntityAloneTellNothingOfTheDifference() {
        List<HeldOutRow> rows = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            rows.add(new HeldOutRow("row-" + i, i, i < 30 ? "one" : "e" + i, i < 30 ? 1 : 0, new double[] {i, 1}));
        }
        HeldOut oneCard = new HeldOut(rows);

        Judgement judgement = gates(Map.of("least-auc", "0"))
                .judge(Optional.of(live(7, POOR)), FEATURES, challenger(GOOD, oneCard), oneCard);

        assertThat(judgement.passed()).isFalse();
        assertThat(judgement.reason())
                .startsWith("it cannot be told how far it is from version 7: positives must be of two entities");
    }

    @Test
    void settingsThatMakeNoSenseAreRefusedByName() {
        assertRefused("least-rows", "0", "x.gates.least-rows must be 1 or more, got 0");
        assertRefused("least-positives", "-1", "x.gates.least-positives must be 1 or more, got -1");
        assertRefused("least-auc", "70", "x.gates.least-auc must be from 0 to 1, got 70.0");
        assertRefused("least-average-precision", "NaN", "x.gates.least-average-precision must be from 0 to 1, got NaN");
        assertRefused("tolerance", "-0.1", "x.gates.tolerance must be from 0 to 1, got -0.1");
        assertRefused("resamples", "10", "x.gates.resamples and x.gates.confidence do not go together: Resamples must");
        assertRefused("confidence", "1", "Confidence must be more than 0 and less than 1, got 1.0");
    }

    private static void assertRefused(String key, String value, String message) {
        assertThatThrownBy(() -> gates(Map.of(key, value)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }

    @ConfigMapping(prefix = "x")
    interface Config {
        GateConfig gates();
    }

    private static Gates gates(Map<String, String> changes) {
        Map<String, String> settings = new LinkedHashMap<>();
        changes.forEach((key, value) -> settings.put("x.gates." + key, value));
        return new SmallRyeConfigBuilder()
                .withMapping(Config.class)
                .withSources(new PropertiesConfigSource(settings, "test", 100))
                .build()
                .getConfigMapping(Config.class)
                .gates()
                .toGates("x.gates", JUDGE, 1);
    }

    private static Gate gate(Judgement judgement, String name) {
        return judgement.gates().stream()
                .filter(gate -> gate.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    /** One in eight is positive; entities differ in how much they give away. */
    private static HeldOut rows(int size, int entities) {
        Random random = new Random(17);
        double[] plain = random.doubles(entities).toArray();
        List<HeldOutRow> rows = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            int entity = i % entities;
            double target = random.nextInt(8) == 0 ? 1 : 0;
            rows.add(new HeldOutRow("row-" + i, i, "e" + entity, target, new double[] {
                2.5 * target * plain[entity] + random.nextGaussian(), random.nextGaussian()
            }));
        }
        return new HeldOut(rows);
    }

    private static ModelVersion live(long number, byte[] artifact) {
        return WeighingModel.version("test", FEATURES, number, artifact);
    }

    private static Challenger challenger(byte[] artifact, HeldOut heldOut) {
        try {
            return Challenger.of(artifact, heldOut, JUDGE);
        } catch (UnusableModelException e) {
            throw new AssertionError(e);
        }
    }
}
