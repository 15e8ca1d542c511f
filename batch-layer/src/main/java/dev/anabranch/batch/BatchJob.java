package dev.anabranch.batch;

import dev.anabranch.batch.archive.ArchiveMaintenance;
import dev.anabranch.batch.drift.DriftConfig;
import dev.anabranch.batch.drift.DriftStage;
import dev.anabranch.batch.experiment.ArmResults;
import dev.anabranch.batch.experiment.ExperimentStage;
import dev.anabranch.batch.model.ModelRelease;
import dev.anabranch.batch.view.Views;
import dev.anabranch.lakehouse.DriftReports;
import dev.anabranch.lakehouse.ExperimentResults;
import dev.anabranch.lakehouse.Experiments;
import dev.anabranch.lakehouse.Lakehouse;
import dev.anabranch.lakehouse.ModelReferences;
import dev.anabranch.lakehouse.ModelRegistry;
import dev.anabranch.lakehouse.PredictionProfiles;
import dev.anabranch.lakehouse.RunHistory;
import dev.anabranch.process.Settings;
import dev.anabranch.usecase.UseCase;
import dev.anabranch.view.View;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.TableIdentifier;

/**
 * A run, start to finish: the archive is looked at once, every view is brought up to what it holds and published, the other
 * layers are told what is to be live where they do not know, what the live model sees is set beside what it was measured on,
 * models are trained on the same state, the experiment that runs is looked at, and the archive is kept quick to read. What follows
 * the views does not need what stands before it: a step that fails fails the run, and keeps no other from its turn. Run
 * again, it does what is left to do and nothing twice.
 */
public final class BatchJob {
    /** Every run adds a small file to each of them, as the archiver does to its own. */
    private static final List<TableIdentifier> TABLES_OF_RUNS = List.of(
            PredictionProfiles.IDENTIFIER,
            ModelReferences.IDENTIFIER,
            DriftReports.IDENTIFIER,
            ExperimentResults.IDENTIFIER,
            RunHistory.IDENTIFIER);

    private final BatchSession session;
    private final UseCase useCase;
    private final List<Trainer> trainers;
    private final boolean viewsOnly;
    private final Optional<ArmResults> armResults;
    private final Clock clock;
    private final BatchRun.Watcher watcher;

    /**
     * @param trainers   those of the use case
     * @param viewsOnly  whether none of them is to train
     * @param armResults how experiments with its model are looked at; empty for a model whose answers are not judged
     */
    public BatchJob(
            BatchSession session,
            UseCase useCase,
            List<Trainer> trainers,
            boolean viewsOnly,
            Optional<ArmResults> armResults,
            Clock clock,
            BatchRun.Watcher watcher) {
        this.session = session;
        this.useCase = useCase;
        this.trainers = trainers;
        this.viewsOnly = viewsOnly;
        this.armResults = armResults;
        this.clock = clock;
        this.watcher = watcher;
    }

    /**
     * @param full    whether views start again from the first event
     * @param trigger who asked for it: schedule or command
     */
    public BatchRun run(boolean full, String trigger) {
        return run(full, trigger, Optional.empty());
    }

    /**
     * @param asOf the snapshot or the moment the archive is read as of: models are trained, views and archive stay as they
     *     are, for others have been told of newer ones
     * @throws IllegalArgumentException when there is nothing to read as of that
     */
    public BatchRun run(boolean full, String trigger, Optional<String> asOf) {
        Lakehouse lakehouse = session.lakehouse();
        ArchiveState archive = asOf.map(then -> ArchiveState.asOf(lakehouse, useCase, then, clock.instant()))
                .orElseGet(() -> ArchiveState.of(lakehouse, useCase));
        BatchRun run = new BatchRun(
                UUID.randomUUID().toString(),
                useCase,
                session,
                archive.cut(),
                archive.snapshots(),
                asOf,
                clock,
                watcher);
        RunHistory history = new RunHistory(session.lakehouse());
        try {
            if (asOf.isPresent()) {
                run.stage("views stay as they are: the archive is read as of " + asOf.get(), () -> 0);
                inTurn(training(run));
            } else {
                DriftStage drift = new DriftStage(run, Settings.readAllOf(DriftConfig.class));
                Views views = new Views(run);
                for (View<?> view : useCase.views()) {
                    views.bringUpToDate(view, full);
                }
                List<Runnable> steps = new ArrayList<>(telling(run));
                steps.add(() -> drift.run(!viewsOnly && !trainers.isEmpty()));
                if (!viewsOnly) {
                    steps.addAll(training(run));
                }
                steps.add(() -> lookAtExperiment(run));
                steps.add(() -> run.stage("maintenance", () -> maintain(run)));
                inTurn(steps);
            }
        } catch (RuntimeException e) {
            try {
                history.record(recorded(run, trigger, full, e));
            } catch (RuntimeException unrecorded) {
                e.addSuppressed(unrecorded); // what failed first is what there is to know
            }
            throw e;
        }
        history.record(recorded(run, trigger, full, null));
        return run;
    }

    /**
     * That models are live waits for the views, which they answer from, and not for training, which takes longer: after a log was
     * lost nothing else tells the other layers.
     */
    private List<Runnable> telling(BatchRun run) {
        return trainers.stream()
                .flatMap(trainer -> trainer.models().stream())
                .distinct()
                .<Runnable>map(model -> () -> run.stage(
                        "live version of " + model,
                        () -> new ModelRelease(run, model).tell().isPresent() ? 1 : 0))
                .toList();
    }

    private List<Runnable> training(BatchRun run) {
        return trainers.stream()
                .<Runnable>map(trainer -> () -> trainer.train(run))
                .toList();
    }

    /** None of them needs those before it, so each gets its turn; what failed first is thrown after the last. */
    private static void inTurn(List<Runnable> steps) {
        RuntimeException failed = null;
        for (Runnable step : steps) {
            try {
                step.run();
            } catch (RuntimeException e) {
                if (failed == null) {
                    failed = e;
                } else {
                    failed.addSuppressed(e);
                }
            }
        }
        if (failed != null) {
            throw failed;
        }
    }

    private void lookAtExperiment(BatchRun run) {
        armResults.ifPresent(results ->
                new ExperimentStage(results).run(run, new Experiments(session.lakehouse()).running(useCase.name())));
    }

    /** @param error null when it succeeded */
    private RunHistory.Run recorded(BatchRun run, String trigger, boolean full, RuntimeException error) {
        Map<String, Long> cut = new TreeMap<>();
        run.cut().origins().forEach((origin, offset) -> cut.put(origin.toString(), offset));
        return new RunHistory.Run(
                run.id(),
                useCase.name(),
                trigger,
                full,
                run.startedMillis(),
                clock.millis(),
                error == null ? RunHistory.SUCCEEDED : RunHistory.FAILED,
                error == null ? null : error.toString(),
                run.snapshots(),
                cut,
                run.stages().stream()
                        .map(stage -> new RunHistory.Stage(
                                stage.name(), stage.startedMillis(), stage.tookMillis(), stage.rows()))
                        .toList());
    }

    /** @return how many files of the archive were made into fewer */
    private long maintain(BatchRun run) {
        Lakehouse lakehouse = session.lakehouse();
        ArchiveMaintenance maintenance = new ArchiveMaintenance(
                session.spark(), session.config().maintenance(), new ModelRegistry(lakehouse).trainedOn());
        List<String> names = new ArrayList<>(run.snapshots().keySet());
        TABLES_OF_RUNS.forEach(table -> names.add(table.toString()));
        long files = 0;
        for (String name : names) {
            Optional<Table> table = lakehouse.find(TableIdentifier.parse(name));
            if (table.isPresent()) {
                files += maintenance.maintain(name, table.get(), clock.instant());
            }
        }
        return files;
    }
}
