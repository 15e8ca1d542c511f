package dev.anabranch.fraud.batch;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.anabranch.batch.ArchiveState;
import dev.anabranch.batch.BatchRun;
import dev.anabranch.batch.BatchSession;
import dev.anabranch.batch.Evaluation;
import dev.anabranch.batch.Workplace;
import dev.anabranch.batch.model.Algorithm;
import dev.anabranch.batch.model.Candidate;
import dev.anabranch.batch.model.HeldOut;
import dev.anabranch.batch.training.RunArchive;
import dev.anabranch.batch.training.TrainingSet;
import dev.anabranch.batch.view.ViewAdvance;
import dev.anabranch.fraud.FraudUseCase;
import dev.anabranch.fraud.simulator.CardTransactionFiles;
import dev.anabranch.process.Settings;
import dev.anabranch.simulator.BrokenFileException;
import dev.anabranch.view.View;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.storage.StorageLevel;

/**
 * The public benchmark: files of labelled transactions become an archive of their own, the platform's views and training
 * set are made from it, and models are trained and tested by the published protocol.
 *
 * <p>The model is chosen on validation weeks that lie before every test week, and then trained again for each test; test
 * rows are touched once, to be scored.
 */
public final class FraudEvaluation implements Evaluation {
    private static final long DAY_MILLIS = Duration.ofDays(1).toMillis();
    private static final long FOR_EVER = Instant.parse("3000-01-01T00:00:00Z").toEpochMilli();

    private final FraudTask task = new FraudTask();
    private final FraudJudge judge = new FraudJudge();
    private final FraudTrainingConfig config;
    private final PrintStream out;

    public FraudEvaluation() {
        this(Settings.readAllOf(FraudTrainingConfig.class), System.out);
    }

    FraudEvaluation(FraudTrainingConfig config, PrintStream out) {
        this.config = config;
        this.out = out;
    }

    @Override
    public String useCase() {
        return FraudUseCase.NAME;
    }

    @Override
    public int run(List<String> arguments) {
        if (arguments.isEmpty() || arguments.contains("--help")) {
            out.println(EvaluationOptions.USAGE);
            out.println(DriftEvaluationOptions.USAGE);
            return arguments.isEmpty() ? 2 : 0;
        }
        if (arguments.get(0).equals(DriftEvaluationOptions.FLAG)) {
            DriftEvaluationOptions options = DriftEvaluationOptions.parse(arguments);
            try {
                return new DriftEvaluation(config, options, out).run();
            } catch (IOException e) {
                System.err.println(e.getMessage());
                return 1;
            }
        }
        EvaluationOptions options = EvaluationOptions.parse(arguments);
        try (Workplace place = Workplace.temporary()) {
            return evaluate(options, place);
        } catch (BrokenFileException e) {
            System.err.println(e.getMessage());
            return 1;
        } catch (IOException e) {
            System.err.println(e.getMessage());
            return 1;
        }
    }

    private int evaluate(EvaluationOptions options, Workplace place) throws IOException {
        requireCovered(options);
        long started = System.nanoTime();
        try (BatchSession session = BatchSession.start(place, "anabranch-evaluate-fraud")) {
            double start = seconds(started);
            double startCpu = ProcessFigures.cpuSeconds();
            long mark = System.nanoTime();
            long transactions = new ReplayedArchive(options.data(), options.delay()).writeTo(session.lakehouse());
            double archive = seconds(mark);
            double archiveCpu = ProcessFigures.cpuSeconds() - startCpu;
            say(
                    "%,d transactions and as many labels archived in %.1f s (%.1f s of CPU)",
                    transactions, archive, archiveCpu);

            BatchRun run = run(session);
            mark = System.nanoTime();
            for (View<?> view : task.views()) {
                new ViewAdvance<>(run, view).advance(Optional.empty(), true);
            }
            double views = seconds(mark);
            mark = System.nanoTime();
            Dataset<Row> rows = new TrainingSet<>(task)
                    .of(new RunArchive(run), 0, FOR_EVER)
                    .sortWithinPartitions(TrainingSet.AT_MILLIS) // so that a period is found without reading the rest
                    .persist(StorageLevel.DISK_ONLY()); // read once a period; memory is for training
            long count = rows.count();
            double trainingSet = seconds(mark);
            say(
                    "views and training set over %,d labelled transactions in %.1f s (Spark start %.1f, views %.1f,"
                            + " training set %.1f; %.1f s of CPU); with the archive %.1f s",
                    count,
                    start + views + trainingSet,
                    start,
                    views,
                    trainingSet,
                    ProcessFigures.cpuSeconds() - archiveCpu,
                    start + archive + views + trainingSet);
            ProcessFigures.peakMebibytes().ifPresent(peak -> say("peak memory up to here %,d MiB", peak));
            report(options, judge(options, rows));
            ProcessFigures.peakMebibytes().ifPresent(peak -> say("peak memory of this process %,d MiB", peak));
        }
        return 0;
    }

    private BatchRun run(BatchSession session) {
        FraudUseCase useCase = new FraudUseCase();
        ArchiveState state = ArchiveState.of(session.lakehouse(), useCase);
        return new BatchRun(
                "evaluation", useCase, session, state.cut(), state.snapshots(), Clock.systemUTC(), stage -> {});
    }

    /** What was measured: the figures of each model, and which was chosen before. */
    private record Figures(Map<String, Map<String, Double>> tests, String chosen) {}

    private Figures judge(EvaluationOptions options, Dataset<Row> rows) {
        List<Algorithm> algorithms = config.toAlgorithms();
        Map<String, Map<String, Double>> validated =
                mean("validation", options.validations(), algorithms, config.seed(), rows);
        String chosen = algorithms.stream()
                .map(Algorithm::name)
                .max(Comparator.comparingDouble(name -> validated.get(name).get(judge.decisive())))
                .orElseThrow();
        say("chosen on validation: %s", chosen);
        return new Figures(mean("test", options.tests(), algorithms, config.seed(), rows), chosen);
    }

    private Map<String, Map<String, Double>> mean(
            String what, List<Periods> periods, List<Algorithm> algorithms, long seed, Dataset<Row> rows) {
        Map<String, Map<String, Double>> sums = new LinkedHashMap<>();
        for (Periods each : periods) {
            Dataset<Row> training = each.training(rows).persist(StorageLevel.MEMORY_AND_DISK());
            HeldOut heldOut = each.heldOut(rows);
            say("%s: learns from %s, measured on %s (%s)", what, each.training(), each.test(), heldOut);
            for (Candidate candidate :
                    Candidate.train(algorithms, training, task.featureNames().size(), seed, heldOut, judge)) {
                String name = candidate.algorithm().name();
                line(name, candidate.metrics());
                Map<String, Double> sum = sums.computeIfAbsent(name, n -> new LinkedHashMap<>());
                candidate.metrics().forEach((metric, value) -> sum.merge(metric, value / periods.size(), Double::sum));
            }
            training.unpersist();
        }
        return sums;
    }

    private void report(EvaluationOptions options, Figures figures) throws IOException {
        say("");
        say("%-40s %7s %7s %7s", "", "AUC", "AP", "CP@100");
        figures.tests.forEach(
                (name, metrics) -> line(name.equals(figures.chosen) ? name + " (chosen)" : name, metrics));
        boolean oneWeek = options.folds() == 1;
        for (PublishedFigures published : oneWeek ? PublishedFigures.ONE_WEEK : PublishedFigures.FOUR_WEEKS) {
            say(
                    "%-40s %7.3f %7.3f %7.3f",
                    published.model() + (oneWeek ? " (published)" : " (published, tuned)"),
                    published.auc(),
                    published.averagePrecision(),
                    published.cardPrecision());
        }
        if (options.report().isPresent()) {
            Map<String, Object> json = new LinkedHashMap<>(figures.tests);
            json.put("chosen", figures.chosen);
            new ObjectMapper()
                    .writerWithDefaultPrettyPrinter()
                    .writeValue(options.report().get().toFile(), json);
        }
    }

    private void line(String name, Map<String, Double> metrics) {
        say(
                "%-40s %7.3f %7.3f %7.3f",
                name,
                metrics.get(FraudJudge.AUC),
                metrics.get(FraudJudge.AVERAGE_PRECISION),
                metrics.get(FraudJudge.CARD_PRECISION_100));
    }

    /** Before anything else is done: to say so after minutes would be no kindness. */
    private static void requireCovered(EvaluationOptions options) throws IOException {
        long first;
        try (CardTransactionFiles files = CardTransactionFiles.open(options.data())) {
            first = files.hasNext() ? files.next().transaction().getEventTimeMillis() : Long.MAX_VALUE;
        }
        long last = CardTransactionFiles.lastTimeMillis(options.data()).orElse(Long.MIN_VALUE);
        List<Periods> all = new ArrayList<>(options.validations());
        all.addAll(options.tests());
        for (Periods each : all) {
            if (each.trainFrom() < first - DAY_MILLIS || each.testFrom() > last) {
                throw new IllegalArgumentException(
                        "The data must cover " + each.training() + " and " + each.test() + ", got "
                                + (first > last
                                        ? "nothing"
                                        : Instant.ofEpochMilli(first) + " to " + Instant.ofEpochMilli(last)));
            }
        }
    }

    private void say(String format, Object... values) {
        out.printf(Locale.ROOT, format + "%n", values);
        out.flush();
    }

    private static double seconds(long sinceNanos) {
        return (System.nanoTime() - sinceNanos) / 1e9;
    }
}
