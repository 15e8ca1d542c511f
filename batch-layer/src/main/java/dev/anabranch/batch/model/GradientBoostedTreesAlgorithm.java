package dev.anabranch.batch.model;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.ml.classification.GBTClassificationModel;
import org.apache.spark.ml.classification.GBTClassifier;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.ml.regression.DecisionTreeRegressionModel;
import org.apache.spark.ml.tree.LeafNode;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Gradient-boosted trees.
 *
 * @param trees         how many
 * @param depth         of each, at most
 * @param stepSize      how much of each tree is believed
 * @param subsample     the share of the rows each tree sees
 * @param smallestLeaf  how many rows a leaf must have
 * @param bins          how many thresholds of a feature are tried
 * @param negativeShare the share of the negatives that are learnt from; scores are corrected for it
 */
public record GradientBoostedTreesAlgorithm(
        int trees, int depth, double stepSize, double subsample, int smallestLeaf, int bins, double negativeShare)
        implements Algorithm {
    @Override
    public String name() {
        return "gradient-boosted-trees";
    }

    @Override
    public Map<String, String> parameters() {
        Map<String, String> parameters = new LinkedHashMap<>();
        parameters.put("trees", String.valueOf(trees));
        parameters.put("depth", String.valueOf(depth));
        parameters.put("step-size", String.valueOf(stepSize));
        parameters.put("subsample", String.valueOf(subsample));
        parameters.put("smallest-leaf", String.valueOf(smallestLeaf));
        parameters.put("bins", String.valueOf(bins));
        parameters.put("negative-share", String.valueOf(negativeShare));
        return parameters;
    }

    @Override
    public TrainedModel train(Dataset<Row> trainingSet, int width, long seed) {
        Dataset<Row> rows = TrainingRows.of(TrainingRows.withFewerNegatives(trainingSet, negativeShare, seed), width);
        GBTClassificationModel model = new GBTClassifier()
                .setLabelCol(TrainingRows.LABEL)
                .setFeaturesCol(TrainingRows.FEATURES)
                .setMaxIter(trees)
                .setMaxDepth(depth)
                .setStepSize(stepSize)
                .setSubsamplingRate(subsample)
                .setMinInstancesPerNode(smallestLeaf)
                .setMaxBins(bins)
                .setMaxMemoryInMB(TreeMemory.MEGABYTES)
                .setSeed(seed)
                .fit(rows);
        return new Trained(model, Math.log(negativeShare), artifact(model, width));
    }

    /** MLlib's margin is half of log odds; a leaf adds its part of the whole. */
    private byte[] artifact(GBTClassificationModel model, int width) {
        OnnxTrees ensemble = new OnnxTrees();
        double[] weights = model.treeWeights();
        for (int i = 0; i < weights.length; i++) {
            double weight = 2 * weights[i];
            DecisionTreeRegressionModel tree = (DecisionTreeRegressionModel) model.trees()[i];
            ensemble.add(tree.rootNode(), (LeafNode leaf) -> weight * leaf.prediction());
        }
        return new OnnxGraph(name(), width)
                .constant("correction", new float[] {(float) Math.log(negativeShare)}, 1)
                .learned("TreeEnsembleRegressor", OnnxGraph.INPUT, "odds", ensemble.attributes())
                .node("Add", List.of("odds", "correction"), "corrected")
                .node("Sigmoid", List.of("corrected"), OnnxGraph.OUTPUT)
                .toBytes();
    }

    /** @param correction added to the log odds: negatives that were left out make positives look more likely */
    private record Trained(GBTClassificationModel model, double correction, byte[] artifact) implements TrainedModel {
        @Override
        public double score(double[] features) {
            double[] floats = new double[features.length];
            for (int i = 0; i < floats.length; i++) {
                floats[i] = (float) features[i];
            }
            double margin = 2 * model.predictRaw(Vectors.dense(floats)).apply(1) + correction;
            return 1 / (1 + Math.exp(-margin));
        }
    }
}
