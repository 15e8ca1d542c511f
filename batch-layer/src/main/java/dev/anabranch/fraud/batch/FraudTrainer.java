package dev.anabranch.fraud.batch;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;

import dev.anabranch.batch.BatchRun;
import dev.anabranch.batch.Trainer;
import dev.anabranch.batch.drift.HeldOutReference;
import dev.anabranch.batch.model.Algorithm;
import dev.anabranch.batch.model.Candidate;
import dev.anabranch.batch.model.Challenger;
import dev.anabranch.batch.model.Gates;
import dev.anabranch.batch.model.HeldOut;
import dev.anabranch.batch.model.ImportedVersions;
import dev.anabranch.batch.model.LearntVersions;
import dev.anabranch.batch.model.ModelRelease;
import dev.anabranch.batch.model.TrainingBasis;
import dev.anabranch.batch.model.VersionRecord;
import dev.anabranch.batch.training.Archive;
import dev.anabranch.batch.training.RunArchive;
import dev.anabranch.batch.training.TrainingSet;
import dev.anabranch.contract.ModelVersion;
import dev.anabranch.fraud.FraudEvents;
import dev.anabranch.fraud.FraudUseCase;
import dev.anabranch.fraud.FraudViews;
import dev.anabranch.lakehouse.EventTables;
import dev.anabranch.lakehouse.Judgement;
import dev.anabranch.lakehouse.ModelRegistry;
import dev.anabranch.process.Settings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.apache.spark.storage.StorageLevel;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Trains a fraud model in a batch run that finds new labels, where the newest is old enough: on the weeks before the newest week that is labelled,
 * and measured on that week.
 */
public final class FraudTrainer implements Trainer {
    /** The parameter of a version that says on what period it was trained. */
    static final String TRAINED_ON = "trained-on";
    /** And on what period it was measured. */
    static final String MEASURED_ON = "measured-on";

    private static final Logger LOG = LoggerFactory.getLogger(FraudTrainer.class);
    private static final long DAY_MILLIS = Duration.ofDays(1).toMillis();

    private final FraudTask task = new FraudTask();
    private final FraudJudge judge = new FraudJudge();
    private final FraudTrainingConfig config;

    public FraudTrainer() {
        this(Settings.readAllOf(FraudTrainingConfig.class));
    }

    FraudTrainer(FraudTrainingConfig config) {
        this.config = config;
    }

    @Override
    public String useCase() {
        return FraudUseCase.NAME;
    }

    @Override
    public void train(BatchRun run) {
        gates(); // nonsense among the settings is told before anything is done
        if (config.every().isNegative()) {
            throw new IllegalArgumentException(
                    "anabranch.fraud.training.every must not be negative, got " + config.every());
        }
        Archive archive = new RunArchive(run);
        ModelRelease release = new ModelRelease(run, FraudUseCase.NAME);
        Optional<ModelVersion> before = release.begin();
        Optional<ModelVersion> newest = new ModelRegistry(run.session().lakehouse()).newestTrained(FraudUseCase.NAME);
        LearntVersions learnt = new LearntVersions(run, task.views());
        learnt.register();
        ImportedVersions imported = new ImportedVersions(run, FraudUseCase.NAME);
        boolean nothingNew =
                run.asOf().isEmpty() && newest.isPresent() && basis(run).isThatOf(newest.get());
        Optional<String> wait = nothingNew
                ? Optional.of(
                        "no label has arrived since version " + newest.get().getVersion() + " was trained")
                : newest.flatMap(version -> notDue(run, version));
        if (wait.isPresent()) {
            none(run, wait.get());
            if (imported.isEmpty()) {
                return;
            }
        }
        Optional<Periods> found = periods(archive);
        if (found.isEmpty()) {
            none(run, "no label has arrived yet of a payment old enough to learn from");
            return;
        }
        Periods periods = found.get();
        Dataset<Row> rows = new TrainingSet<>(task).of(archive, periods.trainFrom(), periods.testTo());
        rows.persist(StorageLevel.MEMORY_AND_DISK());
        try {
            run.stage("training set", rows::count);
            HeldOut heldOut = periods.heldOut(rows);
            Optional<ModelVersion> live = learnt.judge(
                    gates(),
                    before,
                    task.featureNames(),
                    heldOut,
                    release,
                    config.online().goesLive());
            imported.judge(
                    gates(),
                    live,
                    task.featureNames(),
                    learnt.unseenBy(live, heldOut).orElse(HeldOut.NONE));
            if (wait.isEmpty()) {
                train(run, periods, rows, heldOut, learnt, release, live);
            }
        } finally {
            rows.unpersist();
        }
    }

    private void train(
            BatchRun run,
            Periods periods,
            Dataset<Row> rows,
            HeldOut heldOut,
            LearntVersions learnt,
            ModelRelease release,
            Optional<ModelVersion> live) {
        Dataset<Row> training = periods.training(rows);
        long frauds = training.where(col(TrainingSet.TARGET).equalTo(1)).count();
        if (frauds < config.leastFrauds() || heldOut.positives() < config.leastFrauds()) {
            none(
                    run,
                    "there must be " + config.leastFrauds() + " frauds in each of " + periods.training() + " and "
                            + periods.test() + ", got " + frauds + " and " + heldOut.positives());
            return;
        }
        List<Candidate> candidates = new ArrayList<>();
        for (Algorithm algorithm : config.toAlgorithms()) {
            run.stage("train " + algorithm.name(), () -> {
                candidates.addAll(
                        Candidate.train(List.of(algorithm), training, width(), config.seed(), heldOut, judge));
                return training.count();
            });
        }
        candidates.forEach(candidate -> LOG.info("{}: {}", candidate.algorithm().name(), candidate.metrics()));
        Candidate best = Candidate.best(candidates, judge);
        Challenger challenger = best.challenger(heldOut);
        Judgement judgement = run.stage(
                "gates",
                () -> learnt.judge(gates(), live, task.featureNames(), best, challenger, heldOut),
                done -> heldOut.rows().size());
        run.stage("register model", () -> {
            ModelVersion version = VersionRecord.of(
                    run, best, task.featureNames(), task.views(), parameters(periods), config.seed(), heldOut);
            HeldOutReference.keep(run, version, heldOut, challenger.scores());
            release.finish(version, judgement);
            return 1;
        });
    }

    /** Why a version need not be trained though there are new labels; empty when it is to be. */
    private Optional<String> notDue(BatchRun run, ModelVersion newest) {
        long age = run.startedMillis() - newest.getCreatedMillis();
        if (run.asOf().isPresent() || age >= config.every().toMillis()) {
            return Optional.empty();
        }
        if (run.trainingRequest().isPresent()) {
            LOG.info("A model is trained out of turn: {}", run.trainingRequest().get());
            return Optional.empty();
        }
        return Optional.of("version " + newest.getVersion() + " was trained less than " + config.every() + " ago");
    }

    /** What is not done is told as well: a run without a model is no failure, but somebody may wonder. */
    private static void none(BatchRun run, String why) {
        LOG.info("No model is trained: {}", why);
        run.stage("no training: " + why, () -> 0);
    }

    private TrainingBasis basis(BatchRun run) {
        return TrainingBasis.of(
                run.cut(), task.label().topic(), task.featureNames(), task.views(), settings(), config.seed());
    }

    private Gates gates() {
        return config.gates().toGates("anabranch.fraud.training.gates", judge, config.seed());
    }

    private int width() {
        return task.featureNames().size();
    }

    /** What decides, beside the archive, which model comes out. */
    private Map<String, String> settings() {
        return Map.of(
                "days",
                String.valueOf(config.days()),
                "held-out-days",
                String.valueOf(config.heldOutDays()),
                "chosen-among",
                config.toAlgorithms().stream()
                        .map(algorithm -> algorithm.name() + " " + algorithm.parameters())
                        .collect(Collectors.joining("; ")));
    }

    private Map<String, String> parameters(Periods periods) {
        Map<String, String> parameters = new LinkedHashMap<>(new TreeMap<>(settings()));
        parameters.put(TRAINED_ON, periods.training());
        parameters.put(MEASURED_ON, periods.test());
        return parameters;
    }

    /**
     * The newest days that are wholly labelled to measure on, the delay of the labels, and the days before to learn
     * from. Empty when there is no such day.
     */
    private Optional<Periods> periods(Archive archive) {
        Dataset<Row> labels = archive.events(FraudEvents.FRAUD_LABEL);
        // Partitions are archived one as far as another is not: what the slowest has is there from all.
        Row slowest = labels.groupBy(EventTables.KAFKA_PARTITION)
                .agg(max("eventTimeMillis").as("newest"))
                .agg(min("newest"))
                .first();
        Row oldest = archive.events(FraudEvents.TRANSACTION)
                .agg(functions.min("eventTimeMillis"))
                .first();
        if (slowest.isNullAt(0) || oldest.isNullAt(0)) {
            return Optional.empty();
        }
        Duration delay = FraudViews.INVESTIGATION;
        long testTo = midnight(slowest.getLong(0) - delay.toMillis());
        long testFrom = testTo - config.heldOutDays() * DAY_MILLIS;
        long trainTo = testFrom - delay.toMillis();
        long trainFrom = Math.max(midnight(oldest.getLong(0)), trainTo - config.days() * DAY_MILLIS);
        return trainFrom < trainTo
                ? Optional.of(new Periods(trainFrom, trainTo, testFrom, testTo, delay))
                : Optional.empty();
    }

    private static long midnight(long millis) {
        return Math.floorDiv(millis, DAY_MILLIS) * DAY_MILLIS;
    }
}
