package dev.anabranch.batch.experiment;

import dev.anabranch.batch.BatchRun;
import dev.anabranch.contract.Experiment;
import dev.anabranch.experiment.ArmResult;
import dev.anabranch.lakehouse.ExperimentResults;
import dev.anabranch.lakehouse.ExperimentResults.Found;
import java.util.List;
import java.util.Optional;

/**
 * The part of a run that looks at the experiment with a model, if there is one, and keeps what its arms came to.
 *
 * <p>It reads the tables as they stood at the run's snapshots and, unlike what makes views, up to their end: the cut is of
 * whole blocks of a partition, and an arm with a small share might not fill one in all its time.
 */
public final class ExperimentStage {
    private final ArmResults results;

    public ExperimentStage(ArmResults results) {
        this.results = results;
    }

    /** @param running the experiment, if there is one */
    public void run(BatchRun run, Optional<Experiment> running) {
        running.ifPresent(experiment -> run.stage(
                "look at experiment " + experiment.getNumber() + " with " + experiment.getModel(),
                () -> look(run, experiment)));
    }

    /** @return how many answers something came of, or may still */
    private long look(BatchRun run, Experiment experiment) {
        List<ArmResult> arms = results.of(run, experiment);
        new ExperimentResults(run.session().lakehouse())
                .add(new Found(
                        experiment.getModel(),
                        experiment.getNumber(),
                        experiment.getPhase(),
                        arms,
                        run.id(),
                        run.startedMillis()));
        String any = arms.get(0).metric();
        return arms.stream()
                .filter(arm -> !arm.paired() && arm.metric().equals(any))
                .mapToLong(arm -> arm.sums().predictions())
                .sum();
    }
}
