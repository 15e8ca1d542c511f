package dev.anabranch.recommendation.batch;

import static org.apache.spark.sql.functions.col;

import dev.anabranch.batch.ArchivedRows;
import dev.anabranch.batch.BatchRun;
import dev.anabranch.batch.Trainer;
import dev.anabranch.batch.drift.HeldOutReference;
import dev.anabranch.batch.experiment.ArmResults;
import dev.anabranch.batch.model.Algorithm;
import dev.anabranch.batch.model.Candidate;
import dev.anabranch.batch.model.Gates;
import dev.anabranch.batch.model.HeldOut;
import dev.anabranch.batch.model.ImplicitFactors;
import dev.anabranch.batch.model.ImportedVersions;
import dev.anabranch.batch.model.LogisticRegressionAlgorithm;
import dev.anabranch.batch.model.ModelRelease;
import dev.anabranch.batch.model.RandomForestAlgorithm;
import dev.anabranch.batch.model.VersionRecord;
import dev.anabranch.batch.training.RunArchive;
import dev.anabranch.contract.ModelVersion;
import dev.anabranch.lakehouse.ArchivedEvent;
import dev.anabranch.lakehouse.Judgement;
import dev.anabranch.lakehouse.ModelRegistry;
import dev.anabranch.model.OnnxScorer;
import dev.anabranch.model.UnusableModelException;
import dev.anabranch.process.Settings;
import dev.anabranch.recommendation.CandidateFeatures;
import dev.anabranch.recommendation.Interaction;
import dev.anabranch.recommendation.RecommendationEvents;
import dev.anabranch.recommendation.RecommendationRanking;
import dev.anabranch.recommendation.RecommendationUseCase;
import dev.anabranch.recommendation.ReplayedKnowledge;
import dev.anabranch.recommendation.Taste;
import dev.anabranch.vectors.FoldIn;
import dev.anabranch.vectors.Vectors;
import dev.anabranch.view.Cuts;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Trains item vectors, and then the model that ranks candidates, in every batch run that finds new interactions. The
 * ranking model learns with the vectors as they were at the split, so that no outcome is in its own features.
 */
public final class RecommendationTrainer implements Trainer {
    private static final Logger LOG = LoggerFactory.getLogger(RecommendationTrainer.class);
    private static final long DAY_MILLIS = Duration.ofDays(1).toMillis();

    private final RankingJudge judge = new RankingJudge();
    private final RecommendationTrainingConfig config;

    public RecommendationTrainer() {
        this(Settings.readAllOf(RecommendationTrainingConfig.class));
    }

    RecommendationTrainer(RecommendationTrainingConfig config) {
        this.config = config;
    }

    @Override
    public String useCase() {
        return RecommendationUseCase.NAME;
    }

    @Override
    public List<String> models() {
        return List.of(RecommendationUseCase.ITEMS, RecommendationUseCase.NAME);
    }

    @Override
    public Optional<ArmResults> armResults() {
        return Optional.of(new ShownArms());
    }

    @Override
    public void train(BatchRun run) {
        gates(); // nonsense among the settings is told before anything is done
        ModelRelease items = new ModelRelease(run, RecommendationUseCase.ITEMS);
        ModelRelease ranking = new ModelRelease(run, RecommendationUseCase.NAME);
        items.begin();
        Optional<ModelVersion> ranker = ranking.begin();
        Optional<ModelVersion> trained =
                new ModelRegistry(run.session().lakehouse()).newestTrained(RecommendationUseCase.ITEMS);
        if (run.asOf().isEmpty()
                && trained.filter(version -> isOfTheSame(run, version)).isPresent()) {
            none(run, "no interaction has arrived since the newest version was trained");
            return;
        }
        Dataset<Row> interactions = new RunArchive(run).events(RecommendationEvents.INTERACTION);
        Row newest = interactions.agg(functions.max("eventTimeMillis")).first();
        if (newest.isNullAt(0)) {
            none(run, "no interaction has arrived yet");
            return;
        }
        long end = newest.getLong(0) + 1;
        long split = end - config.heldOut().toMillis();
        Dataset<Row> recent = interactions.where(col("eventTimeMillis").geq(end - config.days() * DAY_MILLIS));
        Optional<ItemTraining.Learnt> learnt = trainItems(run, recent, split, end, items);
        trainRanking(run, recent, split, end, learnt, ranking, ranker);
    }

    private static boolean isOfTheSame(BatchRun run, ModelVersion version) {
        List<String> topics = List.of(RecommendationEvents.INTERACTION.topic());
        return Cuts.read(version.getCut()).onlyTopics(topics).equals(run.cut().onlyTopics(topics));
    }

    private Optional<ItemTraining.Learnt> trainItems(
            BatchRun run, Dataset<Row> recent, long split, long end, ModelRelease release) {
        Optional<ItemTraining.Learnt> learnt = run.stage(
                "train item vectors",
                () -> new ItemTraining(config).learn(recent, split, end),
                found -> found.map(l -> (long) l.vectors().names().size()).orElse(0L));
        if (learnt.isEmpty()) {
            none(
                    run,
                    "there must be " + config.leastChoices() + " pairs of user and item before the newest "
                            + config.heldOut());
            return learnt;
        }
        ItemTraining.Learnt items = learnt.get();
        byte[] artifact = items.vectors().artifact();
        String gate =
                "the best of " + items.tried() + " combinations by " + items.judged() + " pairs of " + config.heldOut();
        Map<String, String> parameters = new LinkedHashMap<>(items.algorithm().parameters());
        parameters.put("days", String.valueOf(config.days()));
        parameters.put("held-out", config.heldOut().toString());
        run.stage("register item vectors", () -> {
            release.finish(
                    VersionRecord.of(
                            run,
                            RecommendationUseCase.ITEMS,
                            items.algorithm().name(),
                            List.of(),
                            List.of(),
                            parameters,
                            config.seed(),
                            items.metrics(),
                            artifact,
                            ItemTraining.samples(items.vectors(), config.seed())),
                    Judgement.of("combinations", true, gate));
            return 1;
        });
        return learnt;
    }

    private void trainRanking(
            BatchRun run,
            Dataset<Row> recent,
            long split,
            long end,
            Optional<ItemTraining.Learnt> learnt,
            ModelRelease release,
            Optional<ModelVersion> before) {
        long from = split - config.ranking().days() * DAY_MILLIS;
        List<RankingRows.Logged> log = log(recent);
        ReplayedKnowledge knowledge = new ReplayedKnowledge();
        log.forEach(each -> knowledge.add(each.interaction(), each.position(), each.arrivalMillis()));
        Optional<Taste> taste = learnt.map(l -> tasteBefore(l.algorithm(), recent, from));
        RankingRows rows = new RankingRows(
                log,
                knowledge,
                taste,
                config.ranking().attributionWindow(),
                config.ranking().negatives());
        List<Row> training = new ArrayList<>();
        List<Row> measuring = new ArrayList<>();
        List<RankingRows.Moment> measured = new ArrayList<>();
        run.stage("ranking rows", () -> {
            int moments = config.ranking().moments();
            training.addAll(rows.between(from, split, moments, config.seed()));
            measuring.addAll(rows.between(split, end, Math.max(1, moments / 3), config.seed(), measured::add));
            return training.size() + measuring.size();
        });
        long least = Math.min(outcomes(training), outcomes(measuring));
        if (least < config.ranking().leastOutcomes()) {
            none(
                    run,
                    "there must be " + config.ranking().leastOutcomes()
                            + " outcomes to learn ranking from and to measure it by, got " + outcomes(training)
                            + " and "
                            + outcomes(measuring));
            return;
        }
        int width = CandidateFeatures.NAMES.size();
        HeldOut heldOut = HeldOut.of(run.session().spark().createDataFrame(measuring, RankingRows.SCHEMA));
        new ImportedVersions(run, RecommendationUseCase.NAME).judge(gates(), before, CandidateFeatures.NAMES, heldOut);
        Dataset<Row> learning = run.session()
                .spark()
                .createDataFrame(training, RankingRows.SCHEMA)
                .cache();
        List<Candidate> candidates = new ArrayList<>();
        run.stage("train ranking", () -> {
            candidates.addAll(Candidate.train(algorithms(width), learning, width, config.seed(), heldOut, judge));
            return training.size();
        });
        learning.unpersist();
        candidates.forEach(c -> LOG.info("{}: {}", c.algorithm().name(), c.metrics()));
        Candidate best = Candidate.best(candidates, judge);
        Judgement judgement = run.stage(
                "gates",
                () -> gates().judge(before, CandidateFeatures.NAMES, best.challenger(heldOut), heldOut),
                done -> heldOut.rows().size());
        Map<String, String> parameters = Map.of(
                "attribution-window",
                config.ranking().attributionWindow().toString(),
                "ranking-days",
                String.valueOf(config.ranking().days()));
        run.stage("register ranking model", () -> {
            ModelVersion version = VersionRecord.of(
                    run, best, CandidateFeatures.NAMES, run.useCase().views(), parameters, config.seed(), heldOut);
            HeldOutReference.keepShown(run, version, CandidateFeatures.NAMES, shown(best, measured));
            release.finish(version, judgement);
            return 1;
        });
    }

    /** What a version would have shown at the moments that it is measured at: of each one of the first few by its scores. */
    private static List<HeldOutReference.Shown> shown(Candidate version, List<RankingRows.Moment> moments) {
        List<HeldOutReference.Shown> shown = new ArrayList<>();
        try (OnnxScorer scorer = new OnnxScorer(version.model().artifact())) {
            for (RankingRows.Moment moment : moments) {
                double[] scores = moment.candidates().length == 0 ? new double[0] : scorer.score(moment.candidates());
                int few = Math.min(new RecommendationRanking().usuallyShown(), scores.length);
                IntStream.range(0, scores.length)
                        .boxed()
                        .sorted(Comparator.comparingDouble(c -> -scores[c]))
                        .limit(few)
                        .skip(few == 0 ? 0 : shown.size() % few) // each place in its turn
                        .findFirst()
                        .ifPresent(c -> shown.add(
                                new HeldOutReference.Shown(moment.atMillis(), moment.candidates()[c], scores[c])));
            }
        } catch (UnusableModelException e) {
            throw new IllegalStateException("What was just measured must be able to score", e);
        }
        return shown;
    }

    private Gates gates() {
        return config.ranking()
                .gates()
                .toGates("anabranch.recommendation.training.ranking.gates", judge, config.seed());
    }

    private static long outcomes(List<Row> rows) {
        return rows.stream().filter(row -> row.getDouble(3) == 1).count();
    }

    private static List<Algorithm> algorithms(int width) {
        return List.of(new LogisticRegressionAlgorithm(width, 0, 100), new RandomForestAlgorithm(30, 6, 20, 32, 1));
    }

    private Taste tasteBefore(ImplicitFactors algorithm, Dataset<Row> recent, long fromMillis) {
        Dataset<Row> before =
                ItemTraining.choices(recent.where(col("eventTimeMillis").lt(fromMillis)), fromMillis);
        if (before.isEmpty()) {
            return null;
        }
        Vectors vectors = algorithm.learn(before, config.seed()).vectors();
        return new Taste(vectors, new FoldIn(vectors, algorithm.alpha(), algorithm.lambda()));
    }

    /** In the order of arrival, which is the order in which anybody could have known it. */
    private static List<RankingRows.Logged> log(Dataset<Row> interactions) {
        ArchivedRows<Interaction> rows = ArchivedRows.of(RecommendationEvents.INTERACTION);
        return interactions.collectAsList().stream()
                .map(rows::read)
                .sorted(Comparator.comparingLong((ArchivedEvent<Interaction> e) -> e.arrivalMillis())
                        .thenComparing(ArchivedEvent::position))
                .map(e -> new RankingRows.Logged(e.event(), e.position(), e.arrivalMillis()))
                .toList();
    }

    private static void none(BatchRun run, String why) {
        LOG.info("No model is trained: {}", why);
        run.stage("no training: " + why, () -> 0);
    }
}
