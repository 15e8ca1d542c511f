package dev.anabranch.speed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.contract.Prediction;
import dev.anabranch.contract.Topics;
import dev.anabranch.contract.Wire;
import dev.anabranch.fraud.FraudUseCase;
import dev.anabranch.fraud.speed.FraudPath;
import dev.anabranch.learning.FtrlProximal;
import dev.anabranch.learning.LabelledExample;
import dev.anabranch.learning.Learning;
import dev.anabranch.learning.Learnt;
import dev.anabranch.learning.OnlineLearner;
import dev.anabranch.view.Position;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the online model learns, and when. That it survives a kill is in {@link SpeedCrashTest}. */
class LearningTest {
    private static final long NOW = Rig.START.toEpochMilli();
    private static final long DAY = Duration.ofDays(1).toMillis();
    private static final Learning FRAUD = new FraudUseCase().learning().orElseThrow();
    private static final Wire<LabelledExample> EXAMPLES = Wire.of(LabelledExample.class);
    private static final int WIDTH = FRAUD.inputs().size();

    @TempDir
    private Path state;

    @Test
    void thePredictionTeachesWithItsOwnFeaturesWhenItsLabelComes() {
        try (Rig rig = rig()) {
            rig.pays("t1", "c-1", "w-1", 500, NOW);
            rig.pays("t2", "c-1", "w-1", 700, NOW + 1);
            assertThat(examples(rig)).isEmpty();
            rig.labels("t1", "c-1", "w-1", NOW, NOW + 7 * DAY, true);

            Prediction prediction = rig.predictions().get(0);
            assertThat(examples(rig))
                    .containsExactly(new LabelledExample(
                            prediction.getPredictionId(),
                            NOW + 7 * DAY,
                            "fraud",
                            "t1",
                            true,
                            prediction.getFeatures().stream()
                                    .map(Double::floatValue)
                                    .toList()));
            assertThat(kept(rig)).isEqualTo(learntFrom(examples(rig)));
            assertThat(rig.counted("anabranch.speed.learnt")).isEqualTo(1);
        }
    }

    @Test
    void laterLabelsOfTheSamePaymentTeachNothingWhateverTheySay() {
        try (Rig rig = rig()) {
            rig.pays("t1", "c-1", "w-1", 500, NOW);
            rig.labels("t1", "c-1", "w-1", NOW, NOW + DAY, true);
            rig.labels("t1", "c-1", "w-1", NOW, NOW + DAY, true);
            rig.labels("t1", "c-1", "w-1", NOW, NOW + 2 * DAY, false);
            rig.pays("t1", "c-1", "w-1", 500, NOW + 3 * DAY);
            rig.goesLive(Models.version(4));
            rig.pays("t1", "c-1", "w-1", 500, NOW + 3 * DAY);

            assertThat(rig.outcomes()).hasSize(3);
            assertThat(examples(rig)).extracting(LabelledExample::getPositive).containsExactly(true);
            assertThat(kept(rig).getLabels()).isEqualTo(1);
        }
    }

    @Test
    void aPredictionThatComesAfterItsLabelsTeachesWhatTheLastOfThemSays() {
        try (Rig rig = rig()) {
            rig.labels("t1", "c-1", "w-1", NOW, NOW + 1, true);
            rig.labels("t1", "c-1", "w-1", NOW, NOW + 2, false);
            rig.pays("t1", "c-1", "w-1", 500, NOW + 3);

            assertThat(examples(rig)).extracting(LabelledExample::getPositive).containsExactly(false);
        }
    }

    @Test
    void severalVersionsThatScoreAPaymentTeachOnceWithTheFirst() {
        try (Rig rig = rig()) {
            rig.pays("t1", "c-1", "w-1", 500, NOW);
            rig.goesLive(Models.version(4));
            rig.pays("t1", "c-1", "w-1", 900, NOW + 1);
            rig.labels("t1", "c-1", "w-1", NOW, NOW + DAY, true);

            assertThat(rig.outcomes()).hasSize(2);
            assertThat(examples(rig))
                    .extracting(LabelledExample::getExampleId)
                    .containsExactly(rig.predictions().get(0).getPredictionId());
            assertThat(examples(rig).get(0).getFeatures().get(0)).isEqualTo(500f);
        }
    }

    @Test
    void itIsPublishedEverySoManyLabelsAsItStandsThere() {
        try (Rig rig = rig()) {
            for (int i = 0; i < 2 * Rig.PUBLISH_EVERY + 1; i++) {
                rig.pays("t" + i, "c-1", "w-1", 100 << i, NOW + i);
                rig.labels("t" + i, "c-1", "w-1", NOW, NOW + DAY, i % 2 == 0);
            }
            List<LabelledExample> all = examples(rig);
            List<Learnt> published = rig.read(Topics.LEARNT).stream()
                    .map(record -> OnlineLearner.WIRE.decode(record.value()))
                    .toList();

            assertThat(published).extracting(Learnt::getLabels).containsExactly(3L, 6L);
            OnlineLearner second = OnlineLearner.of(FRAUD, published.get(1));
            assertThat(second.recent().predictions()).isEqualTo(3);
            assertThat(second.progressive().predictions()).isEqualTo(6);
            assertThat(second.weights())
                    .isEqualTo(OnlineLearner.of(FRAUD, learntFrom(all.subList(0, 6)))
                            .weights());
            assertThat(published.get(1).getNextOffset()).isEqualTo(6);
            assertThat(rig.read(Topics.LEARNT)).extracting(TestRecord::key).containsOnly(Rig.bytes("fraud"));
        }
    }

    @Test
    void whereItIsOffNothingIsKeptForItAndNothingLearnt() {
        try (Rig rig = new Rig(new FraudUseCase(), new FraudPath(), state, Rig.ALL_READ, OptionalInt.empty())) {
            rig.goesLive(Models.version(3));
            rig.pays("t1", "c-1", "w-1", 500, NOW);
            rig.labels("t1", "c-1", "w-1", NOW, NOW + DAY, true);

            assertThat(rig.outcomes()).hasSize(1);
            assertThat(rig.read(FRAUD.examples().topic())).isEmpty();
            assertThat(rig.topicsWritten())
                    .doesNotContain(Topics.LEARNT, "speed.fraud-learner-changelog")
                    .contains("speed.fraud-cases-changelog");
        }
    }

    private static CaseFile judging(Optional<String> learner) {
        return new CaseFile(prediction -> null, learner);
    }

    @Test
    void featuresAreKeptNoLongerThanUntilTheLabel() {
        CaseFile file = judging(Optional.of("fraud"));
        Case waiting = file.predicted(null, prediction(), NOW).next();
        CaseFile.Step met = file.labelled(waiting, "t1", true, NOW, NOW);

        assertThat(waiting.getFeatures()).hasSize(WIDTH);
        assertThat(met.example()).isPresent();
        assertThat(met.next().getFeatures()).isEmpty();
    }

    @Test
    void aPredictionThatWasMadeWhileNobodyLearntTeachesNothing() {
        Case waiting =
                judging(Optional.empty()).predicted(null, prediction(), NOW).next();
        CaseFile.Step met = judging(Optional.of("fraud")).labelled(waiting, "t1", true, NOW, NOW);

        assertThat(waiting.getFeatures()).isEmpty();
        assertThat(met.outcomes()).hasSize(1);
        assertThat(met.example()).isEmpty();
    }

    @Test
    void withOtherBucketsOrParametersItLearnsAnewFromWhereItStood() {
        Learning before = new Learning("fraud", FRAUD.examples(), FRAUD.inputs(), new FtrlProximal(1, 1, 0, 0));
        OnlineLearner old = new OnlineLearner(before);
        old.learn(at(4), zeros(WIDTH), true);
        KeyValueStore<Bytes, byte[]> store = store();
        store.put(key(), OnlineLearner.WIRE.encode(old.toLearnt()));
        MockProcessorContext<String, byte[]> context = new MockProcessorContext<>();
        LearnFromExamples step = step(store, context);

        assertThatThrownBy(() -> pass(step, 4, zeros(WIDTH)))
                .hasMessageContaining("must come after events.fraud-example-0@4");
        pass(step, 5, zeros(WIDTH));

        OnlineLearner anew = new OnlineLearner(FRAUD);
        anew.learn(at(5), zeros(WIDTH), true);
        assertThat(OnlineLearner.WIRE.decode(store.get(key()))).isEqualTo(anew.toLearnt());
    }

    @Test
    void anExampleOfOtherFeaturesIsPassedOverAndNotLearnt() {
        KeyValueStore<Bytes, byte[]> store = store();
        LearnFromExamples step = step(store, new MockProcessorContext<>());

        pass(step, 0, zeros(WIDTH - 1));

        Learnt kept = OnlineLearner.WIRE.decode(store.get(key()));
        assertThat(kept.getLabels()).isZero();
        assertThat(kept.getNextOffset()).isEqualTo(1);
    }

    @Test
    void aStateThatIsDamagedStopsItByName() {
        KeyValueStore<Bytes, byte[]> store = store();
        Learnt damaged = Learnt.newBuilder(new OnlineLearner(FRAUD).toLearnt())
                .setZ(ByteBuffer.allocate(8))
                .build();
        store.put(key(), OnlineLearner.WIRE.encode(damaged));

        assertThatThrownBy(() -> step(store, new MockProcessorContext<>()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("z must have " + FRAUD.coordinates() + " doubles, got 8 bytes");
    }

    private Rig rig() {
        Rig rig = new Rig(state);
        rig.goesLive(Models.version(3));
        return rig;
    }

    private static List<LabelledExample> examples(Rig rig) {
        return rig.read(FRAUD.examples().topic()).stream()
                .map(record -> EXAMPLES.decode(record.value()))
                .toList();
    }

    /** What a restart would find. */
    private static Learnt kept(Rig rig) {
        List<TestRecord<byte[], byte[]>> states = rig.read("speed.fraud-learner-changelog");
        return OnlineLearner.WIRE.decode(states.get(states.size() - 1).value());
    }

    private static Learnt learntFrom(List<LabelledExample> examples) {
        OnlineLearner learner = new OnlineLearner(FRAUD);
        for (int i = 0; i < examples.size(); i++) {
            learner.learn(at(i), examples.get(i).getFeatures(), examples.get(i).getPositive());
        }
        return learner.toLearnt();
    }

    private Prediction prediction() {
        try (Rig rig = rig()) {
            rig.pays("t1", "c-1", "w-1", 500, NOW);
            return rig.predictions().get(0);
        }
    }

    private static LearnFromExamples step(
            KeyValueStore<Bytes, byte[]> store, MockProcessorContext<String, byte[]> context) {
        LearnFromExamples step = new LearnFromExamples(FRAUD, 1_000, new SimpleMeterRegistry());
        context.addStateStore(store);
        step.init(context);
        return step;
    }

    private static void pass(LearnFromExamples step, long offset, List<Float> features) {
        LabelledExample example = new LabelledExample("p" + offset, NOW, "fraud", "t" + offset, true, features);
        step.process(
                new Record<>("fraud", new Passing<>(example, new byte[0], at(offset), NOW, Optional.empty()), NOW));
    }

    private static KeyValueStore<Bytes, byte[]> store() {
        KeyValueStore<Bytes, byte[]> store = Stores.keyValueStoreBuilder(
                        Stores.inMemoryKeyValueStore(LearnFromExamples.STORE), Serdes.Bytes(), Serdes.ByteArray())
                .withLoggingDisabled()
                .build();
        store.init(new MockProcessorContext<String, byte[]>().getStateStoreContext(), store);
        return store;
    }

    private static Bytes key() {
        return Bytes.wrap(Rig.bytes("fraud"));
    }

    private static List<Float> zeros(int width) {
        return Collections.nCopies(width, 0f);
    }

    private static Position at(long offset) {
        return Position.of(FRAUD.examples().topic(), 0, offset);
    }
}
