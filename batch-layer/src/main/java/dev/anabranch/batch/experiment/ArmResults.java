package dev.anabranch.batch.experiment;

import dev.anabranch.batch.BatchRun;
import dev.anabranch.contract.Experiment;
import dev.anabranch.experiment.ArmResult;
import java.util.List;

/** Says what the arms of an experiment have come to, from the archive at the snapshots of a run. */
public interface ArmResults {
    /** By each loss, all arms of the phase that the experiment is in, those that nobody has met yet too. */
    List<ArmResult> of(BatchRun run, Experiment experiment);
}
