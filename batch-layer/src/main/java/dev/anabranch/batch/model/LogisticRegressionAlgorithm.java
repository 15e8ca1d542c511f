package dev.anabranch.batch.model;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.ml.classification.LogisticRegression;
import org.apache.spark.ml.classification.LogisticRegressionModel;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.ml.stat.Summarizer;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;

/**
 * Logistic regression over standardised inputs.
 *
 * @param inputs         how many features it looks at, from the first on; it takes all and gives the others no weight
 * @param regularization the weight of the L2 penalty, 0 for none
 * @param iterations     at most
 */
public record LogisticRegressionAlgorithm(int inputs, double regularization, int iterations) implements Algorithm {
    private static final double TOLERANCE = 1e-8;

    @Override
    public String name() {
        return "logistic-regression";
    }

    @Override
    public Map<String, String> parameters() {
        Map<String, String> parameters = new LinkedHashMap<>();
        parameters.put("inputs", String.valueOf(inputs));
        parameters.put("regularization", String.valueOf(regularization));
        parameters.put("iterations", String.valueOf(iterations));
        return parameters;
    }

    @Override
    public TrainedModel train(Dataset<Row> trainingSet, int width, long seed) {
        int used = Math.min(inputs, width);
        Dataset<Row> rows = TrainingRows.of(trainingSet, used).cache();
        try {
            Row moments = rows.agg(
                            Summarizer.mean(functions.col(TrainingRows.FEATURES)),
                            Summarizer.std(functions.col(TrainingRows.FEATURES)))
                    .first();
            LogisticRegressionModel model = new LogisticRegression()
                    .setLabelCol(TrainingRows.LABEL)
                    .setFeaturesCol(TrainingRows.FEATURES)
                    .setStandardization(true)
                    .setRegParam(regularization)
                    .setMaxIter(iterations)
                    .setTol(TOLERANCE)
                    .fit(rows);
            return new Trained(model, artifact(model, moments.getAs(0), moments.getAs(1), width));
        } finally {
            rows.unpersist();
        }
    }

    /**
     * Inputs are standardised before they are weighed, as in training: amounts in the millions and shares below 1 would
     * otherwise meet in one sum of floats.
     */
    private static byte[] artifact(LogisticRegressionModel model, Vector mean, Vector deviation, int width) {
        Float[] offset = new Float[width];
        Float[] scale = new Float[width];
        float[] weights = new float[width];
        double intercept = model.intercept();
        for (int i = 0; i < width; i++) {
            boolean used = i < mean.size() && deviation.apply(i) > 0;
            offset[i] = used ? (float) mean.apply(i) : 0f;
            scale[i] = used ? (float) (1 / deviation.apply(i)) : 0f;
            if (used) {
                double weight = model.coefficients().apply(i);
                weights[i] = (float) (weight / scale[i]);
                intercept += weight * offset[i];
            }
        }
        return new OnnxGraph("logistic-regression", width)
                .constant("weights", weights, width, 1)
                .constant("intercept", new float[] {(float) intercept}, 1)
                .learned(
                        "Scaler",
                        OnnxGraph.INPUT,
                        "standardised",
                        List.of(OnnxGraph.floats("offset", List.of(offset)), OnnxGraph.floats("scale", List.of(scale))))
                .node("Gemm", List.of("standardised", "weights", "intercept"), "margin")
                .node("Sigmoid", List.of("margin"), OnnxGraph.OUTPUT)
                .toBytes();
    }

    private record Trained(LogisticRegressionModel model, byte[] artifact) implements TrainedModel {
        @Override
        public double score(double[] features) {
            double[] used = new double[model.numFeatures()];
            for (int i = 0; i < used.length; i++) {
                used[i] = (float) features[i];
            }
            return model.predictProbability(Vectors.dense(used)).apply(1);
        }
    }
}
