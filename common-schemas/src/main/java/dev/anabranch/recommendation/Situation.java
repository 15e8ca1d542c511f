package dev.anabranch.recommendation;

import dev.anabranch.vectors.FoldIn;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What is known about one question: who asks, what trends, and which items come into consideration.
 *
 * @param history    what the user did
 * @param strengths  of the items of the history, as the user's vector is made of them
 * @param folded     the user's vector; empty when there is no model, or no item of the history is in it
 * @param trending   what trends everywhere, decayed interactions by item
 * @param neighbours what is read by those who read what the user read, by item
 * @param candidates the items that come into consideration
 */
public record Situation(
        History history,
        Map<String, Double> strengths,
        Optional<FoldIn.Folded> folded,
        Map<String, Double> trending,
        Map<String, Double> neighbours,
        List<Candidate> candidates) {
    /** The features of the candidates, in their order. */
    public double[][] features() {
        return candidates.stream().map(Candidate::features).toArray(double[][]::new);
    }

    /**
     * An item that comes into consideration.
     *
     * @param features one for each of {@link CandidateFeatures#NAMES}
     * @param state    what it is
     */
    public record Candidate(String itemId, double[] features, ItemState state) {}
}
