package dev.anabranch.batch.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.anabranch.batch.ArchiveState;
import dev.anabranch.batch.BatchRun;
import dev.anabranch.batch.BatchSession;
import dev.anabranch.batch.JudgedUseCase;
import dev.anabranch.batch.TestPlatform;
import dev.anabranch.contract.BucketRange;
import dev.anabranch.contract.Experiment;
import dev.anabranch.contract.ExperimentArm;
import dev.anabranch.contract.Prediction;
import dev.anabranch.contract.ScoringPath;
import dev.anabranch.experiment.ArmResult;
import dev.anabranch.experiment.ArmSums;
import dev.anabranch.experiment.Loss;
import dev.anabranch.experiment.Variant;
import dev.anabranch.lakehouse.ExperimentResults;
import dev.anabranch.quality.Outcome;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Archived predictions and outcomes, some repeated, corrected or missing, through Spark to what each arm came to. */
class ExperimentStageTest {
    private static final long PHASE = 1_750_636_800_000L;
    private static final long NOW = PHASE + 86_400_000L;
    private static final String CHAMPION = "e3.2-champion";
    private static final String CHALLENGER = "e3.2-challenger-7";
    private static final String SHADOW = "e3.2-shadow-8";

    @TempDir
    static Path folder;

    private static BatchSession session;
    private static int useCases;

    private final JudgedUseCase town = new JudgedUseCase("case-" + ++useCases);
    private final Experiment experiment = new Experiment(
            town.name(),
            3L,
            2,
            PHASE - 1_000_000,
            PHASE,
            6L,
            List.of(
                    new ExperimentArm(
                            "challenger-7", 7L, List.of(new BucketRange(0, 500), new BucketRange(900, 1_400))),
                    new ExperimentArm("shadow-8", 8L, List.of()),
                    new ExperimentArm("holdout", 5L, List.of(new BucketRange(9_800, 10_000)))));
    private final List<Prediction> predictions = town.predictions;
    private final List<Outcome> outcomes = town.outcomes;

    @BeforeAll
    static void start() {
        session = BatchSession.start(new TestPlatform(folder, "127.0.0.1:1", 1), "experiment");
    }

    @AfterAll
    static void stop() {
        session.close();
    }

    @Test
    void anArmIsTheSumOverItsEntitiesOfLossesAndCounts() {
        found("p1", CHAMPION, "ann", "t1", 0.5, true);
        found("p2", CHAMPION, "ann", "t2", 0.25, false);
        found("p3", CHAMPION, "bob", "t3", 1.0, false);
        found("p4", CHALLENGER, "eve", "t4", 0.75, true);

        List<ArmResult> results = look();

        double first = Math.log(2) - Math.log(0.75);
        double second = -Math.log(1e-15);
        assertResult(
                of(results, "champion", Loss.LOG_LOSS, false),
                8_820,
                new ArmSums(2, 2, 3, 3, first + second, first * first + second * second, 2 * first + second, 5),
                1,
                1.75);
        assertResult(
                of(results, "champion", Loss.BRIER, false),
                8_820,
                new ArmSums(2, 2, 3, 3, 1.3125, 0.3125 * 0.3125 + 1, 2 * 0.3125 + 1, 5),
                1,
                1.75);
        assertResult(
                of(results, "challenger-7", Loss.BRIER, false),
                980,
                new ArmSums(1, 1, 1, 1, 0.0625, 0.0625 * 0.0625, 0.0625, 1),
                1,
                0.75);
    }

    @Test
    void theGreatestNumberOfTheFindingsHoldsWhateverTheOrderTheyStandIn() {
        made("p1", CHAMPION, "ann", "t1", 0.5);
        made("p2", CHAMPION, "ann", "t2", 0.25);
        outcome("p1", 10, true);
        outcome("p1", 9, false);
        outcome("p1", 2, false);
        outcome("p2", 1, true);
        outcome("p2", 2, false);

        ArmResult champion = of(look(), "champion", Loss.BRIER, false);

        assertThat(champion.positives()).isEqualTo(1);
        assertThat(champion.sums().loss()).isEqualTo(0.25 + 0.0625);
    }

    @Test
    void aPredictionWithoutAnOutcomeIsExposedAndNotLabelled() {
        found("p1", CHAMPION, "ann", "t1", 0.5, true);
        made("p2", CHAMPION, "ann", "t2", 0.9);
        made("p3", CHAMPION, "bob", "t3", 0.9);

        ArmResult champion = of(look(), "champion", Loss.BRIER, false);

        assertResult(champion, 8_820, new ArmSums(2, 1, 3, 1, 0.25, 0.0625, 0.25, 1), 1, 0.5);
    }

    @Test
    void aPredictionThatStandsTwiceInTheLogCountsOnceAsItStoodFirst() {
        found("p1", CHAMPION, "ann", "t1", 0.5, true);
        made("p1", CHAMPION, "ann", "t1", 0.125);
        outcome("p1", 1, true);

        ArmResult champion = of(look(), "champion", Loss.BRIER, false);

        assertResult(champion, 8_820, new ArmSums(1, 1, 1, 1, 0.25, 0.0625, 0.25, 1), 1, 0.5);
    }

    @Test
    void onlyThePhaseOfTheExperimentCounts() {
        found("p1", CHAMPION, "ann", "t1", 0.5, true);
        found("p2", "champion", "bob", "t2", 0.5, true);
        found("p3", "e3.1-champion", "bob", "t3", 0.5, true);
        found("p4", "e3.20-champion", "bob", "t4", 0.5, true);
        found("p5", "e13.2-champion", "bob", "t5", 0.5, true);
        add(prediction("p6", CHAMPION, "bob", "t6", 0.5).setMadeMillis(PHASE - 1));
        add(prediction("p7", CHAMPION, "bob", "t7", 0.5).setModel("another"));
        add(prediction("p8", CHAMPION, "bob", "t8", 0.5).setQuestion(Map.of("terminalId", "w-1")));

        assertThat(of(look(), "champion", Loss.BRIER, false).sums().predictions())
                .isEqualTo(1);
    }

    @Test
    void aShadowIsPutBesideTheChampionOnTheSameEvents() {
        found("p1", CHAMPION, "ann", "t1", 0.5, true);
        found("s1", SHADOW, "ann", "t1", 0.75, true);
        found("p2", CHAMPION, "ann", "t2", 0.5, false);
        found("s2", SHADOW, "ann", "t2", 0.75, false);
        found("p3", CHAMPION, "bob", "t3", 0.5, false); // no shadow yet
        found("s4", SHADOW, "eve", "t4", 0.75, true); // the challenger's
        found("p4", CHALLENGER, "eve", "t4", 0.75, true);
        found("p5", CHAMPION, "dan", "t5", 0.5, true);
        made("s5", SHADOW, "dan", "t5", 0.75); // not labelled yet
        found("p6", CHAMPION, "ann", "t6", 0.5, true);
        found("s6", SHADOW, "ann", "t6", 0.75, false); // its correction is still to come, or that of the other
        found("p7", CHAMPION, "ann", "", 0.5, true); // about no event
        found("s7", SHADOW, "ann", "", 0.75, true);
        found("p8", CHAMPION, "kim", "t8", 0.5, true);
        add(prediction("s8", SHADOW, "kim", "t8", 0.75).setPath(ScoringPath.REST)); // asked another way
        outcome("s8", 1, true);

        List<ArmResult> results = look();

        double better = 0.0625 - 0.25;
        double worse = 0.5625 - 0.25;
        assertResult(
                of(results, "shadow-8", Loss.BRIER, true),
                0,
                new ArmSums(2, 1, 4, 2, better + worse, (better + worse) * (better + worse), 2 * (better + worse), 4),
                1,
                1.5);
        assertThat(of(results, "shadow-8", Loss.BRIER, false).sums().entities()).isEqualTo(4);
        assertThat(results.stream().filter(ArmResult::paired)).hasSize(2);
    }

    @Test
    void anArmThatNobodyHasMetYetIsThereWithNothing() {
        List<ArmResult> nothing = look();

        assertThat(nothing).hasSize(2 * 5).allMatch(arm -> arm.sums().equals(ArmSums.EMPTY));
        assertThat(nothing.stream().map(ArmResult::arm).distinct())
                .containsExactly("champion", "challenger-7", "shadow-8", "holdout");
    }

    @Test
    void whatIsArchivedAfterTheRunBeganIsNotSeen() {
        found("p1", CHAMPION, "ann", "t1", 0.5, true);
        made("p2", CHAMPION, "bob", "t2", 0.5);
        archive();
        BatchRun run = run("before");
        found("p3", CHAMPION, "eve", "t3", 0.5, true);
        outcome("p2", 1, true);
        archive();

        look(run);

        ArmSums sums = of(newest(), "champion", Loss.BRIER, false).sums();
        assertThat(sums.entities()).isEqualTo(2);
        assertThat(sums.labelled()).isEqualTo(1);
    }

    @Test
    void withoutAnExperimentNothingIsKept() {
        archive();
        BatchRun run = run("idle");
        new ExperimentStage(new JudgedPredictions("customerId")).run(run, Optional.empty());
        assertThat(run.stages()).isEmpty();
        assertThat(new ExperimentResults(session.lakehouse()).newest(town.name(), 3))
                .isEmpty();
    }

    @Test
    void agreesWithTheObviousLoop() {
        Random random = new Random(5);
        List<String> variants = List.of(CHAMPION, CHALLENGER, "e3.2-holdout", "e3.1-champion");
        for (int i = 0; i < 600; i++) {
            String entity = "c-" + random.nextInt(80);
            String variant = variants.get(Math.floorMod(entity.hashCode(), variants.size()));
            String event = random.nextInt(10) == 0 ? "" : "t" + i;
            String id = "p" + i;
            for (String each : List.of(id, "s" + id)) {
                if (each.equals(id) || random.nextInt(4) > 0) {
                    double score = random.nextInt(12) == 0 ? random.nextInt(2) : random.nextDouble();
                    made(each, each.equals(id) ? variant : SHADOW, entity, event, score);
                    if (random.nextInt(5) == 0) {
                        made(each, each.equals(id) ? variant : SHADOW, entity, event, random.nextDouble());
                    }
                }
            }
            for (int finding = 1; random.nextInt(3) > 0; finding++) {
                outcome(id, finding, random.nextBoolean());
                if (random.nextInt(8) > 0) {
                    outcome("s" + id, finding, outcomes.get(outcomes.size() - 1).getPositive());
                }
            }
        }

        List<ArmResult> results = look();

        for (ArmResult result : results) {
            Loss loss = Loss.valueOf(result.metric().toUpperCase(Locale.ROOT));
            assertSums(result.sums(), naive(result.arm(), loss, result.paired()));
            assertThat(result.sums().labelledEntities()).isPositive();
        }
    }

    private ArmSums naive(String arm, Loss loss, boolean paired) {
        Map<String, Boolean> known = new HashMap<>();
        Map<String, Integer> numbers = new HashMap<>();
        for (Outcome outcome : outcomes) {
            int number = Integer.parseInt(
                    outcome.getOutcomeId().substring(outcome.getOutcomeId().lastIndexOf('-') + 1));
            if (number > numbers.getOrDefault(outcome.getPredictionId(), 0)) {
                numbers.put(outcome.getPredictionId(), number);
                known.put(outcome.getPredictionId(), outcome.getPositive());
            }
        }
        Map<String, Map<String, Prediction>> byArm = new LinkedHashMap<>();
        Map<String, Prediction> championByEvent = new HashMap<>();
        Set<String> seen = new HashSet<>();
        for (Prediction prediction : predictions) {
            Variant variant = Variant.parse(prediction.getVariant()).orElseThrow();
            if (variant.phase() == 2 && seen.add(prediction.getPredictionId())) {
                byArm.computeIfAbsent(variant.arm(), any -> new LinkedHashMap<>())
                        .put(prediction.getPredictionId(), prediction);
                if (variant.arm().equals("champion")) {
                    championByEvent.put(prediction.getEventId(), prediction);
                }
            }
        }
        Map<String, double[]> entities = new HashMap<>(); // predictions, labelled, loss
        for (Prediction prediction : byArm.get(arm).values()) {
            Boolean positive = known.get(prediction.getPredictionId());
            Double lost = positive == null ? null : Double.valueOf(loss.of(prediction.getScore(), positive));
            if (paired) {
                Prediction other = championByEvent.get(prediction.getEventId());
                if (prediction.getEventId().isEmpty() || other == null) {
                    continue;
                }
                Boolean same = known.get(other.getPredictionId());
                lost = same == null || !same.equals(positive)
                        ? null
                        : Double.valueOf(lost - loss.of(other.getScore(), same));
            }
            double[] entity =
                    entities.computeIfAbsent(prediction.getQuestion().get("customerId"), any -> new double[3]);
            entity[0]++;
            if (lost != null) {
                entity[1]++;
                entity[2] += lost;
            }
        }
        return entities.values().stream()
                .map(entity -> ArmSums.ofEntity((long) entity[0], (long) entity[1], entity[2]))
                .reduce(ArmSums.EMPTY, ArmSums::plus);
    }

    private List<ArmResult> look() {
        archive();
        look(run("run"));
        return newest();
    }

    private void look(BatchRun run) {
        new ExperimentStage(new JudgedPredictions("customerId")).run(run, Optional.of(experiment));
        assertThat(run.stages()).hasSize(1);
    }

    private List<ArmResult> newest() {
        ExperimentResults.Found found = new ExperimentResults(session.lakehouse())
                .newest(town.name(), 3)
                .orElseThrow();
        assertThat(found.phase()).isEqualTo(2);
        assertThat(found.atMillis()).isEqualTo(NOW);
        return found.arms();
    }

    private BatchRun run(String id) {
        ArchiveState archive = ArchiveState.of(session.lakehouse(), town);
        return new BatchRun(
                id,
                town,
                session,
                archive.cut(),
                archive.snapshots(),
                Clock.fixed(Instant.ofEpochMilli(NOW), ZoneOffset.UTC),
                stage -> {});
    }

    private static ArmResult of(List<ArmResult> results, String arm, Loss loss, boolean paired) {
        return results.stream()
                .filter(result -> result.arm().equals(arm) && result.metric().equals(loss.metric()))
                .filter(result -> result.paired() == paired)
                .findFirst()
                .orElseThrow();
    }

    private static void assertResult(ArmResult result, int buckets, ArmSums sums, long positives, double scores) {
        assertThat(result.share()).isCloseTo(buckets / 10_000.0, within(1e-12));
        assertThat(result.positives()).isEqualTo(positives);
        assertThat(result.scores()).isEqualTo(scores);
        assertSums(result.sums(), sums);
    }

    private static void assertSums(ArmSums sums, ArmSums expected) {
        assertThat(new ArmSums(
                        sums.entities(),
                        sums.labelledEntities(),
                        sums.predictions(),
                        sums.labelled(),
                        0,
                        0,
                        0,
                        sums.countSquared()))
                .isEqualTo(new ArmSums(
                        expected.entities(),
                        expected.labelledEntities(),
                        expected.predictions(),
                        expected.labelled(),
                        0,
                        0,
                        0,
                        expected.countSquared()));
        assertThat(sums.loss()).isEqualTo(expected.loss(), within(1e-9));
        assertThat(sums.lossSquared()).isEqualTo(expected.lossSquared(), within(1e-9 * (1 + expected.lossSquared())));
        assertThat(sums.lossTimesCount())
                .isEqualTo(expected.lossTimesCount(), within(1e-9 * (1 + expected.lossSquared())));
    }

    private void found(String id, String variant, String entity, String event, double score, boolean positive) {
        made(id, variant, entity, event, score);
        outcome(id, 1, positive);
    }

    private void made(String id, String variant, String entity, String event, double score) {
        add(prediction(id, variant, entity, event, score));
    }

    private void add(Prediction.Builder prediction) {
        predictions.add(prediction.build());
    }

    private Prediction.Builder prediction(String id, String variant, String entity, String event, double score) {
        return Prediction.newBuilder()
                .setPredictionId(id)
                .setUseCase(town.name())
                .setEventId(event)
                .setPath(ScoringPath.STREAM)
                .setAtMillis(PHASE + 1_000)
                .setMadeMillis(PHASE + 1_000 + predictions.size())
                .setQuestion(Map.of("customerId", entity, "amountCents", "4200"))
                .setFeatures(List.of(1.0))
                .setModel(town.name())
                .setModelVersion(6)
                .setModelSha256("00")
                .setVariant(variant)
                .setScore(score)
                .setReadings(List.of());
    }

    private void outcome(String of, int number, boolean positive) {
        outcomes.add(new Outcome(
                of + "-" + number, PHASE + 5_000, town.name() + "-6", of, "any", 0.5, positive, number > 1, null));
    }

    private void archive() {
        town.archive(session.lakehouse(), PHASE + 1_000);
    }
}
