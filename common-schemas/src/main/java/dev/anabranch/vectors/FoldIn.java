package dev.anabranch.vectors;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The vector of one who is known by what they chose, so that nothing need be trained for somebody new or for a choice made
 * a moment ago: one half-step of implicit alternating least squares (Hu, Koren and Volinsky, <em>Collaborative Filtering
 * for Implicit Feedback Datasets</em>, ICDM 2008).
 *
 * <p>With {@code Y} the vectors, {@code r_i} the strength of choice {@code i} and {@code n} the number of choices, it solves
 * {@code (Y'Y + sum of alpha r_i y_i y_i' + lambda n I) x = sum of (1 + alpha r_i) y_i}: the regularization grows with the
 * number of choices, as that of Spark MLlib does.
 */
public final class FoldIn {
    private final Vectors vectors;
    private final double[] gram;
    private final double alpha;
    private final double lambda;

    /**
     * @param alpha  how much a choice of strength 1 outweighs none, above 0
     * @param lambda regularization of one choice, above 0
     */
    public FoldIn(Vectors vectors, double alpha, double lambda) {
        if (!(alpha > 0 && lambda > 0)) {
            throw new IllegalArgumentException("Alpha and lambda must be above 0, got " + alpha + " and " + lambda);
        }
        this.vectors = vectors;
        this.alpha = alpha;
        this.lambda = lambda;
        gram = vectors.gram();
    }

    /**
     * Somebody's vector, and what it was made of.
     *
     * @param vector as long as the vectors it was made of
     */
    public final class Folded {
        private final float[] vector;
        private final double[] triangle;
        private final List<String> choices;
        private final List<Double> weights;

        private Folded(float[] vector, double[] triangle, List<String> choices, List<Double> weights) {
            this.vector = vector;
            this.triangle = triangle;
            this.choices = choices;
            this.weights = weights;
        }

        public float[] vector() {
            return vector.clone();
        }

        /**
         * What each choice adds to the product with the vector of {@code name}: {@code (1 + alpha r_i) y' A^-1 y_i}, which
         * add up to it. Empty when there is no vector of that name.
         */
        public Map<String, Double> because(String name) {
            float[] target = vectors.get(name);
            Map<String, Double> parts = new LinkedHashMap<>();
            if (target == null) {
                return parts;
            }
            double[] weighted = new double[target.length];
            for (int i = 0; i < target.length; i++) {
                weighted[i] = target[i];
            }
            solve(triangle, weighted);
            for (int c = 0; c < choices.size(); c++) {
                float[] chosen = vectors.get(choices.get(c));
                double part = 0;
                for (int d = 0; d < chosen.length; d++) {
                    part += weighted[d] * chosen[d];
                }
                parts.put(choices.get(c), weights.get(c) * part);
            }
            return parts;
        }
    }

    /**
     * @param strengths of each choice, above 0; names that have no vector are left out
     * @return empty when no choice has a vector
     */
    public Optional<Folded> fold(Map<String, Double> strengths) {
        int rank = vectors.rank();
        double[] matrix = gram.clone();
        double[] right = new double[rank];
        List<String> choices = new ArrayList<>();
        List<Double> weights = new ArrayList<>();
        for (Map.Entry<String, Double> choice : strengths.entrySet()) {
            double strength = choice.getValue();
            if (!(strength > 0 && strength < Double.POSITIVE_INFINITY)) {
                throw new IllegalArgumentException(
                        "A strength must be above 0 and finite, got " + strength + " of '" + choice.getKey() + "'");
            }
            float[] vector = vectors.get(choice.getKey());
            if (vector != null) {
                choices.add(choice.getKey());
                weights.add(1 + alpha * strength);
                for (int row = 0; row < rank; row++) {
                    right[row] += (1 + alpha * strength) * vector[row];
                    double factor = alpha * strength * vector[row];
                    int at = row * rank;
                    for (int column = 0; column <= row; column++) {
                        matrix[at + column] += factor * vector[column];
                    }
                }
            }
        }
        if (choices.isEmpty()) {
            return Optional.empty();
        }
        for (int d = 0; d < rank; d++) {
            matrix[d * rank + d] += lambda * choices.size();
        }
        decompose(matrix, rank);
        solve(matrix, right);
        float[] folded = new float[rank];
        for (int d = 0; d < rank; d++) {
            folded[d] = (float) right[d];
        }
        return Optional.of(new Folded(folded, matrix, choices, weights));
    }

    /** Cholesky: the lower triangle is replaced by its factor. The matrix is positive definite, for lambda is above 0. */
    private static void decompose(double[] matrix, int rank) {
        for (int row = 0; row < rank; row++) {
            for (int column = 0; column <= row; column++) {
                double sum = matrix[row * rank + column];
                for (int k = 0; k < column; k++) {
                    sum -= matrix[row * rank + k] * matrix[column * rank + k];
                }
                matrix[row * rank + column] = row == column ? Math.sqrt(sum) : sum / matrix[column * rank + column];
            }
        }
    }

    private static void solve(double[] triangle, double[] right) {
        int rank = right.length;
        for (int row = 0; row < rank; row++) {
            for (int k = 0; k < row; k++) {
                right[row] -= triangle[row * rank + k] * right[k];
            }
            right[row] /= triangle[row * rank + row];
        }
        for (int row = rank - 1; row >= 0; row--) {
            for (int k = row + 1; k < rank; k++) {
                right[row] -= triangle[k * rank + row] * right[k];
            }
            right[row] /= triangle[row * rank + row];
        }
    }
}
