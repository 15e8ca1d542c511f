package dev.anabranch.batch.model;

import dev.anabranch.model.UnusableModelException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * A model that was trained and measured.
 *
 * @param metrics what it scored on the held-out rows, by name
 */
public record Candidate(Algorithm algorithm, TrainedModel model, Map<String, Double> metrics) {
    /** Trains with each algorithm, and measures each on the same rows; in the order of the algorithms. */
    public static List<Candidate> train(
            List<Algorithm> algorithms, Dataset<Row> trainingSet, int width, long seed, HeldOut heldOut, Judge judge) {
        List<Candidate> candidates = new ArrayList<>();
        for (Algorithm algorithm : algorithms) {
            candidates.add(train(algorithm, trainingSet, width, seed, heldOut, judge));
        }
        return candidates;
    }

    /**
     * What it is judged by.
     *
     * @param heldOut the rows it was measured on
     */
    public Challenger challenger(HeldOut heldOut) {
        try {
            return new Challenger(heldOut.scores(model.artifact()), metrics);
        } catch (UnusableModelException e) {
            throw new IllegalStateException("The artifact of " + algorithm.name() + " must be a model", e);
        }
    }

    private static Candidate train(
            Algorithm algorithm, Dataset<Row> trainingSet, int width, long seed, HeldOut heldOut, Judge judge) {
        TrainedModel model = algorithm.train(trainingSet, width, seed);
        try {
            return new Candidate(
                    algorithm,
                    model,
                    Challenger.of(model.artifact(), heldOut, judge).metrics());
        } catch (UnusableModelException e) {
            throw new IllegalStateException("The artifact of " + algorithm.name() + " must be a model", e);
        }
    }

    /** The one with the greatest value of the decisive metric; of equals the first. */
    public static Candidate best(List<Candidate> candidates, Judge judge) {
        return candidates.stream()
                .min(Comparator.comparingDouble(
                        (Candidate c) -> -c.metrics().get(judge.decisive()))) // the first minimum
                .orElseThrow(() -> new IllegalArgumentException("There must be a candidate to choose, got none"));
    }
}
