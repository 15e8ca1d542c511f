package dev.anabranch.batch.model;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.ml.classification.DecisionTreeClassificationModel;
import org.apache.spark.ml.classification.RandomForestClassificationModel;
import org.apache.spark.ml.classification.RandomForestClassifier;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.ml.tree.LeafNode;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * A random forest.
 *
 * @param trees         how many
 * @param depth         of each, at most
 * @param smallestLeaf  how many rows a leaf must have
 * @param bins          how many thresholds of a feature are tried
 * @param negativeShare the share of the negatives that are learnt from; scores are corrected for it
 */
public record RandomForestAlgorithm(int trees, int depth, int smallestLeaf, int bins, double negativeShare)
        implements Algorithm {
    @Override
    public String name() {
        return "random-forest";
    }

    @Override
    public Map<String, String> parameters() {
        Map<String, String> parameters = new LinkedHashMap<>();
        parameters.put("trees", String.valueOf(trees));
        parameters.put("depth", String.valueOf(depth));
        parameters.put("smallest-leaf", String.valueOf(smallestLeaf));
        parameters.put("bins", String.valueOf(bins));
        parameters.put("negative-share", String.valueOf(negativeShare));
        return parameters;
    }

    @Override
    public TrainedModel train(Dataset<Row> trainingSet, int width, long seed) {
        Dataset<Row> rows = TrainingRows.of(TrainingRows.withFewerNegatives(trainingSet, negativeShare, seed), width);
        RandomForestClassificationModel model = new RandomForestClassifier()
                .setLabelCol(TrainingRows.LABEL)
                .setFeaturesCol(TrainingRows.FEATURES)
                .setNumTrees(trees)
                .setMaxDepth(depth)
                .setMinInstancesPerNode(smallestLeaf)
                .setMaxBins(bins)
                .setMaxMemoryInMB(TreeMemory.MEGABYTES)
                .setSeed(seed)
                .fit(rows);
        return new Trained(model, negativeShare, artifact(model, width));
    }

    /**
     * The trees' mean share of positives, p, corrected: leaving out negatives has multiplied the odds by 1 / share, and
     * {@code share * p / (1 - (1 - share) * p)} takes that back.
     */
    private byte[] artifact(RandomForestClassificationModel model, int width) {
        OnnxTrees ensemble = new OnnxTrees();
        for (Object tree : model.trees()) {
            ensemble.add(
                    ((DecisionTreeClassificationModel) tree).rootNode(), leaf -> positives(leaf) / model.getNumTrees());
        }
        return new OnnxGraph(name(), width)
                .constant("share", new float[] {(float) negativeShare}, 1)
                .constant("left-out", new float[] {(float) (1 - negativeShare)}, 1)
                .constant("one", new float[] {1}, 1)
                .learned("TreeEnsembleRegressor", OnnxGraph.INPUT, "votes", ensemble.attributes())
                .node("Mul", List.of("votes", "share"), "kept-votes")
                .node("Mul", List.of("votes", "left-out"), "left-out-votes")
                .node("Sub", List.of("one", "left-out-votes"), "kept-all")
                .node("Div", List.of("kept-votes", "kept-all"), OnnxGraph.OUTPUT)
                .toBytes();
    }

    /** The share of positives among a leaf's rows. */
    private static double positives(LeafNode leaf) {
        double[] counts = leaf.impurityStats().stats();
        return counts[1] / Arrays.stream(counts).sum();
    }

    private record Trained(RandomForestClassificationModel model, double negativeShare, byte[] artifact)
            implements TrainedModel {
        @Override
        public double score(double[] features) {
            double[] floats = new double[features.length];
            for (int i = 0; i < floats.length; i++) {
                floats[i] = (float) features[i];
            }
            double votes = model.predictProbability(Vectors.dense(floats)).apply(1);
            return negativeShare * votes / (1 - (1 - negativeShare) * votes);
        }
    }
}
