package dev.anabranch.batch.model;

import dev.anabranch.contract.ModelVersion;
import dev.anabranch.contract.Wire;
import dev.anabranch.model.UnusableModelException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Whether a new version may replace the live one: not when it is clearly worse on the same rows, which neither has learnt
 * from.
 *
 * @param judge     says by which metric
 * @param tolerance how much worse is not clearly worse, in units of the metric
 */
public record Gate(Judge judge, double tolerance) {
    /**
     * @param passed whether the new version may go live
     * @param reason why, in words
     */
    public record Verdict(boolean passed, String reason) {}

    /**
     * @param live     the version that is live now, if any
     * @param features what the new version takes
     */
    public Verdict judge(Optional<ModelVersion> live, List<String> features, Candidate candidate, HeldOut heldOut) {
        if (live.isEmpty()) {
            return new Verdict(true, "no version was live");
        }
        ModelVersion before = live.get();
        if (!before.getFeatures().equals(features)) {
            return new Verdict(
                    true,
                    "version " + before.getVersion() + " takes other features and cannot answer the same questions");
        }
        double now = candidate.metrics().get(judge.decisive());
        double then;
        try {
            double[] scores = heldOut.scores(Wire.bytes(before.getArtifact()));
            then = judge.measure(heldOut, scores).get(judge.decisive());
        } catch (UnusableModelException e) {
            return new Verdict(true, "version " + before.getVersion() + " cannot be loaded: " + e.getMessage());
        }
        boolean passed = now >= then - tolerance;
        return new Verdict(
                passed,
                String.format(
                        Locale.ROOT,
                        "%s %.4f %s that of version %d on the same rows, %.4f, less %.4f",
                        judge.decisive(),
                        now,
                        passed ? "reaches" : "is below",
                        before.getVersion(),
                        then,
                        tolerance));
    }
}
