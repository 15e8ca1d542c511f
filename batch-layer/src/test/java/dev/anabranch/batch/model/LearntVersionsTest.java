package dev.anabranch.batch.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;

import dev.anabranch.batch.ArchiveState;
import dev.anabranch.batch.BatchRun;
import dev.anabranch.batch.BatchSession;
import dev.anabranch.batch.NamedInputs;
import dev.anabranch.batch.TestBroker;
import dev.anabranch.batch.TestPlatform;
import dev.anabranch.batch.archive.ArchiveNow;
import dev.anabranch.batch.model.HeldOut.HeldOutRow;
import dev.anabranch.batch.training.RunArchive;
import dev.anabranch.contract.ModelVersion;
import dev.anabranch.contract.OriginOffset;
import dev.anabranch.contract.Topics;
import dev.anabranch.contract.Wire;
import dev.anabranch.drift.DriftDetector;
import dev.anabranch.event.EventType;
import dev.anabranch.explain.Contributions;
import dev.anabranch.explain.ScoreParts;
import dev.anabranch.lakehouse.Judgement;
import dev.anabranch.lakehouse.ModelDecisions;
import dev.anabranch.lakehouse.ModelReferences;
import dev.anabranch.lakehouse.ModelRegistry;
import dev.anabranch.lakehouse.ModelRegistry.Registered;
import dev.anabranch.learning.Buckets;
import dev.anabranch.learning.FtrlProximal;
import dev.anabranch.learning.LabelledExample;
import dev.anabranch.learning.Learning;
import dev.anabranch.learning.Learnt;
import dev.anabranch.learning.OnlineLearner;
import dev.anabranch.model.LoadedModel;
import dev.anabranch.model.Question;
import dev.anabranch.model.Sha256;
import dev.anabranch.model.UnusableModelException;
import dev.anabranch.quality.Quality;
import dev.anabranch.usecase.UseCase;
import dev.anabranch.view.Position;
import dev.anabranch.view.View;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From what the stream publishes of a model that learns as labels arrive to a version that is judged like any other. */
class LearntVersionsTest {
    private static final double TOLERANCE = 1e-6;
    private static final long NOW = 1_750_636_800_000L;
    private static final Gates GATES = new Gates(
            GatesTest.JUDGE,
            Map.of(GateConfig.AUC, 0.5),
            100,
            20,
            GateConfig.Bound.LOWER,
            0.02,
            new PairedBootstrap(200, 0.95, 1));

    @TempDir
    static Path folder;

    private static TestBroker broker;
    private static BatchSession session;
    private static int towns;

    private final Town town = new Town("learnt-" + ++towns);

    @BeforeAll
    static void start() {
        broker = TestBroker.get();
        for (String topic : List.of(Topics.MODELS, Topics.LEARNT)) {
            if (!broker.hasTopic(topic)) {
                broker.createCompactedTopic(topic, 1);
            }
        }
        session = BatchSession.start(new TestPlatform(folder, broker.bootstrapServers(), 1), "learnt");
    }

    @AfterAll
    static void stop() {
        session.close();
    }

    @Test
    void whatWasPublishedLastBecomesAVersionThatScoresAsTheLearnerDoes() throws Exception {
        List<LabelledExample> examples = town.examples(700);
        publish(town.learnt(examples.subList(0, 400)).toLearnt());
        OnlineLearner learner = town.learnt(examples);
        publish(learner.toLearnt());
        BatchRun run = run();

        new LearntVersions(run, List.of()).register();

        assertThat(run.stages()).extracting(BatchRun.Stage::name).containsExactly("register what was learnt online");
        Registered registered = versions().get(0);
        ModelVersion version = registered.version();
        assertThat(version.getAlgorithm()).isEqualTo("ftrl-proximal");
        assertThat(version.getParameters())
                .containsEntry("labels-learnt", "700")
                .containsEntry("positives-learnt", String.valueOf(positives(examples)))
                .containsEntry("alpha", "0.3");
        assertThat(version.getCut()).containsExactly(new OriginOffset(town.topic(), 0, 700L));
        assertThat(version.getSnapshots()).isEmpty();
        assertThat(registered.evaluated()).isFalse();
        assertThat(registered.metrics().get("progressive_log_loss"))
                .isEqualTo(Quality.of(learner.recent()).logLoss().orElseThrow());
        assertThat(new ModelRegistry(session.lakehouse()).entries(town.name()))
                .extracting(ModelRegistry.Entry::labelsLearnt, ModelRegistry.Entry::evaluated)
                .containsExactly(tuple(700L, false));
        assertThat(new ModelRegistry(session.lakehouse()).newestPassed(town.name()))
                .as("nor is it news to the trainer")
                .isEmpty();

        double[][] rows = rowsAtAndBesideEveryEdge();
        try (LoadedModel model = LoadedModel.load(version, town.learning.features())) {
            double[] scores = model.score(rows);
            for (int i = 0; i < rows.length; i++) {
                assertThat(scores[i]).isCloseTo(learner.score(floats(rows[i])), within(TOLERANCE));
                assertThat(model.score(rows[i])).as("alone as among others").isEqualTo(scores[i]);
                Contributions parts =
                        ScoreParts.of(Wire.bytes(version.getArtifact()), 2).at(rows[i]);
                assertThat(1 / (1 + Math.exp(-parts.total()))).isCloseTo(scores[i], within(TOLERANCE));
                assertThat(parts.method()).isEqualTo("weights of the buckets that the inputs lie in");
            }
        }
    }

    @Test
    void whatIsAVersionAlreadyIsNotMadeOneAgainAndTheSameStateIsTheSameArtifact() {
        OnlineLearner learner = town.learnt(town.examples(50));
        publish(learner.toLearnt());
        new LearntVersions(run(), List.of()).register();
        BatchRun again = run();

        new LearntVersions(again, List.of()).register();

        assertThat(again.stages()).isEmpty();
        assertThat(versions()).hasSize(1);
        assertThat(Sha256.of(LearntArtifact.of(town.learning, OnlineLearner.of(town.learning, learner.toLearnt()))))
                .isEqualTo(versions().get(0).version().getSha256());
    }

    @Test
    void whatIsDamagedOrOfAnotherDeclarationIsRefusedByNameAndTheRunGoesOn() {
        Learnt good = town.learnt(town.examples(50)).toLearnt();
        byte[] bytes = OnlineLearner.WIRE.encode(good);

        assertRefused(new byte[] {1, 2, 3}, "Not a Learnt");
        assertRefused(Arrays.copyOf(bytes, bytes.length - 9), "Not a Learnt");
        assertRefused(
                OnlineLearner.WIRE.encode(
                        Learnt.newBuilder(good).setZ(ByteBuffer.allocate(16)).build()),
                "its z must have " + town.learning.coordinates() + " doubles, got 16 bytes");
        assertRefused(
                OnlineLearner.WIRE.encode(Learnt.newBuilder(good)
                        .setFeatures(List.of("amount", "age"))
                        .build()),
                "its features must be those of the declaration, [amount, risk], got [amount, age]");
        assertRefused(
                OnlineLearner.WIRE.encode(
                        Learnt.newBuilder(good).setDefinition("another").build()),
                "its definition must be that of today");
        assertThat(versions()).isEmpty();

        publish(good);
        new LearntVersions(run(), List.of()).register();
        assertThat(versions()).hasSize(1);
    }

    @Test
    void itIsJudgedBesideTheLiveVersionOnWhatItHasNotLearntFromAndIsMadeLiveWhereThatIsAskedFor() {
        List<LabelledExample> examples = town.examples(1_100);
        archive(examples);
        long live = goesLive(new OnlineLearner(town.learning)); // knows nothing: half of everything
        publish(town.learnt(examples.subList(0, 600)).toLearnt());
        HeldOut heldOut = town.heldOut(examples);

        assertThat(judge(run(), heldOut, false)).isEqualTo(live);

        Registered judged = versions().get(1);
        assertThat(judged.evaluated()).isTrue();
        assertThat(judged.passed()).as(judged.gate()).isTrue();
        assertThat(judged.judgement().champion()).isEqualTo(live);
        assertThat(judged.judgement().compared().lower()).isGreaterThan(0);
        assertThat(gate(judged, "rows").value())
                .as("of 1,100 it has learnt from 600")
                .isEqualTo(500);
        assertThat(judged.metrics())
                .isEqualTo(challenger(judged.version(), town.heldOut(examples.subList(600, 1_100)))
                        .metrics());
        assertThat(liveVersion()).as("that stays with people").isEqualTo(live);
        assertThat(new ModelReferences(session.lakehouse())
                        .of(town.name(), judged.version().getSha256())
                        .orElseThrow()
                        .get(DriftDetector.SCORE)
                        .all()
                        .total())
                .as("drift is set beside all that was held out, or a day would stand for a week")
                .isEqualTo(1_100);

        publish(town.learnt(examples.subList(0, 700)).toLearnt());
        judge(run(), heldOut, true);

        Registered next = versions().get(2);
        assertThat(next.judgement().compared().lower()).isGreaterThan(0);
        assertThat(liveVersion()).isEqualTo(next.version().getVersion());
        assertThat(new ModelDecisions(session.lakehouse())
                        .newest(town.name())
                        .orElseThrow()
                        .by())
                .isEqualTo("batch run test");
    }

    @Test
    void theSecondOfARunIsJudgedBesideTheFirstWhereThatHasGoneLive() {
        List<LabelledExample> examples = town.examples(1_100);
        archive(examples);
        goesLive(new OnlineLearner(town.learning));
        publish(town.learnt(examples.subList(0, 600)).toLearnt());
        new LearntVersions(run(), List.of()).register();
        publish(town.learnt(examples.subList(0, 700)).toLearnt());

        long live = judge(run(), town.heldOut(examples), true);

        Registered first = versions().get(1);
        Registered second = versions().get(2);
        assertThat(first.judgement().compared().lower()).isGreaterThan(0);
        assertThat(second.judgement().champion()).isEqualTo(first.version().getVersion());
        assertThat(liveVersion()).isEqualTo(live);
    }

    @Test
    void oneThatIsNotShownToBeBetterIsNotMadeLiveThoughItPasses() {
        List<LabelledExample> examples = town.examples(1_100);
        archive(examples);
        long live = goesLive(town.learnt(town.examples(1_100)));
        publish(town.learnt(examples.subList(0, 600)).toLearnt());

        judge(run(), town.heldOut(examples), true);

        Registered judged = versions().get(1);
        assertThat(judged.evaluated()).isTrue();
        assertThat(judged.judgement().compared().lower()).isLessThanOrEqualTo(0);
        assertThat(liveVersion()).isEqualTo(live);
    }

    @Test
    void oneThatHasSeenAllLabelsOrLabelsThatAreNotArchivedYetWaits() {
        List<LabelledExample> examples = town.examples(1_100);
        archive(examples);
        publish(town.learnt(examples.subList(0, 1_024)).toLearnt());
        BatchRun seenAll = run();
        judge(seenAll, town.heldOut(examples.subList(0, 1_030)), false);
        publish(town.learnt(examples.subList(0, 1_025)).toLearnt());
        BatchRun pastTheCut = run();
        judge(pastTheCut, town.heldOut(examples), false);

        assertThat(seenAll.stages())
                .extracting(BatchRun.Stage::name)
                .last()
                .asString()
                .startsWith("no judgement of version 1: of what it has not learnt from there must be 100 rows and 20"
                        + " positives, got 6 rows, ");
        assertThat(pastTheCut.stages())
                .extracting(BatchRun.Stage::name)
                .contains("no judgement of version 2: of what it has not learnt from there must be 100 rows and 20"
                        + " positives, got labels that are not archived yet");
        assertThat(versions()).noneMatch(Registered::evaluated);
    }

    @Test
    void aVersionThatLearntOnlineAndIsLiveIsNotMeasuredOnWhatItHasLearnt() {
        List<LabelledExample> examples = town.examples(1_100);
        archive(examples);
        publish(town.learnt(examples.subList(0, 600)).toLearnt());
        BatchRun run = run();
        LearntVersions learnt = new LearntVersions(run, List.of());
        learnt.register();
        Optional<ModelVersion> live = Optional.of(versions().get(0).version());
        Candidate candidate = candidate(town.learnt(town.examples(300)));

        Judgement judgement = learnt.judge(
                GATES,
                live,
                town.learning.features(),
                candidate,
                candidate.challenger(town.heldOut(examples)),
                town.heldOut(examples));
        Judgement tooFew = learnt.judge(
                GATES,
                live,
                town.learning.features(),
                candidate,
                candidate.challenger(town.heldOut(examples.subList(0, 650))),
                town.heldOut(examples.subList(0, 650)));

        assertThat(judgement.gates().get(0).value()).isEqualTo(500);
        assertThat(judgement.measured())
                .isEqualTo(challenger(live.get(), town.heldOut(examples.subList(600, 1_100)))
                        .metrics());
        assertThat(tooFew.passed()).isFalse();
        assertThat(tooFew.reason())
                .startsWith("it cannot be put beside version 1, which learns online: of what it has not learnt from")
                .contains("got 50 rows");
    }

    @Test
    void aVersionCanBeLearntAgainFromTheArchiveToTheByte() {
        List<LabelledExample> examples = town.examples(1_100);
        archive(examples);
        publish(town.learnt(examples.subList(0, 900)).toLearnt());
        BatchRun run = run();
        new LearntVersions(run, List.of()).register();
        ModelVersion version = versions().get(0).version();

        OnlineLearner again = new OnlineLearner(town.learning);
        long until = version.getCut().get(0).getOffset();
        for (Row row : new RunArchive(run)
                .events(town.learning.examples())
                .select("kafka_offset", "features", "positive")
                .where("kafka_offset < " + until)
                .orderBy("kafka_offset")
                .collectAsList()) {
            again.learn(Position.of(town.topic(), 0, row.getLong(0)), row.getList(1), row.getBoolean(2));
        }

        assertThat(Sha256.of(LearntArtifact.of(town.learning, again))).isEqualTo(version.getSha256());
    }

    /** @return the version that is live afterwards, as whoever judged it says; 0 when none is */
    private long judge(BatchRun run, HeldOut heldOut, boolean goesLive) {
        ModelRelease release = new ModelRelease(run, town.name());
        Optional<ModelVersion> live = release.begin();
        LearntVersions learnt = new LearntVersions(run, List.of());
        learnt.register();
        return learnt.judge(GATES, live, town.learning.features(), heldOut, release, goesLive)
                .map(ModelVersion::getVersion)
                .orElse(0L);
    }

    /** A version like one that was trained, with what the learner knows. */
    private long goesLive(OnlineLearner learner) {
        ModelRelease release = new ModelRelease(run(), town.name());
        release.begin();
        byte[] artifact = LearntArtifact.of(town.learning, learner);
        return release.finish(
                        VersionRecord.of(
                                run(),
                                town.name(),
                                "trained",
                                town.learning.features(),
                                List.of(),
                                Map.of(),
                                1,
                                Map.of(),
                                artifact,
                                List.of()),
                        Judgement.of("test", true, "test"))
                .version()
                .getVersion();
    }

    private Candidate candidate(OnlineLearner learner) {
        byte[] artifact = LearntArtifact.of(town.learning, learner);
        TrainedModel model = new TrainedModel() {
            @Override
            public byte[] artifact() {
                return artifact;
            }

            @Override
            public double score(double[] features) {
                return learner.score(floats(features));
            }
        };
        return new Candidate(new LogisticRegressionAlgorithm(2, 0, 1), model, Map.of());
    }

    private static Challenger challenger(ModelVersion version, HeldOut heldOut) {
        try {
            return Challenger.of(Wire.bytes(version.getArtifact()), heldOut, GatesTest.JUDGE);
        } catch (UnusableModelException e) {
            throw new AssertionError(e);
        }
    }

    private static Judgement.Gate gate(Registered registered, String name) {
        return registered.judgement().gates().stream()
                .filter(gate -> gate.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private void assertRefused(byte[] record, String why) {
        publish(record);
        BatchRun run = run();
        new LearntVersions(run, List.of()).register();
        assertThat(run.stages())
                .extracting(BatchRun.Stage::name)
                .singleElement()
                .asString()
                .startsWith("refused what was learnt online: ")
                .contains(why);
    }

    private void publish(Learnt learnt) {
        publish(OnlineLearner.WIRE.encode(learnt));
    }

    private void publish(byte[] record) {
        try (KafkaProducer<byte[], byte[]> producer = broker.producer(null)) {
            producer.send(new ProducerRecord<>(Topics.LEARNT, town.name().getBytes(StandardCharsets.UTF_8), record));
        }
    }

    /** As the stream writes them, and the archiver. */
    private void archive(List<LabelledExample> examples) {
        EventType<LabelledExample> type = town.learning.examples();
        broker.createTopic(type.topic(), 1);
        try (KafkaProducer<byte[], byte[]> producer = broker.producer(null)) {
            for (LabelledExample example : examples) {
                producer.send(new ProducerRecord<>(
                        type.topic(), type.key(example).getBytes(StandardCharsets.UTF_8), type.encode(example)));
            }
        }
        ArchiveNow.archive(type, session.lakehouse(), broker.bootstrapServers(), 10_000);
    }

    private BatchRun run() {
        ArchiveState state = ArchiveState.of(session.lakehouse(), town);
        return new BatchRun("test", town, session, state.cut(), state.snapshots(), Clock.systemUTC(), stage -> {});
    }

    private List<Registered> versions() {
        return new ModelRegistry(session.lakehouse()).versions(town.name());
    }

    private long liveVersion() {
        return new LiveModels(broker.bootstrapServers())
                .latest(town.name())
                .orElseThrow()
                .getVersion();
    }

    private double[][] rowsAtAndBesideEveryEdge() {
        List<double[]> rows = new ArrayList<>();
        float[] odd = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, -0.0f, Float.MAX_VALUE, -5f};
        List<Float> amounts = new ArrayList<>();
        for (float value : odd) {
            amounts.add(value);
        }
        Buckets buckets = town.learning.buckets().get(0);
        for (int bucket = 1; bucket < buckets.count(); bucket++) {
            amounts.add(buckets.from(bucket));
            amounts.add(Math.nextDown(buckets.from(bucket)));
            amounts.add(Math.nextUp(buckets.from(bucket)));
        }
        for (float amount : amounts) {
            for (float risk : new float[] {0, 0.5f, Math.nextDown(0.5f), Float.NaN}) {
                rows.add(new double[] {amount, risk});
            }
        }
        return rows.toArray(double[][]::new);
    }

    private static long positives(List<LabelledExample> examples) {
        return examples.stream().filter(LabelledExample::getPositive).count();
    }

    private static List<Float> floats(double[] features) {
        List<Float> floats = new ArrayList<>();
        for (double feature : features) {
            floats.add((float) feature);
        }
        return floats;
    }

    /** A use case that learns whether payments are bad: large ones where risk is high. */
    private static final class Town implements UseCase {
        private final String name;
        private final Learning learning;

        Town(String name) {
            this.name = name;
            Map<String, Buckets> inputs = new LinkedHashMap<>();
            inputs.put("amount", Buckets.geometric(1, 64, 2));
            inputs.put("risk", Buckets.at(0.5));
            learning = new Learning(name, Learning.examplesOf(name), inputs, new FtrlProximal(0.3, 1, 0, 1));
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public List<EventType<?>> events() {
            return List.of(learning.examples());
        }

        @Override
        public List<View<?>> views() {
            return List.of();
        }

        @Override
        public Optional<Question<?>> question() {
            return Optional.of(new NamedInputs(learning.features()));
        }

        @Override
        public Optional<Learning> learning() {
            return Optional.of(learning);
        }

        String topic() {
            return learning.examples().topic();
        }

        List<LabelledExample> examples(int size) {
            Random random = new Random(size);
            List<LabelledExample> examples = new ArrayList<>();
            for (int i = 0; i < size; i++) {
                float amount = (float) Math.exp(random.nextGaussian() * 1.5);
                float risk = random.nextFloat();
                boolean bad = random.nextFloat() < (amount > 4 ? 0.3 : 0.02) + (risk > 0.5 ? 0.3 : 0);
                examples.add(new LabelledExample("p" + i, NOW + i, name, "e" + i, bad, List.of(amount, risk)));
            }
            return examples;
        }

        OnlineLearner learnt(List<LabelledExample> examples) {
            OnlineLearner learner = new OnlineLearner(learning);
            for (int i = 0; i < examples.size(); i++) {
                LabelledExample example = examples.get(i);
                learner.learn(Position.of(topic(), 0, i), example.getFeatures(), example.getPositive());
            }
            return learner;
        }

        HeldOut heldOut(List<LabelledExample> examples) {
            return new HeldOut(examples.stream()
                    .map(example -> new HeldOutRow(
                            example.getEventId(),
                            example.getEventTimeMillis(),
                            "c-" + Math.floorMod(example.getEventId().hashCode(), 97),
                            example.getPositive() ? 1 : 0,
                            example.getFeatures().stream()
                                    .mapToDouble(Float::doubleValue)
                                    .toArray()))
                    .toList());
        }
    }
}
