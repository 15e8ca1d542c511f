package dev.anabranch.batch;

import dev.anabranch.batch.experiment.ArmResults;
import dev.anabranch.batch.experiment.JudgedPredictions;
import java.util.List;
import java.util.Optional;

/**
 * Trains the models of one use case. Listed in {@code META-INF/services/dev.anabranch.batch.Trainer}; called in every
 * batch run once the generations of the use case's views are published.
 */
public interface Trainer {
    String useCase();

    /** The models it trains, those first without which others do not answer. */
    default List<String> models() {
        return List.of(useCase());
    }

    /**
     * Trains, registers and publishes what it thinks fit, from the run's snapshots before the run's cut. Returns without
     * a model when the archive does not hold enough to train on, or nothing that the newest version has not learnt from, and
     * names the reason in a stage of the run.
     */
    void train(BatchRun run);

    /** How it is told what the arms of an experiment came to, where that is not by {@link JudgedPredictions}. */
    default Optional<ArmResults> armResults() {
        return Optional.empty();
    }
}
