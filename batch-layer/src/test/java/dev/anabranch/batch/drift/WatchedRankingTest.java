package dev.anabranch.batch.drift;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.batch.ArchiveState;
import dev.anabranch.batch.BatchRun;
import dev.anabranch.batch.BatchSession;
import dev.anabranch.batch.TestBroker;
import dev.anabranch.batch.TestPlatform;
import dev.anabranch.batch.model.WeighingModel;
import dev.anabranch.contract.DriftFinding;
import dev.anabranch.contract.DriftReport;
import dev.anabranch.contract.ModelVersion;
import dev.anabranch.contract.OriginOffset;
import dev.anabranch.contract.Topics;
import dev.anabranch.contract.ViewReadings;
import dev.anabranch.drift.DriftDetector;
import dev.anabranch.drift.ValueHistogram;
import dev.anabranch.lakehouse.CutTable;
import dev.anabranch.lakehouse.DriftReports;
import dev.anabranch.lakehouse.Judgement;
import dev.anabranch.lakehouse.ModelDecisions;
import dev.anabranch.lakehouse.ModelRegistry;
import dev.anabranch.lakehouse.PredictionProfiles;
import dev.anabranch.lakehouse.RecordRow;
import dev.anabranch.lakehouse.RowFiles;
import dev.anabranch.model.PredictionId;
import dev.anabranch.recommendation.CandidateFeatures;
import dev.anabranch.recommendation.RecommendationEvents;
import dev.anabranch.recommendation.RecommendationRanking;
import dev.anabranch.recommendation.RecommendationUseCase;
import dev.anabranch.recommendation.Shown;
import dev.anabranch.view.Cut;
import dev.anabranch.view.Knowledge;
import dev.anabranch.view.Origin;
import dev.anabranch.view.Reading;
import dev.anabranch.view.Readings;
import dev.anabranch.view.View;
import dev.anabranch.view.WindowValues;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** Archived recommendations through a real Spark and real tables to reports, told in order. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class WatchedRankingTest {
    private static final String NAME = RecommendationUseCase.NAME;
    private static final List<String> FEATURES = CandidateFeatures.NAMES;
    private static final int TASTE = FEATURES.indexOf("taste");
    private static final long DAY = 24 * PredictionProfiles.HOUR_MILLIS;
    /** A Monday, midnight. */
    private static final long MONDAY = 1_750_636_800_000L;

    @TempDir
    static Path folder;

    private static BatchSession session;
    private static final RecommendationUseCase USE_CASE = new RecommendationUseCase();
    private static int answers;
    private static ModelVersion live;

    @BeforeAll
    static void start() {
        TestBroker broker = TestBroker.get();
        for (String topic : List.of(Topics.MODELS, Topics.DRIFT)) {
            if (!broker.hasTopic(topic)) {
                broker.createCompactedTopic(topic, 1);
            }
        }
        if (!broker.hasTopic(Topics.ALERTS)) {
            broker.createTopic(Topics.ALERTS, 1);
        }
        session = BatchSession.start(new TestPlatform(folder, broker.bootstrapServers(), 1), "ranking-drift");
    }

    @AfterAll
    static void stop() {
        session.close();
    }

    @Test
    @Order(1)
    void oneItemOfEachAnswerAskedForAsUsualCountsForTheVersionThatRankedItAndWhatARuleShowedDoesNot() {
        live = live(1);
        String by = "recommendation-" + live.getVersion();
        Shown usual = shown(MONDAY, by, live.getSha256(), 0.25, 2, 3, 4);
        archive(List.of(
                usual,
                shown(MONDAY + 1, "recommendation-by-rule", "", 7, 9),
                Shown.newBuilder(shown(MONDAY + 2, by, live.getSha256(), 0.5, 5))
                        .setMost(3)
                        .build(),
                Shown.newBuilder(shown(MONDAY + 3, by, live.getSha256(), 0.5, 6))
                        .setFilter(Map.of("topic", "rivers"))
                        .build(),
                Shown.newBuilder(shown(MONDAY + 4, by, live.getSha256(), 0.5, 7))
                        .setRescored(true)
                        .build()));
        look(MONDAY + DAY, Map.of("anabranch.drift.skew-sample", "0"));

        int drawn = Math.floorMod(usual.getAnswerId().hashCode(), 3);
        assertThat(counted(DriftDetector.feature("taste"))).isEqualTo(histogram(2 + drawn));
        assertThat(counted(DriftDetector.SCORE)).isEqualTo(histogram(0.25));
        assertThat(report().getNothing())
                .isEqualTo("what version " + live.getVersion() + " was measured on is not known");
    }

    @Test
    @Order(2)
    void itemsUnlikeThoseThatTheVersionWouldHaveShownAreAnAlert() {
        HeldOutReference.keepShown(run(MONDAY + 7 * DAY), live, FEATURES, reference());
        day(MONDAY + 7 * DAY, 0);
        look(MONDAY + 8 * DAY, Map.of("anabranch.drift.skew-sample", "0"));
        assertThat(report().getFindings()).isNotEmpty().noneMatch(DriftFinding::getRaised);

        day(MONDAY + 8 * DAY, 5);
        look(MONDAY + 9 * DAY, Map.of("anabranch.drift.skew-sample", "0"));
        assertThat(report().getFindings())
                .filteredOn(DriftFinding::getRaised)
                .extracting(DriftFinding::getSubject)
                .containsOnly(DriftDetector.feature("taste"));
        assertThat(report().getFindings())
                .extracting(DriftFinding::getSubject)
                .contains(DriftDetector.SCORE)
                .doesNotContain(DriftDetector.LABEL);

        ModelVersion other = live(2); // its answers are yet to come: those of before are another's choice
        HeldOutReference.keepShown(run(MONDAY + 9 * DAY), other, FEATURES, reference());
        look(MONDAY + 9 * DAY + 1, Map.of("anabranch.drift.skew-sample", "0"));
        assertThat(report().getVersion()).isEqualTo(other.getVersion());
        assertThat(report().getFindings()).noneMatch(DriftFinding::getRaised);
        live = other;
    }

    @Test
    @Order(3)
    void anAnswerThatComesOutOtherwiseIsAnAlertAndOneThatCannotBeMadeAgainOrSaidToBeInexactIsNot() {
        long at = MONDAY + 20 * DAY;
        String by = "recommendation-" + live.getVersion();
        Shown known = Empty.answer(at + 1, by, live.getSha256());
        Shown ahead = Shown.newBuilder(known)
                .setReadings(known.getReadings().stream()
                        .map(WatchedRankingTest::ahead)
                        .toList())
                .build();
        Shown inexact = Shown.newBuilder(Empty.answer(at + 2, by, live.getSha256()))
                .setExact(false)
                .setItems(List.of("something"))
                .setScores(List.of(0.5))
                .build();
        archive(List.of(Empty.answer(at, by, live.getSha256()), ahead, inexact));
        look(at, Map.of());
        assertThat(skew().getDetail()).isEqualTo("0 of 1 differ");

        Shown another = Shown.newBuilder(Empty.answer(at + 3 * DAY, by, live.getSha256()))
                .setItems(List.of("something"))
                .setScores(List.of(0.5))
                .build();
        archive(List.of(another, shown(at + 3 * DAY, by, live.getSha256(), 0.5, 1)));
        look(at + 4 * DAY, Map.of());
        assertThat(skew().getDetail()).isEqualTo("1 of 1 differ");
        assertThat(skew().getRaised()).isTrue();
    }

    /** The same as of an event that no archive has. */
    private static ViewReadings ahead(ViewReadings readings) {
        return new ViewReadings(
                readings.getView(),
                readings.getGeneration(),
                List.of(new OriginOffset(RecommendationEvents.INTERACTION.topic(), 0, 99L)),
                readings.getEntities(),
                Collections.nCopies(readings.getEntities().size(), 1L));
    }

    /** An answer about nobody, from views without an event. */
    private static final class Empty implements Knowledge {
        private final Readings readings = new Readings();

        static Shown answer(long atMillis, String by, String sha256) {
            Shown asked = Shown.newBuilder(shown(atMillis, by, sha256, 0))
                    .setExact(true)
                    .build();
            Empty nothing = new Empty();
            assertThat(new RecommendationRanking()
                            .again(asked, nothing, Optional.empty(), Optional.empty())
                            .toCompletableFuture()
                            .join())
                    .isEmpty();
            return Shown.newBuilder(asked).setReadings(nothing.readings.write()).build();
        }

        @Override
        public <A> CompletionStage<Map<String, WindowValues<A>>> read(
                View<A> view, Collection<String> entities, long atMillis) {
            Map<String, WindowValues<A>> values = new LinkedHashMap<>();
            for (String entity : entities) {
                WindowValues<A> empty = WindowValues.empty(view, view.endOfTile(atMillis));
                readings.add(new Reading<>(
                        entity, empty, empty, empty, 0, Cut.NOTHING, 0, new TreeMap<>(), Optional.empty()));
                values.put(entity, empty);
            }
            return CompletableFuture.completedFuture(values);
        }
    }

    /** 600 answers over one day, as the reference has them but for their taste. */
    private static void day(long midnight, double moreTaste) {
        List<Shown> all = new ArrayList<>();
        for (int i = 0; i < 600; i++) {
            all.add(shown(
                    midnight + i * DAY / 600,
                    "recommendation-" + live.getVersion(),
                    live.getSha256(),
                    0.25,
                    moreTaste + i % 3,
                    moreTaste + i % 4,
                    moreTaste + i % 5));
        }
        archive(all);
    }

    private static List<HeldOutReference.Shown> reference() {
        List<HeldOutReference.Shown> shown = new ArrayList<>();
        for (int i = 0; i < 1_400; i++) {
            for (int of = 3; of <= 5; of++) {
                shown.add(new HeldOutReference.Shown(MONDAY + i * DAY / 200, features(i % of), 0.25));
            }
        }
        return shown;
    }

    private static double[] features(double taste) {
        double[] features = new double[FEATURES.size()];
        features[TASTE] = taste;
        return features;
    }

    private static Shown shown(long atMillis, String ranker, String sha256, double score, double... tastes) {
        List<String> items = new ArrayList<>();
        List<Double> features = new ArrayList<>();
        for (double taste : tastes) {
            items.add("i-" + items.size());
            for (double feature : features(taste)) {
                features.add(feature);
            }
        }
        return Shown.newBuilder()
                .setAnswerId(
                        PredictionId.ofAnswer(NAME, atMillis, UUID.randomUUID()).toString())
                .setEventTimeMillis(atMillis)
                .setUserId("u")
                .setContext("")
                .setRanker(ranker)
                .setVariant(sha256.isEmpty() ? "" : "champion")
                .setRankerSha256(sha256)
                .setVectorsVersion(0)
                .setItems(items)
                .setScores(Collections.nCopies(items.size(), score))
                .setFeatures(features)
                .setMost(10)
                .setExact(true)
                .build();
    }

    private static void archive(List<Shown> shown) {
        CutTable table = new CutTable(session.lakehouse().events(RecommendationEvents.SHOWN));
        RowFiles files = new RowFiles(table.table(), 0);
        for (Shown each : shown) {
            files.write(new RecordRow(each.getSchema(), table.table().schema())
                    .show(each, each.getEventTimeMillis(), 0, answers++, each.getEventTimeMillis()));
        }
        table.append(files.complete(), table.cut(), Map.of(new Origin(RecommendationEvents.SHOWN.topic(), 0), (long)
                answers));
    }

    private static ModelVersion live(float weight) {
        Map<String, String> views = new TreeMap<>();
        USE_CASE.views().forEach(view -> views.put(view.name(), view.fingerprint()));
        ModelVersion version = new ModelRegistry(session.lakehouse())
                .register(
                        ModelVersion.newBuilder(
                                        WeighingModel.version(NAME, FEATURES, 0, WeighingModel.artifact(weight, 0)))
                                .setViews(views)
                                .build(),
                        Judgement.of("test", true, "test"))
                .version();
        ModelDecisions decisions = new ModelDecisions(session.lakehouse());
        decisions.decide(NAME, decisions.newest(NAME), version.getVersion(), "batch run 0", "test", MONDAY);
        return version;
    }

    private static void look(long now, Map<String, String> settings) {
        new DriftStage(
                        run(now),
                        new SmallRyeConfigBuilder()
                                .withSources(new PropertiesConfigSource(settings, "test", 1))
                                .withMapping(DriftConfig.class)
                                .build()
                                .getConfigMapping(DriftConfig.class))
                .run(true);
    }

    private static BatchRun run(long now) {
        ArchiveState archive = ArchiveState.of(session.lakehouse(), USE_CASE);
        return new BatchRun(
                "run-" + now,
                USE_CASE,
                session,
                archive.cut(),
                archive.snapshots(),
                Clock.fixed(Instant.ofEpochMilli(now), ZoneOffset.UTC),
                stage -> {});
    }

    private static DriftReport report() {
        return new DriftReports(session.lakehouse()).newest(NAME).orElseThrow();
    }

    private static DriftFinding skew() {
        return report().getFindings().stream()
                .filter(finding -> finding.getSubject().equals(DriftDetector.FEATURES))
                .findFirst()
                .orElseThrow();
    }

    private static ValueHistogram counted(String subject) {
        ValueHistogram counted = new ValueHistogram();
        new PredictionProfiles(session.lakehouse())
                .since(NAME, Long.MIN_VALUE).stream()
                        .filter(profile -> profile.subject().equals(subject))
                        .forEach(profile -> counted.add(profile.values()));
        return counted;
    }

    private static ValueHistogram histogram(double... values) {
        ValueHistogram histogram = new ValueHistogram();
        for (double value : values) {
            histogram.add(value);
        }
        return histogram;
    }
}
