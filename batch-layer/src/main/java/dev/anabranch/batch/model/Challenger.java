package dev.anabranch.batch.model;

import dev.anabranch.model.UnusableModelException;
import java.util.Map;

/**
 * A version that is to be judged, as it did on the held-out rows.
 *
 * @param scores  one for each row, of the artifact
 * @param metrics what they measure, by name
 */
public record Challenger(double[] scores, Map<String, Double> metrics) {
    /** @throws UnusableModelException when the artifact is no model, or says something that is no number */
    public static Challenger of(byte[] artifact, HeldOut heldOut, Judge judge) throws UnusableModelException {
        double[] scores = heldOut.scores(artifact);
        return new Challenger(scores, judge.measure(heldOut, scores));
    }
}
