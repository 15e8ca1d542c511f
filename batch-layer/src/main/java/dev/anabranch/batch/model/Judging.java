package dev.anabranch.batch.model;

import dev.anabranch.batch.BatchRun;
import dev.anabranch.batch.drift.HeldOutReference;
import dev.anabranch.contract.ModelVersion;
import dev.anabranch.contract.Wire;
import dev.anabranch.lakehouse.Judgement;
import dev.anabranch.lakehouse.ModelJudgements;
import dev.anabranch.model.UnusableModelException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What is found about a version that is registered already, when it faces its gates. */
final class Judging {
    private Judging() {}

    /**
     * @param heldOut what it has not learnt from, as far as that is known
     * @param all     the held-out rows, those that it has learnt from among them
     */
    static ModelJudgements.Found of(
            BatchRun run,
            Gates gates,
            Optional<ModelVersion> live,
            List<String> features,
            ModelVersion version,
            HeldOut heldOut,
            HeldOut all) {
        Map<String, Double> metrics = Map.of();
        Judgement judgement;
        if (!version.getFeatures().equals(features)) {
            judgement = Judgement.of(
                    "features", false, "it takes " + version.getFeatures() + ", and the use case supplies " + features);
        } else {
            try {
                Challenger challenger = Challenger.of(Wire.bytes(version.getArtifact()), heldOut, gates.judge());
                metrics = challenger.metrics();
                HeldOutReference.keep(run, version, all);
                judgement = gates.judge(live, features, challenger, heldOut);
            } catch (UnusableModelException e) {
                judgement = Judgement.of("answers", false, "it does not answer what is asked of it: " + e.getMessage());
            }
        }
        return new ModelJudgements.Found(
                version.getName(),
                version.getVersion(),
                metrics,
                judgement,
                "batch run " + run.id(),
                run.clock().millis());
    }
}
