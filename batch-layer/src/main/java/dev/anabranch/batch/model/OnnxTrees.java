package dev.anabranch.batch.model;

import ai.onnx.proto.OnnxMl;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.apache.spark.ml.tree.ContinuousSplit;
import org.apache.spark.ml.tree.InternalNode;
import org.apache.spark.ml.tree.LeafNode;
import org.apache.spark.ml.tree.Node;

/** MLlib's trees as one {@code TreeEnsembleRegressor} that adds up a value from each. */
final class OnnxTrees {
    private final List<Long> treeIds = new ArrayList<>();
    private final List<Long> nodeIds = new ArrayList<>();
    private final List<Long> featureIds = new ArrayList<>();
    private final List<Float> thresholds = new ArrayList<>();
    private final List<String> modes = new ArrayList<>();
    private final List<Float> covers = new ArrayList<>();
    private final List<Long> whenTrue = new ArrayList<>();
    private final List<Long> whenFalse = new ArrayList<>();
    private final List<Long> targetTreeIds = new ArrayList<>();
    private final List<Long> targetNodeIds = new ArrayList<>();
    private final List<Long> targetIds = new ArrayList<>();
    private final List<Float> targetWeights = new ArrayList<>();
    private long trees;

    /** @param value what a leaf adds */
    void add(Node root, ToDoubleFunction<LeafNode> value) {
        add(root, trees++, new long[1], value);
    }

    /** Numbers a node and all below it; returns the node's own number. */
    private long add(Node node, long tree, long[] next, ToDoubleFunction<LeafNode> value) {
        long id = next[0]++;
        int row = treeIds.size();
        treeIds.add(tree);
        nodeIds.add(id);
        covers.add((float) node.impurityStats().count()); // what explanations average unknown features by
        if (node instanceof InternalNode split) {
            ContinuousSplit at = (ContinuousSplit) split.split();
            featureIds.add((long) at.featureIndex());
            thresholds.add(atMost(at.threshold()));
            modes.add("BRANCH_LEQ");
            whenTrue.add(0L);
            whenFalse.add(0L);
            whenTrue.set(row, add(split.leftChild(), tree, next, value));
            whenFalse.set(row, add(split.rightChild(), tree, next, value));
        } else {
            featureIds.add(0L);
            thresholds.add(0f);
            modes.add("LEAF");
            whenTrue.add(0L);
            whenFalse.add(0L);
            targetTreeIds.add(tree);
            targetNodeIds.add(id);
            targetIds.add(0L);
            targetWeights.add((float) value.applyAsDouble((LeafNode) node));
        }
        return id;
    }

    /** The greatest float that is not above: a float is at most one exactly when it is at most the other. */
    static float atMost(double threshold) {
        float nearest = (float) threshold;
        return nearest > threshold ? Math.nextDown(nearest) : nearest;
    }

    List<OnnxMl.AttributeProto> attributes() {
        return List.of(
                OnnxGraph.integer("n_targets", 1),
                OnnxGraph.string("aggregate_function", "SUM"),
                OnnxGraph.string("post_transform", "NONE"),
                OnnxGraph.integers("nodes_treeids", treeIds),
                OnnxGraph.integers("nodes_nodeids", nodeIds),
                OnnxGraph.integers("nodes_featureids", featureIds),
                OnnxGraph.floats("nodes_values", thresholds),
                OnnxGraph.strings("nodes_modes", modes),
                OnnxGraph.floats("nodes_hitrates", covers),
                OnnxGraph.integers("nodes_truenodeids", whenTrue),
                OnnxGraph.integers("nodes_falsenodeids", whenFalse),
                OnnxGraph.integers("target_treeids", targetTreeIds),
                OnnxGraph.integers("target_nodeids", targetNodeIds),
                OnnxGraph.integers("target_ids", targetIds),
                OnnxGraph.floats("target_weights", targetWeights));
    }
}
