package dev.anabranch.speed;

import static dev.anabranch.fraud.FraudEvents.FRAUD_LABEL;
import static dev.anabranch.fraud.FraudEvents.TRANSACTION;
import static dev.anabranch.fraud.FraudViews.CUSTOMER;
import static dev.anabranch.fraud.FraudViews.TERMINAL;
import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.contract.BucketRange;
import dev.anabranch.contract.Experiment;
import dev.anabranch.contract.ExperimentArm;
import dev.anabranch.contract.ModelKey;
import dev.anabranch.contract.OriginOffset;
import dev.anabranch.contract.Prediction;
import dev.anabranch.contract.ScoringPath;
import dev.anabranch.contract.Topics;
import dev.anabranch.contract.ViewReading;
import dev.anabranch.contract.Wire;
import dev.anabranch.experiment.Assignment;
import dev.anabranch.fraud.CustomerActivity;
import dev.anabranch.fraud.FraudFeatures;
import dev.anabranch.fraud.FraudUseCase;
import dev.anabranch.fraud.TerminalActivity;
import dev.anabranch.fraud.Transaction;
import dev.anabranch.fraud.speed.FraudPath;
import dev.anabranch.model.LoadedModel;
import dev.anabranch.view.Cut;
import dev.anabranch.view.Origin;
import dev.anabranch.view.WindowValues;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScoringTest {
    private static final long NOW = Rig.START.toEpochMilli();
    private static final long DAY = Duration.ofDays(1).toMillis();
    private static final Origin PAYMENTS = new Origin(TRANSACTION.topic(), 0);

    @TempDir
    private Path state;

    @Test
    void aPaymentIsScoredWithEverythingAsItStoodBeforeIt() {
        try (Rig rig = new Rig(state);
                LoadedModel model = Models.loaded(7)) {
            rig.goesLive(Models.version(7));
            rig.pays("t1", "c-1", "w-1", 500, NOW - 8 * DAY);
            rig.labels("t1", "c-1", "w-1", NOW - 8 * DAY, NOW - DAY, true);
            rig.pays("t2", "c-1", "w-2", 300, NOW - DAY); // at the edge of a day: in
            rig.event(TRANSACTION, payment("t3", NOW), NOW + 9);

            assertThat(rig.predictions()).extracting(Prediction::getEventId).containsExactly("t1", "t2", "t3");
            Prediction prediction = rig.predictions().get(2);
            double[] features = FraudFeatures.of(
                    NOW,
                    700,
                    new WindowValues<>(
                            CUSTOMER,
                            NOW,
                            List.of(
                                    new CustomerActivity(1, 300),
                                    new CustomerActivity(1, 300),
                                    new CustomerActivity(2, 800))),
                    new WindowValues<>(
                            TERMINAL,
                            NOW,
                            List.of(
                                    new TerminalActivity(1, 1),
                                    new TerminalActivity(1, 1),
                                    new TerminalActivity(1, 1))));
            assertThat(prediction.getFeatures())
                    .isEqualTo(Arrays.stream(features).boxed().toList());
            assertThat(prediction.getScore()).isEqualTo(model.score(features));
            assertThat(prediction.getPredictionId()).isEqualTo("fraud-stream-" + (NOW + 9) + "-0-2");
            assertThat(prediction.getUseCase()).isEqualTo("fraud");
            assertThat(prediction.getPath()).isEqualTo(ScoringPath.STREAM);
            assertThat(prediction.getAtMillis()).isEqualTo(NOW);
            assertThat(prediction.getMadeMillis()).isEqualTo(NOW + 9);
            assertThat(prediction.getModelVersion()).isEqualTo(7);
            assertThat(prediction.getModelSha256()).isEqualTo(model.version().getSha256());
            assertThat(prediction.getVariant()).isEqualTo("champion");
            assertThat(prediction.getQuestion())
                    .isEqualTo(Map.of("customerId", "c-1", "terminalId", "w-1", "amountCents", "700"));
            assertThat(prediction.getReadings())
                    .containsExactly(
                            new ViewReading(
                                    CUSTOMER.name(),
                                    "c-1",
                                    0L,
                                    List.of(new OriginOffset(TRANSACTION.topic(), 0, 1L)),
                                    true),
                            new ViewReading(
                                    TERMINAL.name(),
                                    "w-1",
                                    0L,
                                    List.of(
                                            new OriginOffset(FRAUD_LABEL.topic(), 0, 0L),
                                            new OriginOffset(TRANSACTION.topic(), 0, 0L)),
                                    true));
        }
    }

    @Test
    void aPredictionCarriesTheKeyAndArrivalOfItsEvent() {
        try (Rig rig = new Rig(state)) {
            rig.goesLive(Models.version(7));
            rig.event(TRANSACTION, payment("t1", NOW), NOW + 9);
            TestRecord<byte[], byte[]> record =
                    rig.read(Topics.predictions("fraud")).get(0);
            assertThat(record.key()).isEqualTo(Rig.bytes("c-1"));
            assertThat(record.timestamp()).isEqualTo(NOW + 9);
        }
    }

    @Test
    void theSameLogGivesTheSamePredictionsToTheByte() {
        List<byte[]> first = predictedBytes(state.resolve("a"));
        List<byte[]> second = predictedBytes(state.resolve("b"));
        assertThat(first).hasSize(3);
        for (int i = 0; i < first.size(); i++) {
            assertThat(second.get(i)).isEqualTo(first.get(i));
        }
    }

    private static List<byte[]> predictedBytes(Path state) {
        try (Rig rig = new Rig(state)) {
            rig.goesLive(Models.version(7));
            rig.pays("t1", "c-1", "w-1", 500, NOW);
            rig.pays("t2", "c-2", "w-1", 500, NOW + 1);
            rig.pays("t3", "c-1", "w-1", 500, NOW + 2);
            return rig.read(Topics.predictions("fraud")).stream()
                    .map(TestRecord::value)
                    .toList();
        }
    }

    @Test
    void aReadingIsMadeOfTheBatchViewAndWhatCameAfterItsCut() {
        try (Rig rig = new Rig(state)) {
            rig.goesLive(Models.version(7));
            rig.pays("t1", "c-1", "w-1", 500, NOW);
            rig.skipTo(TRANSACTION, Cut.BLOCK);
            rig.pays("t2", "c-1", "w-1", 300, NOW + 1);
            Cut cut = Cut.of(Map.of(PAYMENTS, Cut.BLOCK));
            rig.publish(CUSTOMER, 1, Cut.NOTHING, cut, NOW + 2);
            rig.publish(CUSTOMER, 2, cut, cut, NOW + 3); // t1's cell is pruned now
            rig.pays("t3", "c-1", "w-1", 100, NOW + 4);

            Prediction prediction = rig.predictions().get(2);
            assertThat(prediction.getFeatures().get(FraudFeatures.NAMES.indexOf("customer.count.1d")))
                    .isEqualTo(3);
            assertThat(prediction.getFeatures().get(FraudFeatures.NAMES.indexOf("customer.mean-cents.1d")))
                    .isEqualTo(300);
            ViewReading customer = prediction.getReadings().get(0);
            assertThat(customer.getGeneration()).isEqualTo(2);
            assertThat(customer.getExact()).isTrue();
            assertThat(customer.getLast()).containsExactly(new OriginOffset(TRANSACTION.topic(), 0, Cut.BLOCK));
        }
    }

    @Test
    void withoutAModelEverythingIsFoldedAndNothingPredicted() {
        try (Rig rig = new Rig(state)) {
            rig.pays("t1", "c-1", "w-1", 500, NOW);
            assertThat(rig.predictions()).isEmpty();
            assertThat(unscored(rig, "no-model")).isEqualTo(1);

            rig.goesLive(Models.version(7));
            rig.pays("t2", "c-1", "w-1", 500, NOW + 1);
            assertThat(rig.predictions()).hasSize(1);
            assertThat(rig.predictions().get(0).getFeatures().get(3))
                    .as("t1 and t2")
                    .isEqualTo(2);
            assertThat(unscored(rig, "no-model")).isEqualTo(1);

            rig.take(ModelKey.live("fraud"), null);
            rig.pays("t3", "c-1", "w-1", 500, NOW + 2);
            assertThat(rig.predictions()).hasSize(1);
            assertThat(unscored(rig, "no-model")).isEqualTo(2);
            assertThat(rig.counted("anabranch.speed.scored")).isEqualTo(1);
        }
    }

    @Test
    void anEventThatTheBatchViewCountsAlreadyIsFoldedAndNotScored() {
        try (Rig rig = new Rig(state)) {
            rig.goesLive(Models.version(7));
            rig.publish(TERMINAL, 1, Cut.NOTHING, Cut.of(Map.of(PAYMENTS, Cut.BLOCK)), NOW);
            rig.pays("t1", "c-1", "w-1", 500, NOW);
            assertThat(rig.predictions()).isEmpty();
            assertThat(unscored(rig, "overtaken")).isEqualTo(1);
            assertThat(rig.speedTopic(TERMINAL)).isNotEmpty();

            rig.skipTo(TRANSACTION, Cut.BLOCK);
            rig.pays("t2", "c-1", "w-1", 500, NOW);
            assertThat(rig.predictions()).extracting(Prediction::getEventId).containsExactly("t2");
        }
    }

    @Test
    void aNewModelScoresFromTheNextEventOn() {
        try (Rig rig = new Rig(state)) {
            rig.goesLive(Models.version(7));
            rig.pays("t1", "c-1", "w-1", 500, NOW);
            rig.goesLive(Models.version(8));
            rig.pays("t2", "c-1", "w-1", 500, NOW + 1);
            assertThat(rig.predictions())
                    .extracting(Prediction::getModelVersion)
                    .containsExactly(7L, 8L);
        }
    }

    @Test
    void inAnExperimentACustomerIsScoredByItsArmAndByEveryShadow() {
        try (Rig rig = new Rig(state);
                LoadedModel challenger = Models.loaded(200);
                LoadedModel shadow = Models.loaded(300)) {
            rig.goesLive(Models.version(7));
            rig.take(ModelKey.version("fraud", 200), Wire.MODEL_VERSION.encode(Models.version(200)));
            rig.take(ModelKey.version("fraud", 300), Wire.MODEL_VERSION.encode(Models.version(300)));
            Experiment experiment = new Experiment(
                    "fraud",
                    4L,
                    2,
                    NOW,
                    NOW,
                    7L,
                    List.of(
                            new ExperimentArm("challenger-200", 200L, List.of(new BucketRange(0, 5_000))),
                            new ExperimentArm("shadow-300", 300L, List.of())));
            rig.take(ModelKey.experiment("fraud"), Wire.EXPERIMENT.encode(experiment));
            Assignment drawn = new Assignment(experiment);
            for (int i = 0; i < 20; i++) {
                rig.pays("t" + i, "c-" + i % 10, "w-1", 500, NOW + i);
            }

            Map<String, List<Prediction>> byPayment =
                    rig.predictions().stream().collect(Collectors.groupingBy(Prediction::getEventId));
            assertThat(byPayment).hasSize(20).allSatisfy((payment, made) -> {
                Prediction answer = made.get(0);
                String customer = answer.getQuestion().get("customerId");
                boolean challenged = drawn.of(customer).isPresent();
                assertThat(answer.getVariant()).isEqualTo(challenged ? "e4.2-challenger-200" : "e4.2-champion");
                assertThat(answer.getModelVersion()).isEqualTo(challenged ? 200 : 7);
                Prediction beside = made.get(1);
                assertThat(made).hasSize(2);
                assertThat(beside.getVariant()).isEqualTo("e4.2-shadow-300");
                assertThat(beside.getPredictionId()).isEqualTo(answer.getPredictionId() + "-300");
                double[] features = answer.getFeatures().stream()
                        .mapToDouble(Double::doubleValue)
                        .toArray();
                assertThat(beside.getScore()).isEqualTo(shadow.score(features));
                if (challenged) {
                    assertThat(answer.getScore()).isEqualTo(challenger.score(features));
                }
            });
            assertThat(rig.predictions())
                    .extracting(Prediction::getModelVersion)
                    .contains(7L, 200L, 300L);

            rig.take(ModelKey.experiment("fraud"), null);
            rig.pays("t20", "c-1", "w-1", 500, NOW + 20);
            assertThat(rig.predictions())
                    .hasSize(41)
                    .last()
                    .satisfies(last -> assertThat(last.getVariant()).isEqualTo("champion"));
        }
    }

    @Test
    void anInexactReadingSaysSoInThePrediction() {
        try (Rig rig = new Rig(state)) {
            rig.goesLive(Models.version(7));
            rig.skipTo(TRANSACTION, 2 * Cut.BLOCK);
            rig.footer(CUSTOMER, 2, Cut.of(Map.of(PAYMENTS, 2 * Cut.BLOCK)), NOW);
            // The footer of a generation whose header never came: pruned, and nothing in its place.
            rig.record(Topics.batchView(CUSTOMER.name()), new byte[] {0, 'F'}, null, NOW);
            rig.pays("t1", "c-1", "w-1", 500, NOW);
            Prediction prediction = rig.predictions().get(0);
            assertThat(prediction.getReadings().get(0).getExact()).isFalse();
            assertThat(prediction.getReadings().get(1).getExact()).isTrue();
        }
    }

    @Test
    void aReadingOfABatchViewThatIsStillBeingReadSaysSoInThePrediction() {
        BatchTopics fourMoreRecords = partition -> CompletableFuture.completedFuture(new BatchTopics.Progress(14, 10));
        try (Rig rig = new Rig(new FraudUseCase(), new FraudPath(), state, fourMoreRecords)) {
            rig.goesLive(Models.version(7));
            rig.pays("t1", "c-1", "w-1", 500, NOW);
            rig.skipTo(TRANSACTION, Cut.BLOCK);
            assertThat(exact(rig, 0)).containsExactly(false, false);
            for (int record = 0; record < 14; record++) { // offsets 0 to 13 of the customer view's topic
                rig.footer(CUSTOMER, 0, Cut.NOTHING, NOW);
            }
            rig.pays("t2", "c-1", "w-1", 500, NOW + 1);
            assertThat(exact(rig, 1))
                    .as("the customer's is read, the terminal's is not")
                    .containsExactly(true, false);
        }
    }

    private static List<Boolean> exact(Rig rig, int prediction) {
        return rig.predictions().get(prediction).getReadings().stream()
                .map(ViewReading::getExact)
                .toList();
    }

    private static Transaction payment(String id, long atMillis) {
        return new Transaction(id, atMillis, "c-1", "w-1", 700L);
    }

    private static double unscored(Rig rig, String reason) {
        return rig.counted("anabranch.speed.unscored", "reason", reason);
    }
}
