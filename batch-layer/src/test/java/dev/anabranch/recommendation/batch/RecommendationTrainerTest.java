package dev.anabranch.recommendation.batch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.batch.ArchiveState;
import dev.anabranch.batch.BatchRun;
import dev.anabranch.batch.BatchSession;
import dev.anabranch.batch.TestBroker;
import dev.anabranch.batch.TestPlatform;
import dev.anabranch.batch.archive.ArchiveNow;
import dev.anabranch.batch.model.LiveModels;
import dev.anabranch.contract.ModelVersion;
import dev.anabranch.contract.Topics;
import dev.anabranch.lakehouse.EventTables;
import dev.anabranch.lakehouse.ModelRegistry;
import dev.anabranch.model.LoadedModel;
import dev.anabranch.recommendation.CandidateFeatures;
import dev.anabranch.recommendation.RecommendationEvents;
import dev.anabranch.recommendation.RecommendationUseCase;
import dev.anabranch.recommendation.simulator.InteractionReplay;
import dev.anabranch.recommendation.simulator.ReadingCrowd;
import dev.anabranch.simulator.Pace;
import dev.anabranch.vectors.VectorsModel;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** From an archive to models that have proved themselves, told in order. */
@Tag("long")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class RecommendationTrainerTest {
    private static final long FROM = Duration.ofDays(20_000).toMillis();

    @TempDir
    static Path folder;

    private static TestBroker broker;
    private static BatchSession session;

    @BeforeAll
    static void archive() {
        broker = TestBroker.get();
        if (!broker.hasTopic(Topics.MODELS)) {
            broker.createCompactedTopic(Topics.MODELS, 1);
        }
        List.of(RecommendationEvents.INTERACTION, RecommendationEvents.ITEM)
                .forEach(type -> broker.createTopic(type.topic(), 2));
        ReadingCrowd crowd = new ReadingCrowd(new ReadingCrowd.Settings(
                3, 60, 20, 150, FROM, FROM + Duration.ofDays(12).toMillis()));
        new InteractionReplay(broker.bootstrapServers(), Pace.max(), new PrintStream(OutputStream.nullOutputStream()))
                .run(crowd, () -> Double.NaN);
        session = BatchSession.start(new TestPlatform(folder, broker.bootstrapServers(), 2), "trainer");
        ArchiveNow.archive(RecommendationEvents.INTERACTION, session.lakehouse(), broker.bootstrapServers(), 100_000);
        ArchiveNow.archive(RecommendationEvents.ITEM, session.lakehouse(), broker.bootstrapServers(), 100_000);
    }

    @AfterAll
    static void close() {
        session.close();
    }

    @Test
    @Order(1)
    void aRunTrainsItemVectorsAndARankingModelAndBothProveThemselves() throws Exception {
        BatchRun run = run();

        new RecommendationTrainer(config(Map.of())).train(run);

        ModelVersion items = live(RecommendationUseCase.ITEMS);
        assertThat(VectorsModel.load(items).vectors().size()).isGreaterThan(100); // its samples are checked in this
        assertThat(items.getMetrics().get(ItemTraining.RECALL)).isGreaterThan(0.05);
        assertThat(items.getSnapshots()).isEqualTo(run.snapshots());
        ModelVersion ranking = live(RecommendationUseCase.NAME);
        assertThat(LoadedModel.load(ranking, CandidateFeatures.NAMES).version()).isEqualTo(ranking);
        assertThat(ranking.getMetrics().get("auc")).isGreaterThan(0.65); // what is learnt is not noise
        assertThat(run.stages())
                .extracting(BatchRun.Stage::name)
                .contains("train item vectors", "ranking rows", "train ranking", "register ranking model");
    }

    @Test
    @Order(2)
    void aRunWithoutNewInteractionsTrainsNothingAndSaysSo() {
        BatchRun run = run();

        new RecommendationTrainer(config(Map.of())).train(run);

        assertThat(run.stages())
                .extracting(BatchRun.Stage::name)
                .containsExactly("no training: no interaction has arrived since the newest version was trained");
    }

    @Test
    @Order(3)
    void theSameArchiveSettingsAndSeedGiveTheSameVectors() {
        var interactions =
                session.spark().table(BatchSession.sqlName(EventTables.identifier(RecommendationEvents.INTERACTION)));
        ItemTraining training =
                new ItemTraining(config(Map.of("anabranch.recommendation.training.items.iterations", "1")));
        long split = FROM + Duration.ofDays(10).toMillis();
        long end = FROM + Duration.ofDays(12).toMillis();
        byte[] once =
                training.learn(interactions, split, end).orElseThrow().vectors().artifact();
        assertThat(training.learn(interactions, split, end)
                        .orElseThrow()
                        .vectors()
                        .artifact())
                .isEqualTo(once);
    }

    private static BatchRun run() {
        RecommendationUseCase useCase = new RecommendationUseCase();
        ArchiveState state = ArchiveState.of(session.lakehouse(), useCase);
        return new BatchRun("test", useCase, session, state.cut(), state.snapshots(), Clock.systemUTC(), stage -> {});
    }

    private static ModelVersion live(String name) {
        ModelVersion live =
                new LiveModels(broker.bootstrapServers()).latest(name).orElseThrow();
        assertThat(new ModelRegistry(session.lakehouse()).newestPassed(name)).contains(live);
        return live;
    }

    private static RecommendationTrainingConfig config(Map<String, String> changes) {
        String prefix = "anabranch.recommendation.training.";
        Map<String, String> settings = new HashMap<>(Map.of(
                prefix + "held-out", "P2D",
                prefix + "items.rank", "8",
                prefix + "items.lambda", "0.5",
                prefix + "items.iterations", "3",
                prefix + "ranking.moments", "150"));
        settings.putAll(changes);
        return new SmallRyeConfigBuilder()
                .withMapping(RecommendationTrainingConfig.class)
                .withSources(new PropertiesConfigSource(settings, "test", 100))
                .build()
                .getConfigMapping(RecommendationTrainingConfig.class);
    }
}
