package dev.anabranch.fraud.batch;

import static org.apache.spark.sql.functions.col;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.anabranch.batch.ArchiveState;
import dev.anabranch.batch.BatchRun;
import dev.anabranch.batch.BatchSession;
import dev.anabranch.batch.Workplace;
import dev.anabranch.batch.drift.DriftConfig;
import dev.anabranch.batch.drift.HeldOutReference;
import dev.anabranch.batch.model.Algorithm;
import dev.anabranch.batch.model.Candidate;
import dev.anabranch.batch.model.Challenger;
import dev.anabranch.batch.model.Gates;
import dev.anabranch.batch.model.HeldOut;
import dev.anabranch.batch.model.HeldOut.HeldOutRow;
import dev.anabranch.batch.model.LearntVersions;
import dev.anabranch.batch.model.Ranking;
import dev.anabranch.batch.model.VersionRecord;
import dev.anabranch.batch.training.RunArchive;
import dev.anabranch.batch.training.TrainingSet;
import dev.anabranch.contract.DriftFinding;
import dev.anabranch.contract.ModelVersion;
import dev.anabranch.contract.Wire;
import dev.anabranch.drift.ByWeekday;
import dev.anabranch.drift.DriftDetector;
import dev.anabranch.drift.ObservedValues;
import dev.anabranch.fraud.FraudUseCase;
import dev.anabranch.fraud.simulator.CardSimulation;
import dev.anabranch.lakehouse.Judgement;
import dev.anabranch.learning.Learning;
import dev.anabranch.learning.OnlineLearner;
import dev.anabranch.model.UnusableModelException;
import dev.anabranch.process.Settings;
import dev.anabranch.view.Position;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.storage.StorageLevel;

/**
 * What a change of the fraud process costs, and what the platform makes of it: a town whose fraud changes on a day, a model that
 * stays as it was, and beside it what the platform does, day by day. Each payment is scored by what was live when it was made, and
 * counts; labels come a week later.
 *
 * <p>Features are those of the platform's training set, as known when each payment was made. Trainer, gates, references and
 * thresholds are the platform's own; there is no stream here and no topic.
 */
final class DriftEvaluation {
    /** The first version is trained then; before it, windows of 30 days fill, and four weeks are learnt from. */
    private static final int FIRST_MODEL_DAY = 80;

    private static final int CHANGE_DAY = 110;
    private static final int LAST_DAY = 140;
    private static final LocalDate FIRST_DAY = LocalDate.of(2026, 1, 1);
    private static final Duration DELAY = Duration.ofDays(7);
    private static final long DAY_MILLIS = Duration.ofDays(1).toMillis();

    private final FraudTask task = new FraudTask();
    private final FraudJudge judge = new FraudJudge();
    private final FraudTrainingConfig config;
    private final DriftDetector detector;
    private final DriftEvaluationOptions options;
    private final PrintStream out;
    private final Gates gates;

    DriftEvaluation(FraudTrainingConfig config, DriftEvaluationOptions options, PrintStream out) {
        this.config = config;
        this.detector = new DriftDetector(Settings.readAllOf(DriftConfig.class).toThresholds());
        this.options = options;
        this.out = out;
        this.gates = config.gates().toGates("anabranch.fraud.training.gates", judge, config.seed());
    }

    /**
     * A version with what it was measured on.
     *
     * @param learntTo the payments of the days before this one it may have learnt from online; 0 when it was trained
     */
    private record Version(ModelVersion model, Map<String, ByWeekday> reference, int learntTo) {
        double[] scores(HeldOut rows) {
            try {
                return rows.scores(Wire.bytes(model.getArtifact()));
            } catch (UnusableModelException e) {
                throw new IllegalStateException("A version that was trained here must score", e);
            }
        }
    }

    /** What each day's payments were given: by the first version, and by what was live. */
    private record Scored(HeldOut rows, double[] frozen, double[] live) {}

    /** @return 0 */
    int run() throws IOException {
        CardSimulation.Settings town = new CardSimulation.Settings(
                        options.seed(),
                        "drift",
                        FIRST_DAY,
                        options.customers(),
                        2 * options.customers(),
                        5 * Math.sqrt(5_000.0 / options.customers()))
                .withChangeOn(CHANGE_DAY);
        say(
                "%,d customers over %d days; the first model on day %d, fraud changes on day %d; labels after %d days",
                options.customers(), LAST_DAY, FIRST_MODEL_DAY, CHANGE_DAY, DELAY.toDays());
        try (Workplace place = Workplace.temporary();
                BatchSession session = BatchSession.start(place, "anabranch-evaluate-drift")) {
            long payments = new ReplayedArchive(
                            () -> ReplayedArchive.stream(new CardSimulation(town).days(0, LAST_DAY - 1L)), DELAY)
                    .writeTo(session.lakehouse());
            BatchRun run = run(session);
            Dataset<Row> rows = new TrainingSet<>(task)
                    .of(new RunArchive(run), 0, midnight(LAST_DAY))
                    .sortWithinPartitions(TrainingSet.AT_MILLIS)
                    .persist(StorageLevel.DISK_ONLY());
            say("%,d payments, %,d of them labelled", payments, rows.count());
            report(live(run, rows));
        }
        return 0;
    }

    /** What came of it. */
    private record Story(
            List<Scored> days, Map<Integer, List<DriftFinding>> alerts, Map<Integer, Map<String, Double>> drift) {}

    /** Day by day, from the first model on. */
    private Story live(BatchRun run, Dataset<Row> rows) {
        Map<Integer, HeldOut> days = new TreeMap<>();
        for (int day = FIRST_MODEL_DAY - 14; day < LAST_DAY; day++) {
            days.put(day, HeldOut.of(between(rows, day, day + 1)));
        }
        Version frozen = trained(run, rows, FIRST_MODEL_DAY, Optional.empty()).orElseThrow();
        Version live = frozen;
        Online online = new Online(run);
        Story story = new Story(new ArrayList<>(), new TreeMap<>(), new TreeMap<>());
        List<DriftFinding> before = List.of();
        for (int day = FIRST_MODEL_DAY; day < LAST_DAY; day++) {
            if (day > FIRST_MODEL_DAY && (day - FIRST_MODEL_DAY) % options.retrainDays() == 0) {
                live = trained(run, rows, day, Optional.of(live)).orElse(live);
            }
            int labelled = day - 1 - (int) DELAY.toDays(); // all labels of these payments have come
            if (labelled >= FIRST_MODEL_DAY) { // what was never scored is not learnt from
                live = online.learnt(labelled, days, live).orElse(live);
            }
            HeldOut today = days.get(day);
            story.days().add(new Scored(today, frozen.scores(today), live.scores(today)));
            before = look(days, day + 1, live, before);
            List<DriftFinding> raised =
                    before.stream().filter(DriftFinding::getRaised).toList();
            if (!raised.isEmpty()) {
                story.alerts().put(day, raised);
            }
            Map<String, Double> figures = new TreeMap<>();
            before.forEach(finding -> figures.put(
                    finding.getWindow() + " " + finding.getStatistic() + " " + finding.getSubject(),
                    finding.getValue()));
            story.drift().put(day, figures);
            tell(story, day);
        }
        return story;
    }

    /** At midnight before {@code day}, as a batch run does. */
    private List<DriftFinding> look(Map<Integer, HeldOut> days, int day, Version live, List<DriftFinding> before) {
        ObservedValues observed = new ObservedValues();
        int first = Math.max(FIRST_MODEL_DAY, day - (int) DriftDetector.REACH.toDays());
        for (int asked = first; asked < day; asked++) {
            observe(observed, asked, days.get(asked), live, false);
        }
        for (int known = first; known < day; known++) {
            observe(observed, known, days.get(known - (int) DELAY.toDays()), live, true);
        }
        return detector.look(
                live.reference(),
                observed,
                midnight(day),
                finding -> before.stream()
                        .anyMatch(was -> was.getRaised()
                                && was.getSubject().equals(finding.getSubject())
                                && was.getStatistic().equals(finding.getStatistic())
                                && was.getWindow().equals(finding.getWindow())));
    }

    /** Everything of a day as of its first hour: windows end at midnight here. */
    private void observe(ObservedValues observed, int day, HeldOut rows, Version live, boolean labels) {
        HeldOutReference.of(task.featureNames(), rows, live.scores(rows)).forEach((subject, values) -> {
            if (subject.equals(DriftDetector.LABEL) == labels) {
                observed.add(midnight(day), subject, values.all());
            }
        });
    }

    /** As a batch run trains on the morning of {@code day}; empty when the version may not be live. */
    private Optional<Version> trained(BatchRun run, Dataset<Row> rows, int day, Optional<Version> live) {
        long testTo = midnight(day) - DELAY.toMillis();
        long testFrom = testTo - config.heldOutDays() * DAY_MILLIS;
        long trainTo = testFrom - DELAY.toMillis();
        Periods periods = new Periods(
                Math.max(midnight(0), trainTo - config.days() * DAY_MILLIS), trainTo, testFrom, testTo, DELAY);
        Dataset<Row> training = periods.training(rows).persist(StorageLevel.MEMORY_AND_DISK());
        HeldOut heldOut = periods.heldOut(rows);
        List<Candidate> candidates = new ArrayList<>();
        for (Algorithm algorithm : config.toAlgorithms()) {
            candidates.addAll(Candidate.train(
                    List.of(algorithm), training, task.featureNames().size(), config.seed(), heldOut, judge));
        }
        training.unpersist();
        Candidate best = Candidate.best(candidates, judge);
        Challenger challenger = best.challenger(heldOut);
        HeldOut unseen = live.map(version -> since(heldOut, version.learntTo())).orElse(heldOut);
        Judgement judgement = unseen.rows().size() == heldOut.rows().size()
                ? gates.judge(live.map(Version::model), task.featureNames(), challenger, heldOut)
                : judged(live, best.model().artifact(), unseen);
        ModelVersion version = ModelVersion.newBuilder(VersionRecord.of(
                        run, best, task.featureNames(), task.views(), Map.of(), config.seed(), heldOut))
                .setVersion(day)
                .build();
        say(
                "day %3d  trained %s: average precision %.3f, %s",
                day,
                best.algorithm().name(),
                best.metrics().get(judge.decisive()),
                judgement.passed() ? "live" : "held back: " + judgement.reason());
        return judgement.passed()
                ? Optional.of(
                        new Version(version, HeldOutReference.of(task.featureNames(), heldOut, challenger.scores()), 0))
                : Optional.empty();
    }

    private static HeldOut together(List<HeldOut> parts) {
        return new HeldOut(parts.stream().flatMap(part -> part.rows().stream()).toList());
    }

    private static HeldOut since(HeldOut rows, int day) {
        return new HeldOut(rows.rows().stream()
                .filter(row -> row.atMillis() >= midnight(day))
                .toList());
    }

    /** On what neither has learnt from; where that is too little, what is live stays live. */
    private Judgement judged(Optional<Version> live, byte[] artifact, HeldOut unseen) {
        if (!gates.canTell(unseen)) {
            return Judgement.of("rows", false, "too few payments that the live version has not learnt from: " + unseen);
        }
        try {
            return gates.judge(
                    live.map(Version::model), task.featureNames(), Challenger.of(artifact, unseen, judge), unseen);
        } catch (UnusableModelException e) {
            throw new IllegalStateException("A version that was made here must score", e);
        }
    }

    /** The model that learns as labels arrive, and its newest version that has not been judged yet. */
    private final class Online {
        private final BatchRun run;
        private final Learning learning = new FraudUseCase().learning().orElseThrow();
        private final OnlineLearner learner = new OnlineLearner(learning);
        private Optional<ModelVersion> waiting = Optional.empty();
        private HeldOut unseen = HeldOut.NONE;
        private long examples;

        Online(BatchRun run) {
            this.run = run;
        }

        /**
         * The labels of a day of payments have come: they judge the version that waits, and are learnt from.
         *
         * @return the version that goes live; empty when the live one stays
         */
        Optional<Version> learnt(int day, Map<Integer, HeldOut> days, Version live) {
            HeldOut payments = days.get(day);
            unseen = together(List.of(unseen, payments));
            Optional<Version> better = waiting.filter(version -> gates.canTell(unseen))
                    .filter(version -> beats(version, live))
                    .map(version -> new Version(version, measured(version, days, day), day));
            boolean judged = waiting.isPresent() && gates.canTell(unseen);
            for (HeldOutRow payment : payments.rows()) {
                List<Float> features = new ArrayList<>();
                for (double feature : payment.features()) {
                    features.add((float) feature);
                }
                learner.learn(Position.of(learning.examples().topic(), 0, examples++), features, payment.target() == 1);
            }
            if (waiting.isEmpty() || judged) {
                waiting = Optional.of(
                        ModelVersion.newBuilder(LearntVersions.version(run, task.views(), learning, learner))
                                .setVersion(1_000 + day)
                                .build());
                unseen = HeldOut.NONE;
            }
            return better;
        }

        /** As {@link HeldOutReference} has it: the newest days that are labelled, those that it has learnt from among them. */
        private Map<String, ByWeekday> measured(ModelVersion version, Map<Integer, HeldOut> days, int last) {
            List<HeldOut> measuredOn = new ArrayList<>();
            for (int day = last - config.heldOutDays() + 1; day <= last; day++) {
                measuredOn.add(days.get(day));
            }
            HeldOut all = together(measuredOn);
            return HeldOutReference.of(task.featureNames(), all, new Version(version, Map.of(), 0).scores(all));
        }

        /** As {@link LearntVersions} has it: passed, and shown to be better. */
        private boolean beats(ModelVersion version, Version live) {
            Judgement judgement = judged(Optional.of(live), Wire.bytes(version.getArtifact()), unseen);
            boolean beats = judgement.passed()
                    && judgement.compared() != null
                    && judgement.compared().lower() > 0;
            if (beats) {
                say("         learnt online from %d labels, live: %s", learner.labels(), judgement.reason());
            }
            return beats;
        }
    }

    private void tell(Story story, int day) {
        Scored today = story.days().get(story.days().size() - 1);
        List<DriftFinding> raised = story.alerts().getOrDefault(day, List.of());
        say(
                "day %3d  %5d payments, %3d frauds  average precision %.3f frozen, %.3f live%s",
                day,
                today.rows().rows().size(),
                today.rows().positives(),
                precision(List.of(today), false),
                precision(List.of(today), true),
                raised.isEmpty()
                        ? ""
                        : "  " + raised.size() + " alerts, " + raised.get(0).getWindow() + " "
                                + raised.get(0).getStatistic() + " of "
                                + raised.get(0).getSubject());
    }

    private void report(Story story) throws IOException {
        int change = CHANGE_DAY - FIRST_MODEL_DAY;
        List<Scored> before = story.days().subList(0, change);
        List<Scored> after = story.days().subList(change, story.days().size());
        long falseAlarms =
                story.alerts().keySet().stream().filter(day -> day < CHANGE_DAY).count();
        Optional<Integer> first = story.alerts().keySet().stream()
                .filter(day -> day >= CHANGE_DAY)
                .findFirst();
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("seed", options.seed());
        figures.put("customers", options.customers());
        figures.put(
                "average_precision_before",
                Map.of("frozen", precision(before, false), "live", precision(before, true)));
        figures.put(
                "average_precision_after", Map.of("frozen", precision(after, false), "live", precision(after, true)));
        figures.put("ratio_after", precision(after, true) / precision(after, false));
        figures.put("days_with_alerts_before", falseAlarms);
        figures.put("drift_by_day", story.drift());
        figures.put(
                "days_from_change_to_alert",
                first.map(day -> day + 1 - CHANGE_DAY).orElse(null));
        say("");
        say(
                "the month before: average precision %.3f frozen, %.3f live; alerts on %d of %d days",
                precision(before, false), precision(before, true), falseAlarms, before.size());
        say(
                "the month after:  average precision %.3f frozen, %.3f live, %.2f times; %s",
                precision(after, false),
                precision(after, true),
                precision(after, true) / precision(after, false),
                first.map(day -> "alerted " + (day + 1 - CHANGE_DAY) + " days after the change")
                        .orElse("no alert"));
        if (options.report().isPresent()) {
            new ObjectMapper()
                    .writerWithDefaultPrettyPrinter()
                    .writeValue(options.report().get().toFile(), figures);
        }
    }

    /** Of all payments of these days together, each by the score it was given then. */
    private static double precision(List<Scored> days, boolean live) {
        int size = days.stream().mapToInt(day -> day.rows().rows().size()).sum();
        double[] targets = new double[size];
        double[] scores = new double[size];
        int at = 0;
        for (Scored day : days) {
            double[] given = live ? day.live() : day.frozen();
            System.arraycopy(day.rows().targets(), 0, targets, at, given.length);
            System.arraycopy(given, 0, scores, at, given.length);
            at += given.length;
        }
        return Ranking.averagePrecision(targets, scores);
    }

    private static Dataset<Row> between(Dataset<Row> rows, int from, int to) {
        return rows.where(col(TrainingSet.AT_MILLIS)
                .geq(midnight(from))
                .and(col(TrainingSet.AT_MILLIS).lt(midnight(to))));
    }

    private static long midnight(int day) {
        return FIRST_DAY.plusDays(day).atStartOfDay(ZoneOffset.UTC).toInstant().toEpochMilli();
    }

    private static BatchRun run(BatchSession session) {
        FraudUseCase useCase = new FraudUseCase();
        ArchiveState state = ArchiveState.of(session.lakehouse(), useCase);
        return new BatchRun(
                "evaluation", useCase, session, state.cut(), state.snapshots(), Clock.systemUTC(), stage -> {});
    }

    private void say(String format, Object... values) {
        out.printf(Locale.ROOT, format + "%n", values);
        out.flush();
    }
}
