package dev.anabranch.batch.drift;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.anabranch.batch.ArchiveState;
import dev.anabranch.batch.BatchRun;
import dev.anabranch.batch.BatchSession;
import dev.anabranch.batch.JudgedUseCase;
import dev.anabranch.batch.NamedInputs;
import dev.anabranch.batch.TestBroker;
import dev.anabranch.batch.TestPlatform;
import dev.anabranch.batch.model.HeldOut;
import dev.anabranch.batch.model.HeldOut.HeldOutRow;
import dev.anabranch.batch.model.WeighingModel;
import dev.anabranch.contract.DriftAlert;
import dev.anabranch.contract.DriftFinding;
import dev.anabranch.contract.DriftReport;
import dev.anabranch.contract.ModelVersion;
import dev.anabranch.contract.Prediction;
import dev.anabranch.contract.ScoringPath;
import dev.anabranch.contract.Topics;
import dev.anabranch.contract.Wire;
import dev.anabranch.drift.ByWeekday;
import dev.anabranch.drift.DriftDetector;
import dev.anabranch.drift.ValueHistogram;
import dev.anabranch.lakehouse.DriftReports;
import dev.anabranch.lakehouse.Judgement;
import dev.anabranch.lakehouse.ModelDecisions;
import dev.anabranch.lakehouse.ModelReferences;
import dev.anabranch.lakehouse.ModelRegistry;
import dev.anabranch.lakehouse.PredictionProfiles;
import dev.anabranch.lakehouse.PredictionProfiles.Profile;
import dev.anabranch.model.Sha256;
import dev.anabranch.quality.Outcome;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Archived predictions and outcomes through a real Spark and real tables to reports and alerts on a real broker. */
class DriftStageTest {
    private static final long HOUR = PredictionProfiles.HOUR_MILLIS;
    private static final long DAY = 24 * HOUR;
    /** A Monday, midnight. */
    private static final long MONDAY = 1_750_636_800_000L;

    private static final List<String> FEATURES = List.of("amount", "count");

    @TempDir
    static Path folder;

    private static TestBroker broker;
    private static BatchSession session;
    private static int useCases;

    private final JudgedUseCase town = new JudgedUseCase("drifting-" + ++useCases);
    private long now = MONDAY + 30 * DAY;
    private long live = 6;
    private BatchRun lastRun;

    @BeforeAll
    static void start() {
        broker = TestBroker.get();
        for (String topic : List.of(Topics.MODELS, Topics.DRIFT)) {
            if (!broker.hasTopic(topic)) {
                broker.createCompactedTopic(topic, 1);
            }
        }
        if (!broker.hasTopic(Topics.ALERTS)) {
            broker.createTopic(Topics.ALERTS, 1);
        }
        session = BatchSession.start(new TestPlatform(folder, broker.bootstrapServers(), 1), "drift");
    }

    @AfterAll
    static void stop() {
        session.close();
    }

    @Test
    void everyAnswerCountsOnceInTheHourItIsOfAndShadowsDoNot() {
        predict(MONDAY + 1, 6, "champion", 0.5, 10, 1);
        predict(MONDAY + HOUR - 1, 7, "e1.1-challenger-7", 0.5, 10, 2);
        predict(MONDAY + HOUR, 6, "e1.1-champion", 0.25, 20, 3);
        predict(MONDAY + HOUR, 8, "e1.1-shadow-8", 0.75, 99, 99);
        predict(MONDAY + HOUR, 6, "champion", 0.25); // of a use case that supplied other inputs
        look();
        look();
        predict(MONDAY + HOUR + 1, 6, "champion", 0.25, 30, Double.NaN);
        look();

        assertThat(counted(MONDAY, 6, DriftDetector.feature("amount"))).isEqualTo(histogram(10));
        assertThat(counted(MONDAY, 7, DriftDetector.feature("amount"))).isEqualTo(histogram(10));
        assertThat(counted(MONDAY, 7, DriftDetector.feature("count"))).isEqualTo(histogram(2));
        assertThat(counted(MONDAY + HOUR, 6, DriftDetector.feature("amount"))).isEqualTo(histogram(20, 30));
        assertThat(counted(MONDAY + HOUR, 6, DriftDetector.feature("count"))).isEqualTo(histogram(3, Double.NaN));
        assertThat(counted(MONDAY + HOUR, 6, DriftDetector.SCORE)).isEqualTo(histogram(0.25, 0.25, 0.25));
        assertThat(counted(MONDAY + HOUR, 8, DriftDetector.SCORE)).isEqualTo(histogram());
    }

    @Test
    void aCorrectionTakesBackWhatItCorrects() {
        outcome("p1", 1, MONDAY, true);
        outcome("p2", 1, MONDAY, false);
        look();
        outcome("p1", 2, MONDAY, false);
        look();

        assertThat(counted(MONDAY, 6, DriftDetector.LABEL)).isEqualTo(histogram(0, 0));
    }

    @Test
    void ofALongHistoryOnlyWhatAWindowCanReachIsCounted() {
        predict(MONDAY, 6, "champion", 0.5, 10, 1);
        predict(MONDAY + 23 * DAY, 6, "champion", 0.5, 10, 1);
        look();

        assertThat(counted(MONDAY, 6, DriftDetector.SCORE)).isEqualTo(histogram());
        assertThat(counted(MONDAY + 23 * DAY, 6, DriftDetector.SCORE)).isEqualTo(histogram(0.5));
    }

    @Test
    void anAlertIsToldWhenItComesAndWhenItGoesAndNotInBetween() {
        live(6, reference());
        day(MONDAY + 7 * DAY, 10);
        look();
        assertThat(report().getNothing()).isEmpty();
        assertThat(report().getToMillis()).isEqualTo(MONDAY + 8 * DAY);
        assertThat(report().getFindings())
                .hasSize(16); // psi, ks and missing of two, psi and ks of the score; two windows
        assertThat(alerts()).isEmpty();

        now += HOUR;
        day(MONDAY + 8 * DAY, 1_000);
        look();
        long raised = now;
        assertThat(alerts())
                .extracting(
                        alert -> alert.getFinding().getSubject(),
                        alert -> alert.getFinding().getRaised())
                .contains(tuple(DriftDetector.feature("amount"), true));
        assertThat(alerts()).allMatch(alert -> alert.getFinding().getSinceMillis() == raised);
        int told = alerts().size();
        assertThat(lastMillis(Topics.ALERTS))
                .as("a run that is stopped in between tells them again, and loses none")
                .isLessThanOrEqualTo(lastMillis(Topics.DRIFT));

        now += HOUR;
        look();
        assertThat(alerts()).hasSize(told);
        assertThat(finding("feature/amount", "psi", "1d").getRaised()).isTrue();
        assertThat(finding("feature/amount", "psi", "1d").getSinceMillis()).isEqualTo(raised);
        assertThat(finding("feature/count", "psi", "1d").getRaised()).isFalse();

        now += HOUR;
        for (int day = 9; day < 16; day++) {
            day(MONDAY + day * DAY, 10);
        }
        look();
        assertThat(report().getFindings()).noneMatch(DriftFinding::getRaised);
        assertThat(alerts()).hasSize(2 * told);
        assertThat(alerts().subList(told, 2 * told))
                .noneMatch(alert -> alert.getFinding().getRaised());
    }

    @Test
    void aScoreIsThatOfTheLiveVersionAndInputsAreThoseOfAll() {
        live(6, reference());
        for (int i = 0; i < 600; i++) {
            predict(MONDAY + 7 * DAY + i, 9, "champion", 0.9, 10, i % 4);
        }
        look();

        assertThat(report().getFindings())
                .extracting(DriftFinding::getSubject)
                .contains("feature/amount")
                .doesNotContain("score");
        assertThat(finding("feature/amount", "psi", "1d").getRows()).isEqualTo(600);
    }

    @Test
    void labelsThatComeTrueMoreOftenAreAnAlert() {
        live(6, reference());
        for (int i = 0; i < 1_000; i++) {
            outcome("p" + i, 1, MONDAY + 7 * DAY + i, i % 10 == 0);
        }
        look();

        assertThat(finding("label", "rate", "7d").getRaised()).isTrue();
        assertThat(finding("label", "rate", "7d").getDetail()).startsWith("0.10000 beside 0.02500");
    }

    @Test
    void whatARunKeptAndDidNotTellIsToldByTheNext() {
        live(6, reference());
        DriftFinding kept = new DriftFinding("score", "psi", "1d", 0.5, 0.2, 900L, true, now, "");
        new DriftReports(session.lakehouse())
                .add(new DriftReport(town.name(), 6L, "stopped", now, 7L, "", "", 0L, 0L, List.of(kept)));

        now += HOUR;
        look();

        assertThat(alerts()).hasSize(2);
        assertThat(alerts().get(0).getRun()).isEqualTo("stopped");
        assertThat(alerts().get(0).getFinding()).isEqualTo(kept);
        assertThat(alerts().get(1).getFinding().getRaised()).isFalse(); // nothing is looked at any more
    }

    @Test
    void aVersionOfWhichNobodyKnowsWhatItWasMeasuredOnIsSetBesideNothing() {
        live(6, Map.of());
        day(MONDAY + 7 * DAY, 10);
        look();

        assertThat(report().getNothing()).isEqualTo("what version 1 was measured on is not known");
        assertThat(report().getFindings()).isEmpty();
    }

    @Test
    void aUseCaseOfWhichNothingWasEverLiveHasNoReport() {
        day(MONDAY + 7 * DAY, 10);
        look();

        assertThat(new DriftReports(session.lakehouse()).newest(town.name())).isEmpty();
    }

    @Test
    void anAlertAsksForTrainingOnceInACoolDown() {
        live(6, reference());
        day(MONDAY + 7 * DAY, 1_000);

        look(Map.of("anabranch.drift.action", "retrain"));
        assertThat(lastRun.trainingRequest()).isPresent();
        assertThat(lastRun.trainingRequest().get()).contains("psi of feature/amount");
        assertThat(report().getAction()).isEqualTo("training anew");
        long acted = now;

        now += DAY - 1;
        look(Map.of("anabranch.drift.action", "retrain"));
        assertThat(lastRun.trainingRequest())
                .as("nothing has been trained since")
                .contains("an alert asked for it, and no version has been trained since");
        assertThat(report().getAction()).isEmpty();
        assertThat(report().getActedMillis()).isEqualTo(acted);

        now += 1;
        look(Map.of("anabranch.drift.action", "retrain"));
        assertThat(lastRun.trainingRequest()).isPresent();
    }

    @Test
    void anAlertRollsBackOnceAndNotBackAndForth() {
        live(5, Map.of());
        live(6, reference());
        day(MONDAY + 7 * DAY, 1_000);

        look(Map.of("anabranch.drift.action", "roll-back", "anabranch.drift.cool-down", "PT0S"));
        assertThat(report().getAction()).isEqualTo("rolled back to version 1");
        ModelDecisions decisions = new ModelDecisions(session.lakehouse());
        assertThat(decisions.newest(town.name()).orElseThrow().version()).isEqualTo(1);
        assertThat(decisions.newest(town.name()).orElseThrow().why()).startsWith("rolled back: 1d ");
        assertThat(published().getVersion()).isEqualTo(1);

        new ModelReferences(session.lakehouse())
                .add(town.name(), Sha256.of(WeighingModel.artifact(5, 0)), reference(), now);
        now += DAY;
        look(Map.of("anabranch.drift.action", "roll-back", "anabranch.drift.cool-down", "PT0S"));
        assertThat(report().getFindings()).anyMatch(DriftFinding::getRaised);
        assertThat(report().getAction()).isEmpty();
        assertThat(decisions.of(town.name())).hasSize(3);
    }

    @Test
    void whatPeopleHaveDecidedIsNotRolledBack() {
        live(5, Map.of());
        live("somebody", 6, reference());
        day(MONDAY + 7 * DAY, 1_000);

        look(Map.of("anabranch.drift.action", "roll-back"));

        assertThat(report().getFindings()).anyMatch(DriftFinding::getRaised);
        assertThat(report().getAction()).isEmpty();
        assertThat(new ModelDecisions(session.lakehouse()).of(town.name())).hasSize(2);
    }

    @Test
    void whatCannotAnswerTodaysQuestionsIsNotRolledBackTo() {
        ModelRegistry registry = new ModelRegistry(session.lakehouse());
        registry.register(
                WeighingModel.version(town.name(), List.of("amount", "other"), 0, WeighingModel.artifact(1, 1)),
                Judgement.of("test", true, "test"));
        ModelDecisions decisions = new ModelDecisions(session.lakehouse());
        decisions.decide(town.name(), Optional.empty(), 1, "batch run 0", "test", now);
        live(6, reference());
        day(MONDAY + 7 * DAY, 1_000);

        look(Map.of("anabranch.drift.action", "roll-back"));

        assertThat(report().getAction()).isEmpty();
        assertThat(decisions.newest(town.name()).orElseThrow().version()).isEqualTo(2);
    }

    @Test
    void aRunThatIsToTrainNothingLooksAndDoesNothing() {
        live(6, reference());
        day(MONDAY + 7 * DAY, 1_000);
        town.archive(session.lakehouse(), MONDAY);
        lastRun = run();

        new DriftStage(lastRun, config(Map.of("anabranch.drift.action", "retrain")))
                .run(new WatchedScores(lastRun, new NamedInputs(FEATURES)), false);

        assertThat(report().getFindings()).anyMatch(DriftFinding::getRaised);
        assertThat(report().getAction()).isEmpty();
        assertThat(lastRun.trainingRequest()).isEmpty();
    }

    @Test
    void labelsOfShadowsDoNotCount() {
        outcome(town.name() + "-stream-5-0-1", 1, MONDAY, true);
        outcome(town.name() + "-stream-5-0-1-8", 1, MONDAY, true);
        look();

        assertThat(counted(MONDAY, 6, DriftDetector.LABEL)).isEqualTo(histogram(1));
    }

    @Test
    void whatTwoRunsWouldCountOneDoes() {
        predict(MONDAY, 6, "champion", 0.5, 10, 1);
        town.archive(session.lakehouse(), MONDAY);
        BatchRun slow = run();
        PredictionProfiles profiles = new PredictionProfiles(session.lakehouse());
        DriftStage stage = new DriftStage(slow, config(Map.of()));
        look();

        stage.run(
                new WatchedScores(slow, new NamedInputs(FEATURES)),
                true); // looks again: there is nothing left to count

        assertThat(profiles.since(town.name(), MONDAY)).hasSize(3);
    }

    @Test
    void settingsThatMakeNoSenseAreRefusedBeforeAnythingIsDone() {
        assertThatThrownBy(() -> new DriftStage(run(), config(Map.of("anabranch.drift.psi", "-1"))))
                .hasMessage("anabranch.drift.psi must be above 0, got -1.0");
        assertThatThrownBy(() -> new DriftStage(run(), config(Map.of("anabranch.drift.skew-sample", "-1"))))
                .hasMessage("anabranch.drift.skew-sample must not be negative, got -1");
        assertThatThrownBy(() -> new DriftStage(run(), config(Map.of("anabranch.drift.cool-down", "PT-1S"))))
                .hasMessage("anabranch.drift.cool-down must not be negative, got PT-1S");
    }

    /** 600 predictions over one day. */
    private void day(long midnight, double amount) {
        for (int i = 0; i < 600; i++) {
            predict(midnight + i * DAY / 600, live, "champion", 0.1, amount, i % 4);
        }
    }

    private void predict(long atMillis, long version, String variant, double score, double... features) {
        List<Double> inputs = new ArrayList<>();
        for (double feature : features) {
            inputs.add(feature);
        }
        town.predictions.add(Prediction.newBuilder()
                .setPredictionId(town.name() + "-" + town.predictions.size())
                .setUseCase(town.name())
                .setEventId("e" + town.predictions.size())
                .setPath(ScoringPath.STREAM)
                .setAtMillis(atMillis)
                .setMadeMillis(atMillis)
                .setQuestion(Map.of())
                .setFeatures(inputs)
                .setModel(town.name())
                .setModelVersion(version)
                .setModelSha256("00")
                .setVariant(variant)
                .setScore(score)
                .setReadings(List.of())
                .build());
    }

    private void outcome(String of, int number, long atMillis, boolean positive) {
        town.outcomes.add(new Outcome(
                of + "-" + number, atMillis, town.name() + "-6", of, "any", 0.5, positive, number > 1, null));
    }

    /** A version that a run made live. */
    private void live(float weight, Map<String, ByWeekday> reference) {
        live("batch run 0", weight, reference);
    }

    private void live(String by, float weight, Map<String, ByWeekday> reference) {
        byte[] artifact = WeighingModel.artifact(weight, 0);
        live = new ModelRegistry(session.lakehouse())
                .register(WeighingModel.version(town.name(), FEATURES, 0, artifact), Judgement.of("test", true, "test"))
                .version()
                .getVersion();
        ModelDecisions decisions = new ModelDecisions(session.lakehouse());
        decisions.decide(town.name(), decisions.newest(town.name()), live, by, "test", now);
        if (!reference.isEmpty()) {
            new ModelReferences(session.lakehouse()).add(town.name(), Sha256.of(artifact), reference, now);
        }
    }

    /** A week of amounts of 10, counts of 0 to 3, scores of 0.1, and one in 40 that came true. */
    private static Map<String, ByWeekday> reference() {
        List<HeldOutRow> rows = new ArrayList<>();
        for (int i = 0; i < 7_000; i++) {
            rows.add(new HeldOutRow(
                    "r" + i, MONDAY + i * DAY / 1_000, "c", i % 40 == 0 ? 1 : 0, new double[] {10, i % 4}));
        }
        double[] scores = new double[7_000];
        Arrays.fill(scores, 0.1);
        return HeldOutReference.of(FEATURES, new HeldOut(rows), scores);
    }

    private void look() {
        look(Map.of());
    }

    private void look(Map<String, String> settings) {
        town.archive(session.lakehouse(), MONDAY);
        lastRun = run();
        new DriftStage(lastRun, config(settings)).run(new WatchedScores(lastRun, new NamedInputs(FEATURES)), true);
    }

    private BatchRun run() {
        ArchiveState archive = ArchiveState.of(session.lakehouse(), town);
        return new BatchRun(
                "run-" + now,
                town,
                session,
                archive.cut(),
                archive.snapshots(),
                Clock.fixed(Instant.ofEpochMilli(now), ZoneOffset.UTC),
                stage -> {});
    }

    private static DriftConfig config(Map<String, String> settings) {
        return new SmallRyeConfigBuilder()
                .withSources(new PropertiesConfigSource(settings, "test", 1))
                .withMapping(DriftConfig.class)
                .build()
                .getConfigMapping(DriftConfig.class);
    }

    private DriftReport report() {
        DriftReport kept =
                new DriftReports(session.lakehouse()).newest(town.name()).orElseThrow();
        Optional<byte[]> told = broker.read(Topics.DRIFT).stream()
                .filter(record -> town.name().equals(new String(record.key(), StandardCharsets.UTF_8)))
                .reduce((one, later) -> later)
                .map(record -> record.value());
        assertThat(told.map(Wire.DRIFT_REPORT::decode)).contains(kept);
        return kept;
    }

    private DriftFinding finding(String subject, String statistic, String window) {
        return report().getFindings().stream()
                .filter(finding -> finding.getSubject().equals(subject)
                        && finding.getStatistic().equals(statistic)
                        && finding.getWindow().equals(window))
                .findFirst()
                .orElseThrow();
    }

    private List<DriftAlert> alerts() {
        return broker.read(Topics.ALERTS).stream()
                .filter(record -> town.name().equals(new String(record.key(), StandardCharsets.UTF_8)))
                .map(record -> Wire.DRIFT_ALERT.decode(record.value()))
                .toList();
    }

    /** When the last record about the town was appended. */
    private long lastMillis(String topic) {
        return broker.read(topic).stream()
                .filter(record -> town.name().equals(new String(record.key(), StandardCharsets.UTF_8)))
                .mapToLong(ConsumerRecord::timestamp)
                .max()
                .orElseThrow();
    }

    private ModelVersion published() {
        return broker.read(Topics.MODELS).stream()
                .filter(record -> town.name().equals(new String(record.key(), StandardCharsets.UTF_8)))
                .reduce((one, later) -> later)
                .map(record -> Wire.MODEL_VERSION.decode(record.value()))
                .orElseThrow();
    }

    private ValueHistogram counted(long hour, long version, String subject) {
        ValueHistogram counted = new ValueHistogram();
        new PredictionProfiles(session.lakehouse())
                .since(town.name(), Long.MIN_VALUE).stream()
                        .filter(profile -> profile.hourMillis() == hour
                                && profile.version() == version
                                && profile.subject().equals(subject))
                        .map(Profile::values)
                        .forEach(counted::add);
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
