package dev.anabranch.batch;

import dev.anabranch.batch.archive.ArchiveAudit;
import dev.anabranch.batch.experiment.ArmResults;
import dev.anabranch.batch.experiment.JudgedPredictions;
import dev.anabranch.batch.training.SkewReport;
import dev.anabranch.batch.view.OvertakenException;
import dev.anabranch.contract.Topics;
import dev.anabranch.lakehouse.Lakehouse;
import dev.anabranch.lakehouse.RunHistory;
import dev.anabranch.process.Settings;
import dev.anabranch.simulator.Progress;
import dev.anabranch.usecase.UseCase;
import dev.anabranch.usecase.UseCases;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One run of the batch layer, or one evaluation, as a process of its own. */
public final class BatchMain {
    private static final Logger LOG = LoggerFactory.getLogger(BatchMain.class);

    /** Among so many runs one will have done all it was to do. */
    private static final int RECENT = 20;

    private static final String USAGE = """
            usage: BatchMain run <use case> [--full] [--views-only] [--as-of SNAPSHOT|MOMENT] [--trigger schedule|command]
                   BatchMain evaluate <use case> [...]
                   BatchMain skew <use case> [--report FILE]
                   BatchMain audit <use case> FILE
              --full        makes the views again from the first event, instead of from what is new
              --views-only  trains nothing
              --as-of       trains on the archive as it was; views stay as they are, and no version goes live by itself""";

    private BatchMain() {}

    public static void main(String[] arguments) {
        int exit;
        try {
            exit = run(List.of(arguments));
        } catch (Brokers.UnreachableException
                | Lakehouse.UnusableException
                | RunLock.HeldException
                | OvertakenException
                | IllegalArgumentException e) {
            System.err.println(e.getMessage());
            exit = 1;
        } catch (InterruptedException e) {
            exit = 1;
        } catch (RuntimeException | Error e) { // Spark's threads would keep the process, and the lock with it
            String what = "BatchMain " + String.join(" ", arguments);
            Path stateDir = Settings.read(PlatformConfig.class).stateDir();
            System.err.println(new UnforeseenFailure(what, e).record(stateDir, Instant.now()));
            exit = 1;
        }
        System.exit(exit); // Spark leaves threads behind
    }

    private static int run(List<String> arguments) throws InterruptedException {
        if (arguments.size() >= 2 && arguments.get(0).equals("run")) {
            Options options = Options.parse(arguments.subList(2, arguments.size()));
            batch(useCase(arguments.get(1)), options);
            return 0;
        }
        if (arguments.size() >= 2 && arguments.get(0).equals("evaluate")) {
            return evaluation(arguments.get(1)).run(arguments.subList(2, arguments.size()));
        }
        if (arguments.size() >= 2 && arguments.get(0).equals("skew")) {
            SkewReport report = SkewReport.of(arguments.subList(2, arguments.size()));
            report.run(useCase(arguments.get(1)));
            return 0;
        }
        if (arguments.size() == 3 && arguments.get(0).equals("audit")) {
            try (Lakehouse lakehouse =
                    Lakehouse.open(Settings.read(PlatformConfig.class).catalog())) {
                new ArchiveAudit(lakehouse).write(useCase(arguments.get(1)), Path.of(arguments.get(2)));
            }
            return 0;
        }
        System.err.println(USAGE);
        return arguments.contains("--help") ? 0 : 2;
    }

    /** What may follow {@code run <use case>}. */
    private record Options(boolean full, boolean viewsOnly, Optional<String> asOf, String trigger) {
        static Options parse(List<String> given) {
            boolean full = false;
            boolean viewsOnly = false;
            Optional<String> asOf = Optional.empty();
            String trigger = "command";
            for (int i = 0; i < given.size(); i++) {
                if (given.get(i).equals("--full")) {
                    full = true;
                } else if (given.get(i).equals("--views-only")) {
                    viewsOnly = true;
                } else if (given.get(i).equals("--as-of") && i + 1 < given.size()) {
                    asOf = Optional.of(given.get(++i));
                } else if (given.get(i).equals("--trigger") && i + 1 < given.size()) {
                    trigger = given.get(++i);
                } else {
                    throw new IllegalArgumentException("Unknown option '" + given.get(i) + "'\n" + USAGE);
                }
            }
            if (asOf.isPresent() && (full || viewsOnly)) {
                throw new IllegalArgumentException("--as-of must stand without " + (full ? "--full" : "--views-only")
                        + ": views stay as they are, and models are trained on what was");
            }
            return new Options(full, viewsOnly, asOf, trigger);
        }
    }

    private static void batch(UseCase useCase, Options options) throws InterruptedException {
        PlatformConfig config = Settings.read(PlatformConfig.class);
        Clock clock = Clock.systemUTC();
        try (RunLock held = RunLock.take(config.stateDir(), useCase.name(), clock.instant())) {
            Brokers.await(
                    config.kafka().bootstrapServers(),
                    topics(useCase),
                    config.kafka().startWait());
            say("starting Spark");
            try (RunLease lease = config.batch().lease() // a resource may be null
                            ? RunLease.take(config.kafka().bootstrapServers(), useCase.name(), clock.instant())
                            : null;
                    BatchSession session = BatchSession.start(config, "anabranch-" + useCase.name())) {
                List<Trainer> trainers = trainers(useCase);
                BatchRun run;
                try (Watched watched = Watched.of(session, useCase, clock)) {
                    BatchJob job = new BatchJob(
                            session,
                            useCase,
                            trainers,
                            options.viewsOnly(),
                            armResults(useCase, trainers),
                            clock,
                            watched.watcher());
                    run = job.run(options.full(), options.trigger(), options.asOf());
                }
                say("done in " + seconds(clock.millis() - run.startedMillis()));
            }
        }
    }

    /** A bar to a person who watches, else lines in the log. */
    private record Watched(BatchRun.Watcher watcher, Optional<RunProgress> drawn) implements AutoCloseable {
        static Watched of(BatchSession session, UseCase useCase, Clock clock) {
            if (!Progress.hasTerminal()) {
                return new Watched(stage -> LOG.info("{}", stage.told()), Optional.empty());
            }
            List<RunHistory.Stage> last = new RunHistory(session.lakehouse())
                    .newest(Optional.of(useCase.name()), RECENT).stream()
                            .filter(run -> run.outcome().equals(RunHistory.SUCCEEDED))
                            .findFirst()
                            .map(RunHistory.Run::stages)
                            .orElse(List.of());
            RunProgress progress = new RunProgress(System.out, clock, last);
            return new Watched(progress, Optional.of(progress));
        }

        @Override
        public void close() {
            drawn.ifPresent(RunProgress::close);
        }
    }

    private static List<String> topics(UseCase useCase) {
        List<String> topics = new ArrayList<>(
                List.of(Topics.GENERATIONS, Topics.MODELS, Topics.ARTIFACTS, Topics.DRIFT, Topics.ALERTS));
        useCase.views().forEach(view -> topics.add(Topics.batchView(view.name())));
        return topics;
    }

    private static List<Trainer> trainers(UseCase useCase) {
        return ServiceLoader.load(Trainer.class).stream()
                .map(BatchMain::made)
                .filter(trainer -> trainer.useCase().equals(useCase.name()))
                .toList();
    }

    private static Optional<ArmResults> armResults(UseCase useCase, List<Trainer> trainers) {
        return trainers.stream()
                .map(Trainer::armResults)
                .flatMap(Optional::stream)
                .findFirst()
                .or(() -> useCase.question().map(question -> new JudgedPredictions(question.subjectField())));
    }

    /** What is wrong with its settings is told as it is, and not as a failure of whoever makes it. */
    private static <T> T made(ServiceLoader.Provider<T> provider) {
        try {
            return provider.get();
        } catch (ServiceConfigurationError e) {
            if (e.getCause() instanceof IllegalArgumentException settings) {
                throw settings;
            }
            throw e;
        }
    }

    private static UseCase useCase(String name) {
        return UseCases.named(name)
                .orElseThrow(() -> unknown(
                        "Use case",
                        name,
                        UseCases.all().stream().map(UseCase::name).toList()));
    }

    private static Evaluation evaluation(String name) {
        List<Evaluation> all = ServiceLoader.load(Evaluation.class).stream()
                .map(BatchMain::made)
                .toList();
        return all.stream()
                .filter(evaluation -> evaluation.useCase().equals(name))
                .findFirst()
                .orElseThrow(() -> unknown(
                        "Use case with an evaluation",
                        name,
                        all.stream().map(Evaluation::useCase).toList()));
    }

    private static IllegalArgumentException unknown(String what, String name, List<String> known) {
        return new IllegalArgumentException(what + " must be one of " + known + ", got '" + name + "'");
    }

    /** To a person who watches in plain words, else to the log. */
    private static void say(String line) {
        if (Progress.hasTerminal()) {
            System.out.println(line);
        } else {
            LOG.info("{}", line);
        }
    }

    private static String seconds(long millis) {
        return String.format(Locale.ROOT, "%.1f s", millis / 1_000.0);
    }
}
