package dev.anabranch.speed;

import static dev.anabranch.fraud.FraudEvents.LABELLED_WITHIN;
import static dev.anabranch.fraud.FraudEvents.OUTCOME;
import static dev.anabranch.fraud.FraudViews.OUTCOMES;
import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.contract.Prediction;
import dev.anabranch.contract.SchemaHistory;
import dev.anabranch.contract.Wire;
import dev.anabranch.fraud.FraudQuestion;
import dev.anabranch.quality.ErrorSums;
import dev.anabranch.quality.Outcome;
import dev.anabranch.quality.OutcomeSums;
import dev.anabranch.quality.ScoreHistogram;
import dev.anabranch.view.Cut;
import dev.anabranch.view.Origin;
import dev.anabranch.view.Reading;
import dev.anabranch.view.View;
import dev.anabranch.view.ViewReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.message.BinaryMessageEncoder;
import org.apache.kafka.common.utils.Utils;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How predictions meet their labels. */
class JudgingTest {
    private static final long NOW = Rig.START.toEpochMilli();
    private static final long HOUR = Duration.ofHours(1).toMillis();
    private static final long DAY = Duration.ofDays(1).toMillis();
    private static final int MONTH = 2;
    private static final Origin ORIGIN = new Origin(OUTCOME.topic(), 0);

    @TempDir
    private Path state;

    @Test
    void aPredictionMeetsALabelThatComesWeeksLater() {
        try (Rig rig = rig()) {
            rig.pays("t1", "c-1", "w-1", 500, NOW);
            rig.pays("t2", "c-1", "w-1", 500, NOW + 1);
            rig.labels("t1", "c-1", "w-1", NOW, NOW + 40 * DAY, true);

            Prediction prediction = rig.predictions().get(0);
            assertThat(rig.outcomes())
                    .containsExactly(new Outcome(
                            prediction.getPredictionId() + "-1",
                            NOW + 40 * DAY,
                            "fraud-3",
                            prediction.getPredictionId(),
                            "t1",
                            prediction.getScore(),
                            true,
                            false,
                            500L));
            assertThat(quality(rig, NOW + 40 * DAY, MONTH))
                    .as("in the windows of when it became known")
                    .isEqualTo(ScoreHistogram.of(prediction.getScore(), true));
            assertThat(errors(rig, NOW + 40 * DAY, MONTH))
                    .as("the score expected that share of 500 cents, and all of them were lost")
                    .isEqualTo(ErrorSums.of(500 * prediction.getScore(), 500));
            assertThat(rig.counted("anabranch.speed.outcomes", "kind", "first")).isEqualTo(1);
        }
    }

    @Test
    void aLabelThatComesFirstWaitsForItsPrediction() {
        try (Rig rig = rig()) {
            rig.labels("t1", "c-1", "w-1", NOW, NOW + DAY, false);
            rig.sweep();
            rig.passTime(Cases.LABEL_WAITS.minusSeconds(1));
            assertThat(rig.outcomes()).isEmpty();
            rig.pays("t1", "c-1", "w-1", 500, NOW);

            assertThat(rig.outcomes()).extracting(Outcome::getPositive).containsExactly(false);
            assertThat(rig.outcomes()).extracting(Outcome::getEventTimeMillis).containsExactly(NOW + DAY);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aLabelThatSaysTheSameAgainChangesNothing() {
        try (Rig rig = rig()) {
            rig.pays("t1", "c-1", "w-1", 500, NOW);
            rig.labels("t1", "c-1", "w-1", NOW, NOW + DAY, true);
            rig.labels("t1", "c-1", "w-1", NOW, NOW + 2 * DAY, true);

            assertThat(rig.outcomes()).hasSize(1);
            assertThat(rig.counted("anabranch.speed.unjudged", "reason", "repeated-label"))
                    .isEqualTo(1);
        }
    }

    @Test
    void ofTwoLabelsThatContradictEachOtherTheLaterPositionCountsAndBothStayInTheLog() {
        try (Rig rig = rig()) {
            rig.pays("t1", "c-1", "w-1", 500, NOW);
            rig.labels("t1", "c-1", "w-1", NOW, NOW + 10 * DAY, true);
            rig.labels("t1", "c-1", "w-1", NOW, NOW + 9 * DAY, false); // later position, earlier time
            assertThat(quality(rig, NOW + 12 * DAY, MONTH)).isEqualTo(ScoreHistogram.of(score(rig), false));
            rig.labels("t1", "c-1", "w-1", NOW, NOW + 12 * DAY, true);

            assertThat(rig.outcomes()).extracting(Outcome::getPositive).containsExactly(true, false, true);
            assertThat(rig.outcomes()).extracting(Outcome::getCorrection).containsExactly(false, true, true);
            assertThat(rig.outcomes())
                    .as("a correction counts where what it corrects was counted")
                    .extracting(Outcome::getEventTimeMillis)
                    .containsOnly(NOW + 10 * DAY);
            assertThat(quality(rig, NOW + 12 * DAY, MONTH)).isEqualTo(ScoreHistogram.of(score(rig), true));
            assertThat(rig.counted("anabranch.speed.outcomes", "kind", "correction"))
                    .isEqualTo(2);
        }
    }

    @Test
    void labelsThatContradictEachOtherBeforeThePredictionMakeOneOutcome() {
        try (Rig rig = rig()) {
            rig.labels("t1", "c-1", "w-1", NOW, NOW + 1, true);
            rig.labels("t1", "c-1", "w-1", NOW, NOW + 2, false);
            rig.pays("t1", "c-1", "w-1", 500, NOW + 3);

            assertThat(rig.outcomes()).extracting(Outcome::getPositive).containsExactly(false);
            assertThat(rig.outcomes()).extracting(Outcome::getCorrection).containsExactly(false);
            assertThat(rig.outcomes()).extracting(Outcome::getEventTimeMillis).containsExactly(NOW + 1);
        }
    }

    @Test
    void aLabelOfAPaymentThatWasNotScoredWaitsAWhileAndIsCounted() throws InterruptedException {
        try (Rig rig = new Rig(state)) {
            rig.pays("t1", "c-1", "w-1", 500, NOW); // no model yet
            rig.labels("t1", "c-1", "w-1", NOW, NOW + DAY, true);
            rig.labels("never-made", "c-1", "w-1", NOW, NOW + DAY, true);
            rig.passTime(Cases.LABEL_WAITS.plusSeconds(5));
            assertThat(rig.counted("anabranch.speed.unjudged", "reason", "no-prediction"))
                    .as("what stood in the log before it may be on its way still")
                    .isZero();

            rig.sweep();
            rig.passTime(Duration.ofSeconds(2));
            assertThat(rig.counted("anabranch.speed.unjudged", "reason", "no-prediction"))
                    .isEqualTo(2);
            assertThat(rig.outcomes()).isEmpty();
            assertThat(kept(rig)).isEmpty();
        }
    }

    @Test
    void aPredictionThatNobodyLabelsIsForgottenWhenItsTimeIsOver() throws InterruptedException {
        try (Rig rig = rig()) {
            rig.pays("t1", "c-1", "w-1", 500, NOW);
            rig.pays("t2", "c-1", "w-1", 500, NOW);
            rig.labels("t2", "c-1", "w-1", NOW, NOW + 1, true);
            rig.passTime(LABELLED_WITHIN.minusHours(1));
            rig.sweep();
            rig.passTime(Duration.ofSeconds(2));
            assertThat(kept(rig)).hasSize(2);

            rig.passTime(Duration.ofHours(2));
            rig.sweep();
            rig.passTime(Duration.ofSeconds(2));
            assertThat(kept(rig)).isEmpty();
            assertThat(rig.counted("anabranch.speed.unjudged", "reason", "no-label"))
                    .isEqualTo(1);
            rig.labels("t1", "c-1", "w-1", NOW, NOW + 61 * DAY, true);
            assertThat(rig.outcomes()).hasSize(1);
        }
    }

    @Test
    void manyCasesAreLookedThroughInTurns() throws InterruptedException {
        try (Rig rig = new Rig(state)) {
            int labels = 4_321;
            IntStream.range(0, labels).forEach(i -> rig.labels("t" + i, "c-1", "w-1", NOW, NOW + 1, false));
            rig.passTime(Cases.LABEL_WAITS.plusSeconds(5));
            rig.sweep();
            for (int beat = 0; beat < 4; beat++) {
                rig.passTime(Duration.ofSeconds(1));
            }
            assertThat(rig.counted("anabranch.speed.unjudged", "reason", "no-prediction"))
                    .isEqualTo(labels);
        }
    }

    @Test
    void everyVersionIsJudgedByItsFirstPrediction() {
        try (Rig rig = rig()) {
            rig.pays("t1", "c-1", "w-1", 500, NOW);
            rig.pays("t1", "c-1", "w-1", 500, NOW + 1); // the same payment, sent again
            rig.goesLive(Models.version(4));
            rig.pays("t1", "c-1", "w-1", 500, NOW + 2);
            rig.labels("t1", "c-1", "w-1", NOW, NOW + DAY, true);

            assertThat(rig.outcomes()).extracting(Outcome::getJudged).containsExactly("fraud-3", "fraud-4");
            assertThat(rig.outcomes())
                    .extracting(Outcome::getPredictionId)
                    .containsExactly(
                            rig.predictions().get(0).getPredictionId(),
                            rig.predictions().get(2).getPredictionId());
            assertThat(rig.counted("anabranch.speed.unjudged", "reason", "repeated-prediction"))
                    .isEqualTo(1);
        }
    }

    /** Whatever the order: each version's first prediction, by the last label, at the time of the first. */
    @Property(tries = 30, shrinking = ShrinkingMode.OFF)
    void theViewIsWhatAnObviousJoinOfPredictionsAndLabelsSays(@ForAll long seed) throws IOException {
        Random random = new Random(seed);
        Path folder = Files.createTempDirectory("judging");
        try (Rig rig = new Rig(folder)) {
            Map<String, List<Boolean>> labels = new HashMap<>();
            Map<String, Long> firstLabel = new HashMap<>();
            List<String> versions = List.of("fraud-1", "fraud-2", "fraud-3");
            PacedReader<OutcomeSums> reader = new PacedReader<>(rig, OUTCOMES, versions, 20 * DAY);
            long now = NOW;
            for (int step = 0; step < 200; step++) {
                now += random.nextInt((int) (4 * HOUR));
                if (random.nextInt(20) == 0) {
                    reader.publish(random, now);
                } else if (random.nextInt(20) == 0) {
                    reader.check(random, now);
                }
                if (random.nextInt(40) == 0) {
                    rig.skipTo(OUTCOME, (Cut.blockOf(rig.end().before(ORIGIN)) + 1) * Cut.BLOCK);
                }
                String id = "t" + random.nextInt(40);
                int kind = random.nextInt(20);
                if (kind == 0) {
                    rig.goesLive(Models.version(1 + random.nextInt(3)));
                } else if (kind < 10) {
                    rig.pays(id, "c-1", "w-1", random.nextInt(1_000), now);
                } else {
                    boolean fraud = random.nextBoolean();
                    rig.labels(id, "c-1", "w-1", now, now, fraud);
                    labels.computeIfAbsent(id, any -> new ArrayList<>()).add(fraud);
                    firstLabel.putIfAbsent(id, now);
                }
            }
            reader.catchUp(now + HOUR);
            for (long version = 1; version <= 3; version++) {
                long judged = version;
                Map<String, Prediction> first = new HashMap<>();
                rig.predictions().stream()
                        .filter(prediction -> prediction.getModelVersion() == judged)
                        .forEach(prediction -> first.putIfAbsent(prediction.getEventId(), prediction));
                for (long at : List.of(now + HOUR, now - 3 * DAY)) {
                    long ends = OUTCOMES.endOfTile(at);
                    OutcomeSums expected = first.values().stream()
                            .filter(prediction -> labels.containsKey(prediction.getEventId()))
                            .filter(prediction ->
                                    OUTCOMES.windows().get(1).contains(firstLabel.get(prediction.getEventId()), ends))
                            .map(prediction -> judged(prediction, last(labels.get(prediction.getEventId()))))
                            .reduce(OutcomeSums.MONOID.empty(), OutcomeSums::plus);
                    assertThat(read(rig, OUTCOMES, "fraud-" + version, ends)
                                    .merged()
                                    .get(1))
                            .isEqualTo(expected);
                }
            }
        } finally {
            Utils.delete(folder.toFile());
        }
    }

    @Test
    void whatIsKeptForWeeksCanBeReadAfterAnUpgrade() {
        assertThat(SchemaHistory.get()
                        .findByFingerprint(SchemaNormalization.parsingFingerprint64(Case.getClassSchema())))
                .as("Case changed: add it to src/main/resources/schemas as the next version and list it in the index")
                .isNotNull();
    }

    @Test
    void aCaseFromBeforeStakesWereWrittenDownIsJudgedWithoutOne() throws IOException {
        Schema before = SchemaHistory.get()
                .versions(Case.getClassSchema().getFullName())
                .get(1);
        GenericRecord prediction =
                new GenericData.Record(before.getField("predictions").schema().getElementType());
        prediction.put("predictionId", "p");
        prediction.put("model", "fraud");
        prediction.put("modelVersion", 3L);
        prediction.put("score", 0.5);
        GenericRecord old = new GenericData.Record(before);
        old.put("predictions", List.of(prediction));
        old.put("changedMillis", NOW);
        old.put("features", List.of());
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        new BinaryMessageEncoder<GenericRecord>(GenericData.get(), before).encode(old, bytes);

        CaseFile.Step step = CaseFile.of(new FraudQuestion(), Optional.empty())
                .labelled(Wire.of(Case.class).decode(bytes.toByteArray()), "t1", true, NOW, NOW);

        assertThat(step.outcomes()).extracting(Outcome::getScore).containsExactly(0.5);
        assertThat(step.outcomes()).extracting(Outcome::getStake).containsOnlyNulls();
    }

    private Rig rig() {
        Rig rig = new Rig(state);
        rig.goesLive(Models.version(3));
        return rig;
    }

    private static <T> T last(List<T> all) {
        return all.get(all.size() - 1);
    }

    private static double score(Rig rig) {
        return rig.predictions().get(0).getScore();
    }

    private static OutcomeSums judged(Prediction prediction, boolean fraud) {
        long cents = Long.parseLong(prediction.getQuestion().get("amountCents"));
        return new OutcomeSums(
                ScoreHistogram.of(prediction.getScore(), fraud),
                ErrorSums.of(prediction.getScore() * cents, fraud ? cents : 0));
    }

    private static ScoreHistogram quality(Rig rig, long atMillis, int window) {
        return outcomes(rig, atMillis, window).scores();
    }

    private static ErrorSums errors(Rig rig, long atMillis, int window) {
        return outcomes(rig, atMillis, window).amounts();
    }

    private static OutcomeSums outcomes(Rig rig, long atMillis, int window) {
        return read(rig, OUTCOMES, "fraud-3", OUTCOMES.endOfTile(atMillis))
                .merged()
                .get(window);
    }

    private static <A> Reading<A> read(Rig rig, View<A> view, String entity, long atMillis) {
        return new ViewReader<>(
                        view,
                        SpeedTopologyTest.applied(rig.batchTopic(view)),
                        SpeedTopologyTest.applied(rig.speedTopic(view)))
                .read(entity, atMillis);
    }

    /** The cases that a restart would find. */
    private static Map<String, byte[]> kept(Rig rig) {
        Map<String, byte[]> kept = new HashMap<>();
        for (TestRecord<byte[], byte[]> record : rig.read("speed.fraud-cases-changelog")) {
            if (record.value() == null) {
                kept.remove(new String(record.key(), StandardCharsets.UTF_8));
            } else {
                kept.put(new String(record.key(), StandardCharsets.UTF_8), record.value());
            }
        }
        return kept;
    }
}
