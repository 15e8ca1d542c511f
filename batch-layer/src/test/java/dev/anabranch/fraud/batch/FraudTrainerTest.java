package dev.anabranch.fraud.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.batch.ArchiveState;
import dev.anabranch.batch.BatchJob;
import dev.anabranch.batch.BatchRun;
import dev.anabranch.batch.BatchSession;
import dev.anabranch.batch.ControlTopic;
import dev.anabranch.batch.TestBroker;
import dev.anabranch.batch.TestPlatform;
import dev.anabranch.batch.Trainer;
import dev.anabranch.batch.model.Candidate;
import dev.anabranch.batch.model.LiveModels;
import dev.anabranch.contract.Experiment;
import dev.anabranch.contract.ExperimentArm;
import dev.anabranch.contract.ModelKey;
import dev.anabranch.contract.ModelVersion;
import dev.anabranch.contract.Topics;
import dev.anabranch.fraud.FraudUseCase;
import dev.anabranch.imported.ImportedModel;
import dev.anabranch.lakehouse.Experiments;
import dev.anabranch.lakehouse.Judgement;
import dev.anabranch.lakehouse.ModelDecisions;
import dev.anabranch.lakehouse.ModelDecisions.Decision;
import dev.anabranch.lakehouse.ModelRegistry;
import dev.anabranch.lakehouse.RunHistory;
import dev.anabranch.learning.Learning;
import dev.anabranch.learning.LearntVersion;
import dev.anabranch.learning.OnlineLearner;
import dev.anabranch.model.LoadedModel;
import dev.anabranch.model.Sha256;
import dev.anabranch.view.Position;
import dev.anabranch.view.View;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** From an archive to a live model and back, with a real Spark, real tables and a real broker; each test goes on. */
@Tag("long")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class FraudTrainerTest {
    private static final int DAYS = 45;

    /** Weights that cost so much that none is left: every payment gets one score. */
    private static final Map<String, String> POOR = Map.of(
            "anabranch.fraud.training.algorithms", "logistic-regression",
            "anabranch.fraud.training.logistic-regression.regularization", "1000000");

    @TempDir
    static Path folder;

    private static TestBroker broker;
    private static BatchSession session;

    @BeforeAll
    static void archive() throws Exception {
        broker = TestBroker.get();
        if (!broker.hasTopic(Topics.MODELS)) {
            broker.createCompactedTopic(Topics.MODELS, 1);
        }
        Path data = Files.createDirectory(folder.resolve("data"));
        SimulatedFiles.write(data, DAYS);
        session = BatchSession.start(new TestPlatform(folder, broker.bootstrapServers(), 1), "trainer");
        new ReplayedArchive(data, Duration.ofDays(7)).writeTo(session.lakehouse());
    }

    @AfterAll
    static void close() {
        session.close();
    }

    @Test
    @Order(1)
    void aRunOnNewLabelsTrainsRegistersAndPublishes() throws Exception {
        BatchRun run = run();

        new FraudTrainer(config(Map.of())).train(run);

        assertThat(versions()).hasSize(1);
        ModelVersion version = versions().get(0).version();
        assertThat(versions().get(0).passed()).as(versions().get(0).gate()).isTrue();
        assertThat(live()).isEqualTo(version);
        assertThat(version.getMetrics().get("auc")).isGreaterThan(0.7); // what is learnt is not noise
        assertThat(version.getSnapshots()).isEqualTo(run.snapshots());
        assertThat(LoadedModel.load(version, version.getFeatures()).version())
                .isEqualTo(version); // its sample scores are checked in this
        assertThat(run.stages())
                .extracting(BatchRun.Stage::name)
                .contains("training set", "train random-forest", "register model");
    }

    @Test
    @Order(2)
    void trainingAgainFromTheRecordGivesTheSameArtifactAndMetrics() {
        ModelVersion version = versions().get(0).version();

        Candidate again = new Retraining(config(Map.of())).of(session, version);

        assertThat(Sha256.of(again.model().artifact())).isEqualTo(version.getSha256());
        assertThat(again.metrics()).isEqualTo(version.getMetrics());
    }

    @Test
    @Order(3)
    void aRecordIsNotTrainedAgainWithOtherParametersInItsPlace() {
        ModelVersion version = versions().get(0).version();
        Map<String, String> others = new HashMap<>();
        others.put("anabranch.fraud.training.logistic-regression.regularization", "0.5");
        others.put("anabranch.fraud.training.gradient-boosted-trees.depth", "2");
        others.put("anabranch.fraud.training.random-forest.depth", "4");

        assertThatThrownBy(() -> new Retraining(config(others)).of(session, version))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(version.getAlgorithm())
                .hasMessageContaining("must be as recorded");
    }

    @Test
    @Order(4)
    void aRunWithoutNewLabelsTrainsNothingAndSaysSo() {
        BatchRun run = run();

        new FraudTrainer(config(Map.of())).train(run);

        assertThat(run.stages())
                .extracting(BatchRun.Stage::name)
                .containsExactly("no training: no label has arrived since version 1 was trained");
        assertThat(versions()).hasSize(1);
    }

    @Test
    @Order(5)
    void otherSettingsAreAReasonToTrainAgain() {
        new FraudTrainer(config(Map.of("anabranch.fraud.training.algorithms", "logistic-regression"))).train(run());

        assertThat(versions()).hasSize(2);
        assertThat(versions().get(1).version().getAlgorithm()).isEqualTo("logistic-regression");
    }

    @Test
    @Order(6)
    void withTooFewFraudsNoModelIsTrainedAndTheRunSaysWhy() {
        BatchRun run = run();

        new FraudTrainer(config(Map.of(
                        "anabranch.fraud.training.least-frauds", "100000", "anabranch.fraud.training.days", "20")))
                .train(run);

        assertThat(run.stages())
                .extracting(BatchRun.Stage::name)
                .anyMatch(name -> name.startsWith("no training: there must be 100000 frauds in each of 2018-"));
        assertThat(versions()).hasSize(2);
    }

    @Test
    @Order(7)
    void aVersionThatPassedInARunWhichWasStoppedThenGoesLiveInTheNext() {
        ModelVersion trained = ModelVersion.newBuilder(versions().get(0).version())
                .setCreatedMillis(System.currentTimeMillis())
                .build();
        long number = new ModelRegistry(session.lakehouse())
                .register(trained, Judgement.of("test", true, "test"))
                .version()
                .getVersion();

        new FraudTrainer(config(Map.of())).train(run());

        assertThat(live().getVersion()).isEqualTo(number);
        assertThat(decisions().newest(FraudUseCase.NAME).orElseThrow())
                .extracting(Decision::version, Decision::by)
                .containsExactly(number, "batch run test");
    }

    @Test
    @Order(8)
    void aRunMakesADecisionLiveThatWasNotPublishedAndDoesNotTakeItBack() {
        Optional<Decision> before = decisions().newest(FraudUseCase.NAME);
        Optional<Decision> rollback =
                decisions().decide(FraudUseCase.NAME, before, 1, "ann", "too many alarms", System.currentTimeMillis());

        new FraudTrainer(config(Map.of())).train(run());
        new FraudTrainer(config(Map.of())).train(run());

        assertThat(live().getVersion()).isEqualTo(1);
        assertThat(decisions().newest(FraudUseCase.NAME)).isEqualTo(rollback);
    }

    @Test
    @Order(9)
    void aWorseModelTrainedOnPurposeIsHeldBackAndItsRecordSaysByWhichGateAndByHowMuch() {
        ModelVersion champion = live();

        new FraudTrainer(config(POOR)).train(run());

        ModelRegistry.Registered poor = versions().get(versions().size() - 1);
        assertThat(poor.passed()).isFalse();
        assertThat(live()).isEqualTo(champion);
        assertThat(decisions().newest(FraudUseCase.NAME).map(Decision::version)).contains(champion.getVersion());
        Judgement judgement = poor.judgement();
        assertThat(judgement.champion()).isEqualTo(champion.getVersion());
        assertThat(judgement.measured()).isEqualTo(champion.getMetrics()); // on the same rows as when it was trained
        assertThat(judgement.compared().metric()).isEqualTo("average_precision");
        assertThat(judgement.compared().upper()).isLessThan(0);
        assertThat(judgement.compared().seed()).isEqualTo(1);
        assertThat(poor.gate())
                .contains("beside version " + champion.getVersion() + "'s")
                .matches(".*its lower end must be at least -0\\.0200 and is 0\\.\\d{4} below");
    }

    @Test
    @Order(10)
    void aMuchBetterModelThanTheLiveOneGoesLive() {
        long poor = versions().get(versions().size() - 1).version().getVersion();
        Optional<Decision> before = decisions().newest(FraudUseCase.NAME);
        decisions().decide(FraudUseCase.NAME, before, poor, "ann", "to see", System.currentTimeMillis());

        new FraudTrainer(config(Map.of())).train(run());

        ModelRegistry.Registered better = versions().get(versions().size() - 1);
        assertThat(better.judgement().champion()).isEqualTo(poor);
        assertThat(better.passed()).as(better.gate()).isTrue();
        assertThat(better.judgement().compared().lower()).isGreaterThan(0);
        assertThat(live()).isEqualTo(better.version());
    }

    @Test
    @Order(12)
    void aVersionFromElsewhereIsJudgedBesideTheLiveOneOnceAndIsNotMadeLiveByARun() {
        ModelVersion champion = live();
        ModelVersion poor = versions().stream()
                .filter(registered -> !registered.passed())
                .reduce((earlier, later) -> later)
                .orElseThrow()
                .version();
        long asGood = registerFromElsewhere(champion);
        long worse = registerFromElsewhere(poor);
        assertThat(registered(asGood).evaluated()).isFalse();
        BatchRun tooEarly = run();
        BatchRun run = run();
        BatchRun next = run();

        new FraudTrainer(config(Map.of("anabranch.fraud.training.gates.least-positives", "100000"))).train(tooEarly);
        boolean judgedTooEarly = registered(asGood).evaluated();
        new FraudTrainer(config(Map.of())).train(run);
        new FraudTrainer(config(Map.of())).train(next);

        assertThat(judgedTooEarly).isFalse();
        assertThat(tooEarly.stages())
                .extracting(BatchRun.Stage::name)
                .anyMatch(name -> name.startsWith("no judgement: there must be ") && name.contains("100000 positives"));

        String none = "no training: no label has arrived since version " + champion.getVersion() + " was trained";
        assertThat(run.stages())
                .extracting(BatchRun.Stage::name)
                .containsExactly(none, "training set", "judge version " + asGood, "judge version " + worse);
        assertThat(next.stages()).extracting(BatchRun.Stage::name).containsExactly(none);
        ModelRegistry.Registered passed = registered(asGood);
        assertThat(passed.evaluated()).isTrue();
        assertThat(passed.passed()).as(passed.gate()).isTrue();
        assertThat(passed.metrics()).isEqualTo(champion.getMetrics());
        assertThat(passed.judgement().champion()).isEqualTo(champion.getVersion());
        assertThat(passed.judgement().compared().difference()).isZero();
        ModelRegistry.Registered heldBack = registered(worse);
        assertThat(heldBack.evaluated()).isTrue();
        assertThat(heldBack.passed()).isFalse();
        assertThat(heldBack.judgement().compared().upper()).isLessThan(0);
        assertThat(live()).isEqualTo(champion);
    }

    private static long registerFromElsewhere(ModelVersion version) {
        ModelVersion imported = ModelVersion.newBuilder(version)
                .setAlgorithm(ImportedModel.ALGORITHM)
                .setSnapshots(Map.of())
                .setCut(List.of())
                .setMetrics(Map.of())
                .setCreatedMillis(System.currentTimeMillis())
                .build();
        return new ModelRegistry(session.lakehouse())
                .register(imported, Judgement.of("signature", true, "checked"))
                .version()
                .getVersion();
    }

    private static ModelRegistry.Registered registered(long version) {
        return new ModelRegistry(session.lakehouse())
                .version(FraudUseCase.NAME, version)
                .orElseThrow();
    }

    @Test
    @Order(13)
    void aRunOnTheArchiveAsItWasGivesTheSameVersionAgainAndTouchesNeitherViewsNorWhatIsLive() {
        ModelVersion first = versions().get(0).version();
        ModelVersion champion = live();
        String asOf = Instant.now().toString(); // the archive was written at once, before all tests
        BatchJob job = new BatchJob(
                session,
                new FraudUseCase(),
                List.of(new FraudTrainer(config(Map.of()))),
                false,
                Optional.empty(),
                Clock.systemUTC(),
                stage -> {});

        BatchRun run = job.run(false, "command", Optional.of(asOf));
        BatchRun next = run();
        new FraudTrainer(config(Map.of())).train(next);

        assertThat(run.stages())
                .extracting(BatchRun.Stage::name)
                .startsWith("views stay as they are: the archive is read as of " + asOf)
                .endsWith("register model");
        ModelRegistry.Registered again = versions().get(versions().size() - 1);
        assertThat(again.version().getParameters()).containsEntry("as-of", asOf);
        assertThat(again.version().getSnapshots()).isEqualTo(first.getSnapshots());
        assertThat(again.version().getSha256()).isEqualTo(first.getSha256());
        assertThat(again.version().getMetrics()).isEqualTo(first.getMetrics());
        assertThat(again.passed()).as(again.gate()).isTrue();
        assertThat(live()).isEqualTo(champion);
        assertThat(next.stages()) // nor is it news to the next run
                .extracting(BatchRun.Stage::name)
                .containsExactly(
                        "no training: no label has arrived since version " + champion.getVersion() + " was trained");
        assertThat(new RunHistory(session.lakehouse())
                        .newest(Optional.of(FraudUseCase.NAME), 1)
                        .get(0)
                        .run())
                .isEqualTo(run.id());
    }

    @Test
    @Order(10)
    void aTrainerThatFailsFailsTheRunAndKeepsNoOtherFromItsTurn() {
        List<String> trained = new ArrayList<>();
        List<Trainer> trainers = List.of(
                trainer("first", true, trained), trainer("second", true, trained), trainer("third", false, trained));
        BatchJob job = new BatchJob(
                session, new FraudUseCase(), trainers, false, Optional.empty(), Clock.systemUTC(), stage -> {});

        assertThatThrownBy(() ->
                        job.run(false, "command", Optional.of(Instant.now().toString())))
                .hasMessage("first fails")
                .satisfies(e -> assertThat(e.getSuppressed())
                        .singleElement()
                        .extracting(Throwable::getMessage)
                        .isEqualTo("second fails"));

        assertThat(trained).containsExactly("first", "second", "third");
        assertThat(new RunHistory(session.lakehouse()).newest(Optional.of(FraudUseCase.NAME), 1))
                .singleElement()
                .satisfies(run -> assertThat(run.outcome()).isEqualTo(RunHistory.FAILED))
                .satisfies(run -> assertThat(run.error()).contains("first fails"));
    }

    private static Trainer trainer(String name, boolean fails, List<String> trained) {
        return new Trainer() {
            @Override
            public String useCase() {
                return FraudUseCase.NAME;
            }

            @Override
            public void train(BatchRun run) {
                trained.add(name);
                if (fails) {
                    throw new IllegalStateException(name + " fails");
                }
            }
        };
    }

    @Test
    @Order(11)
    void nonsenseAmongTheGatesIsRefusedBeforeAnythingIsDone() {
        BatchRun run = run();

        assertThatThrownBy(() ->
                        new FraudTrainer(config(Map.of("anabranch.fraud.training.gates.tolerance", "2"))).train(run))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("anabranch.fraud.training.gates.tolerance must be from 0 to 1, got 2.0");
        assertThat(run.stages()).isEmpty();
    }

    @Test
    @Order(14)
    void whilePeopleTryVersionsSideBySideNoneGoesLiveByItselfNorWhenTheyStop() {
        ModelVersion champion = live();
        Experiments experiments = new Experiments(session.lakehouse());
        long begun = System.currentTimeMillis();
        Experiment experiment = new Experiment(
                FraudUseCase.NAME,
                1L,
                1,
                begun,
                begun,
                champion.getVersion(),
                List.of(new ExperimentArm("shadow-2", 2L, List.of())));
        Optional<Experiments.Step> start =
                experiments.take(Optional.empty(), Experiments.Action.START, experiment, "ann", "to see", begun);

        new FraudTrainer(config(Map.of(
                        "anabranch.fraud.training.algorithms",
                        "logistic-regression",
                        "anabranch.fraud.training.gates.tolerance",
                        "1")))
                .train(run());
        ModelRegistry.Registered trained = versions().get(versions().size() - 1);
        assertThat(trained.passed()).as(trained.gate()).isTrue();
        assertThat(live()).as("while it runs").isEqualTo(champion);
        new FraudTrainer(config(Map.of())).train(run());
        assertThat(live()).as("in the next run").isEqualTo(champion);

        decisions()
                .decide(
                        FraudUseCase.NAME,
                        decisions().newest(FraudUseCase.NAME),
                        1,
                        "ann",
                        "the process that was to end the experiment died",
                        System.currentTimeMillis());
        new FraudTrainer(config(Map.of())).train(run());
        assertThat(experiments.newest(FraudUseCase.NAME).orElseThrow())
                .extracting(Experiments.Step::action, Experiments.Step::by)
                .containsExactly(Experiments.Action.STOP, "batch run test");
        new FraudTrainer(config(Map.of())).train(run());
        assertThat(live().getVersion()).as("after it was stopped").isEqualTo(1);
        assertThat(experiments.take(start, Experiments.Action.STOP, experiment, "bob", "me too", begun))
                .as("of two who saw the same step, the second is refused")
                .isEmpty();
    }

    @Test
    @Order(15)
    void whatTheStreamHasLearntBecomesAVersionThatWaitsForLabelsItHasNotSeen() throws Exception {
        Learning learning = new FraudUseCase().learning().orElseThrow();
        OnlineLearner learner = new OnlineLearner(learning);
        for (int i = 0; i < 100; i++) {
            learner.learn(
                    Position.of(learning.examples().topic(), 0, i),
                    Collections.nCopies(learning.inputs().size(), (float) i),
                    i % 7 == 0);
        }
        if (!broker.hasTopic(Topics.LEARNT)) {
            broker.createCompactedTopic(Topics.LEARNT, 1);
        }
        try (KafkaProducer<byte[], byte[]> producer = broker.producer(null)) {
            producer.send(new ProducerRecord<>(
                    Topics.LEARNT,
                    FraudUseCase.NAME.getBytes(StandardCharsets.UTF_8),
                    OnlineLearner.WIRE.encode(learner.toLearnt())));
        }
        ModelVersion champion = live();
        BatchRun run = run();

        new FraudTrainer(config(Map.of("anabranch.fraud.training.days", "21"))).train(run);

        ModelVersion learnt = versions().stream()
                .map(ModelRegistry.Registered::version)
                .filter(LearntVersion::isOne)
                .findFirst()
                .orElseThrow();
        assertThat(learnt.getParameters()).containsEntry("labels-learnt", "100");
        assertThat(learnt.getViews()).containsOnlyKeys("fraud.customer", "fraud.terminal");
        assertThat(run.stages())
                .extracting(BatchRun.Stage::name)
                .startsWith("register what was learnt online", "training set")
                .contains(
                        "no judgement of version " + learnt.getVersion()
                                + ": of what it has not learnt from there must be 100 rows and 5 positives, got labels that"
                                + " are not archived yet",
                        "register model");
        assertThat(live()).isEqualTo(champion);
    }

    @Test
    @Order(16)
    void afterTheLogWasLostARunThatTrainsNothingTellsWhatIsLiveAndDecidesNothing() throws Exception {
        FraudUseCase useCase = new FraudUseCase();
        for (String topic : List.of(Topics.GENERATIONS, Topics.DRIFT, Topics.ALERTS)) {
            if (!broker.hasTopic(topic)) {
                broker.createCompactedTopic(topic, 1);
            }
        }
        for (View<?> view : useCase.views()) {
            broker.createCompactedTopic(Topics.batchView(view.name()), 1);
        }
        ModelVersion champion = live();
        new ModelRegistry(session.lakehouse())
                .register(
                        ModelVersion.newBuilder(champion)
                                .setCreatedMillis(System.currentTimeMillis())
                                .build(),
                        Judgement.of("test", true, "of a run that was stopped"));
        int trained = versions().size();
        new ControlTopic(broker.bootstrapServers(), Topics.MODELS)
                .publish(ModelKey.live(FraudUseCase.NAME).toString(), null);
        BatchJob job = new BatchJob(
                session,
                useCase,
                List.of(new FraudTrainer(config(Map.of("anabranch.fraud.training.days", "20")))),
                true,
                Optional.empty(),
                Clock.systemUTC(),
                stage -> {});

        BatchRun run = job.run(false, "command");

        assertThat(live()).isEqualTo(champion);
        assertThat(versions()).hasSize(trained);
        assertThat(run.stages())
                .filteredOn(stage -> stage.name().equals("live version of fraud"))
                .extracting(BatchRun.Stage::rows)
                .containsExactly(1L);
    }

    private static ModelDecisions decisions() {
        return new ModelDecisions(session.lakehouse());
    }

    private static BatchRun run() {
        FraudUseCase useCase = new FraudUseCase();
        ArchiveState state = ArchiveState.of(session.lakehouse(), useCase);
        return new BatchRun("test", useCase, session, state.cut(), state.snapshots(), Clock.systemUTC(), stage -> {});
    }

    private static List<ModelRegistry.Registered> versions() {
        return new ModelRegistry(session.lakehouse()).versions(FraudUseCase.NAME);
    }

    private static ModelVersion live() {
        return new LiveModels(broker.bootstrapServers())
                .latest(FraudUseCase.NAME)
                .orElseThrow();
    }

    static FraudTrainingConfig config(Map<String, String> changes) {
        Map<String, String> settings = new HashMap<>(SimulatedFiles.quickTraining());
        settings.putAll(changes);
        return new SmallRyeConfigBuilder()
                .withMapping(FraudTrainingConfig.class)
                .withSources(new PropertiesConfigSource(settings, "test", 100))
                .build()
                .getConfigMapping(FraudTrainingConfig.class);
    }
}
