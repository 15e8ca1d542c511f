package dev.anabranch.batch.model;

import static org.apache.spark.sql.functions.col;

import dev.anabranch.batch.BatchRun;
import dev.anabranch.batch.ControlTopic;
import dev.anabranch.batch.training.RunArchive;
import dev.anabranch.contract.ModelVersion;
import dev.anabranch.contract.Topics;
import dev.anabranch.lakehouse.EventTables;
import dev.anabranch.lakehouse.Judgement;
import dev.anabranch.lakehouse.ModelJudgements;
import dev.anabranch.lakehouse.ModelRegistry;
import dev.anabranch.lakehouse.ModelRegistry.Registered;
import dev.anabranch.learning.Learning;
import dev.anabranch.learning.Learnt;
import dev.anabranch.learning.LearntVersion;
import dev.anabranch.learning.OnlineLearner;
import dev.anabranch.model.LoadedModel;
import dev.anabranch.model.UnusableModelException;
import dev.anabranch.quality.Quality;
import dev.anabranch.view.Cut;
import dev.anabranch.view.Cuts;
import dev.anabranch.view.View;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Versions made of what the stream has learnt as labels arrived: the newest that was published becomes one in each run, and
 * each is judged by the same gates as any other, beside the live version, on the held-out rows that neither has learnt from.
 * What is newest
 * has learnt from all labels there are, so it is those of the days after that judge it.
 */
public final class LearntVersions {
    private static final Logger LOG = LoggerFactory.getLogger(LearntVersions.class);

    private final BatchRun run;
    private final Optional<Learning> learning;
    private final List<View<?>> views;
    private final ModelRegistry registry;

    /** @param views what the features are made of */
    public LearntVersions(BatchRun run, List<View<?>> views) {
        this.run = run;
        this.learning =
                run.asOf().isPresent() ? Optional.empty() : run.useCase().learning(); // what was is over
        this.views = views;
        this.registry = new ModelRegistry(run.session().lakehouse());
    }

    /**
     * Makes a version of what was published last, unless there is one. What is damaged, or was learnt by another
     * declaration than today's, is refused and named in a stage of the run.
     */
    public void register() {
        learning.ifPresent(declared -> {
            ControlTopic published =
                    new ControlTopic(run.session().config().kafka().bootstrapServers(), Topics.LEARNT);
            if (published.exists()) {
                published.record(declared.name()).ifPresent(record -> register(declared, record));
            }
        });
    }

    private void register(Learning declared, byte[] record) {
        ModelVersion version;
        try {
            Learnt learnt = OnlineLearner.WIRE.decode(record);
            OnlineLearner learner = OnlineLearner.of(declared, learnt);
            if (learner.labels() == 0
                    || registry.versions(declared.name()).stream()
                            .anyMatch(known -> LearntVersion.isOf(known.version(), learnt))) {
                return;
            }
            version = version(run, views, declared, learner);
            LoadedModel.load(version, declared.features()).close();
        } catch (IllegalArgumentException | UnusableModelException e) {
            LOG.warn("No version is made of what {} has learnt: {}", declared.name(), e.getMessage());
            run.stage("refused what was learnt online: " + e.getMessage(), () -> 0);
            return;
        }
        run.stage("register what was learnt online", () -> {
            Registered registered = registry.register(
                    version,
                    Judgement.of(
                            "learnt",
                            true,
                            "it learns as labels arrive: it does what the learner does, and has been measured on no labels"
                                    + " yet that it has not learnt from"));
            LOG.info(
                    "{} version {} is what was learnt from {} labels as they arrived",
                    declared.name(),
                    registered.version().getVersion(),
                    version.getParameters().get(LearntVersion.LABELS));
            return 1;
        });
    }

    /** What a learner knows now as a version, without its number. */
    public static ModelVersion version(BatchRun run, List<View<?>> views, Learning declared, OnlineLearner learner) {
        Learnt learnt = learner.toLearnt();
        ModelVersion version = VersionRecord.of(
                run,
                declared.name(),
                LearntVersion.ALGORITHM,
                declared.features(),
                views,
                LearntVersion.parameters(declared, learnt),
                0,
                progressive(learner),
                LearntArtifact.of(declared, learner),
                LearntArtifact.samples(declared, learner));
        return ModelVersion.newBuilder(version)
                .setSnapshots(Map.of()) // it is the examples before its cut, whichever snapshot they are read from
                .setCut(Cuts.write(LearntVersion.cut(learnt)))
                .build();
    }

    /** How it scored its latest examples before it learnt from them: what is known of it until it is judged. */
    private static Map<String, Double> progressive(OnlineLearner learner) {
        Quality quality = Quality.of(learner.recent().predictions() == 0 ? learner.progressive() : learner.recent());
        Map<String, Double> metrics = new LinkedHashMap<>();
        quality.auc().ifPresent(auc -> metrics.put("progressive_auc", auc.value()));
        quality.averagePrecision()
                .ifPresent(precision -> metrics.put("progressive_average_precision", precision.value()));
        quality.logLoss().ifPresent(loss -> metrics.put("progressive_log_loss", loss));
        return metrics;
    }

    /**
     * Judges those that have not been, as far as there are enough rows that they have not learnt from, and keeps what was
     * found. The others go on waiting.
     *
     * @param live     the version that is live, if any
     * @param features what the use case supplies today
     * @param goesLive whether one that passes its gates, and is shown to be better than the live version, is made live by the
     *     run
     * @return the version that is live afterwards, beside which all others are to be judged
     */
    public Optional<ModelVersion> judge(
            Gates gates,
            Optional<ModelVersion> live,
            List<String> features,
            HeldOut heldOut,
            ModelRelease release,
            boolean goesLive) {
        if (learning.isEmpty()) {
            return live;
        }
        Optional<ModelVersion> champion = live;
        ModelJudgements judgements = new ModelJudgements(run.session().lakehouse());
        for (Registered registered : registry.versions(learning.get().name())) {
            ModelVersion version = registered.version();
            if (registered.evaluated() || !LearntVersion.isOne(version)) {
                continue;
            }
            Optional<HeldOut> unseen = unseenByBoth(version, champion, heldOut);
            if (unseen.isEmpty() || !gates.canTell(unseen.get())) {
                run.stage("no judgement of version " + version.getVersion() + ": " + tooFew(gates, unseen), () -> 0);
                continue;
            }
            ModelJudgements.Found judgement = judge(gates, champion, features, version, unseen.get(), heldOut);
            if (goesLive
                    && judgement.judgement().passed()
                    && beatsTheLiveOne(judgement.judgement())
                    && release.offer(version, judgement.judgement())) {
                champion = Optional.of(version);
            }
            judgements.add(judgement); // last: a run that is stopped before it judges it again
        }
        return champion;
    }

    private Optional<HeldOut> unseenByBoth(ModelVersion version, Optional<ModelVersion> champion, HeldOut heldOut) {
        return unseenBy(version, heldOut).flatMap(rows -> unseenBy(champion, rows));
    }

    private static String tooFew(Gates gates, Optional<HeldOut> unseen) {
        return "of what it has not learnt from there must be " + gates.rows() + " rows and " + gates.positives()
                + " positives, got "
                + unseen.map(Object::toString).orElse("labels that are not archived yet");
    }

    private ModelJudgements.Found judge(
            Gates gates,
            Optional<ModelVersion> live,
            List<String> features,
            ModelVersion version,
            HeldOut unseen,
            HeldOut heldOut) {
        ModelJudgements.Found[] found = new ModelJudgements.Found[1];
        run.stage("judge version " + version.getVersion(), () -> {
            found[0] = Judging.of(run, gates, live, features, version, unseen, heldOut);
            LOG.info(
                    "{} version {}, which was learnt online, {}: {}",
                    version.getName(),
                    version.getVersion(),
                    found[0].judgement().passed() ? "passed its gates and may be made live" : "may not be live",
                    found[0].judgement().reason());
            return unseen.rows().size();
        });
        return found[0];
    }

    /**
     * Judges a version that was trained, beside the live version and on the held-out rows that the live version has not learnt
     * from. Where there are too few, it is held back: in doubt, what is live stays live.
     *
     * @param challenger how the candidate did on all held-out rows
     */
    public Judgement judge(
            Gates gates,
            Optional<ModelVersion> live,
            List<String> features,
            Candidate candidate,
            Challenger challenger,
            HeldOut heldOut) {
        if (live.filter(LearntVersion::isOne).isEmpty()) {
            return gates.judge(live, features, challenger, heldOut);
        }
        Optional<HeldOut> unseen = unseenBy(live, heldOut);
        if (unseen.isEmpty() || !gates.canTell(unseen.get())) {
            return Judgement.of(
                    Gates.CHAMPION,
                    false,
                    "it cannot be put beside version " + live.get().getVersion() + ", which learns online: "
                            + tooFew(gates, unseen));
        }
        try {
            byte[] artifact = candidate.model().artifact();
            return gates.judge(live, features, Challenger.of(artifact, unseen.get(), gates.judge()), unseen.get());
        } catch (UnusableModelException e) {
            throw new IllegalStateException(
                    "The artifact of " + candidate.algorithm().name() + " must be a model", e);
        }
    }

    /** Not only no worse, as the gates ask: the whole interval of the difference is above zero. */
    private static boolean beatsTheLiveOne(Judgement judgement) {
        return judgement.compared() != null && judgement.compared().lower() > 0;
    }

    /**
     * The rows that a version has not learnt from online: all, of one that was trained.
     *
     * @return empty when that cannot be told: not all that it has learnt from is archived before the run's cut
     */
    public Optional<HeldOut> unseenBy(Optional<ModelVersion> version, HeldOut heldOut) {
        return version.isEmpty() ? Optional.of(heldOut) : unseenBy(version.get(), heldOut);
    }

    private Optional<HeldOut> unseenBy(ModelVersion version, HeldOut heldOut) {
        if (!LearntVersion.isOne(version) || learning.isEmpty()) {
            return Optional.of(heldOut);
        }
        Cut learnt = LearntVersion.cut(version);
        if (!run.cut().covers(learnt)) {
            return Optional.empty();
        }
        Dataset<Row> ids = run.session()
                .spark()
                .createDataset(
                        heldOut.rows().stream().map(HeldOut.HeldOutRow::id).toList(), Encoders.STRING())
                .toDF("id");
        Set<String> seen = new HashSet<>();
        learnt.origins()
                .forEach((origin, offset) -> seen.addAll(new RunArchive(run)
                        .events(learning.get().examples())
                        .where(col(EventTables.KAFKA_PARTITION)
                                .equalTo(origin.partition())
                                .and(col(EventTables.KAFKA_OFFSET).lt(offset)))
                        .select("eventId")
                        .join(ids, col("eventId").equalTo(col("id")), "left_semi")
                        .as(Encoders.STRING())
                        .collectAsList()));
        return Optional.of(new HeldOut(
                heldOut.rows().stream().filter(row -> !seen.contains(row.id())).toList()));
    }
}
