package dev.anabranch.explain;

import ai.onnx.proto.OnnxMl;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Trees whose leaves add up: ONNX's {@code TreeEnsembleRegressor}. */
record TreeEnsemble(List<Tree> trees, int features, double constant) implements Additive {
    /**
     * @param features how many inputs there are
     * @throws IllegalArgumentException when the node does not say how many training rows came by its nodes, or does what
     *     is not known here
     */
    static TreeEnsemble read(OnnxMl.NodeProto node, int features) {
        float[] cover = OnnxReader.floats(node, "nodes_hitrates");
        long[] trees = OnnxReader.integers(node, "nodes_treeids");
        if (cover.length != trees.length) {
            throw new IllegalArgumentException(
                    "The trees do not say how many training rows came by each node (nodes_hitrates)");
        }
        if (Arrays.stream(OnnxReader.integers(node, "target_ids")).anyMatch(id -> id != 0)) {
            throw new IllegalArgumentException("The trees must have one target");
        }
        Map<Long, List<Integer>> rows = new LinkedHashMap<>();
        for (int row = 0; row < trees.length; row++) {
            rows.computeIfAbsent(trees[row], tree -> new ArrayList<>()).add(row);
        }
        Map<List<Long>, Double> leaves = leaves(node);
        List<Tree> read = new ArrayList<>();
        rows.forEach((tree, nodes) -> read.add(tree(node, tree, nodes, cover, leaves)));
        float[] constant = OnnxReader.floats(node, "base_values");
        return new TreeEnsemble(read, features, constant.length == 0 ? 0 : constant[0]);
    }

    private static Map<List<Long>, Double> leaves(OnnxMl.NodeProto node) {
        long[] trees = OnnxReader.integers(node, "target_treeids");
        long[] nodes = OnnxReader.integers(node, "target_nodeids");
        float[] weights = OnnxReader.floats(node, "target_weights");
        Map<List<Long>, Double> leaves = new HashMap<>();
        for (int i = 0; i < weights.length; i++) {
            leaves.merge(List.of(trees[i], nodes[i]), (double) weights[i], Double::sum);
        }
        return leaves;
    }

    private static Tree tree(
            OnnxMl.NodeProto node, long tree, List<Integer> rows, float[] cover, Map<List<Long>, Double> leaves) {
        long[] ids = OnnxReader.integers(node, "nodes_nodeids");
        long[] features = OnnxReader.integers(node, "nodes_featureids");
        float[] thresholds = OnnxReader.floats(node, "nodes_values");
        List<String> modes = OnnxReader.strings(node, "nodes_modes");
        long[] whenTrue = OnnxReader.integers(node, "nodes_truenodeids");
        long[] whenFalse = OnnxReader.integers(node, "nodes_falsenodeids");
        Map<Long, Integer> numbers = new HashMap<>(); // the root comes first
        rows.forEach(row -> numbers.put(ids[row], numbers.size()));
        int size = rows.size();
        Tree read = new Tree(
                new int[size], new float[size], new int[size], new int[size], new double[size], new double[size]);
        for (int i = 0; i < size; i++) {
            int row = rows.get(i);
            read.cover()[i] = positive(cover[row]);
            switch (modes.get(row)) {
                case "LEAF" -> {
                    read.feature()[i] = -1;
                    read.value()[i] = leaves.getOrDefault(List.of(tree, ids[row]), 0.0);
                }
                case "BRANCH_LEQ" -> {
                    read.feature()[i] = Math.toIntExact(features[row]);
                    read.threshold()[i] = thresholds[row];
                    read.whenTrue()[i] = numbers.get(whenTrue[row]);
                    read.whenFalse()[i] = numbers.get(whenFalse[row]);
                }
                default ->
                    throw new IllegalArgumentException("The trees must split by BRANCH_LEQ, got " + modes.get(row));
            }
        }
        return read;
    }

    private static float positive(float cover) {
        if (!(cover > 0)) {
            throw new IllegalArgumentException("Every node of a tree must have a cover above 0, got " + cover);
        }
        return cover;
    }

    @Override
    public String method() {
        return "exact Shapley values of the trees, unknown features averaged as the training rows went (TreeSHAP)";
    }

    @Override
    public double base() {
        return constant + trees.stream().mapToDouble(Tree::mean).sum();
    }

    @Override
    public double[] contributions(float[] input) {
        double[] values = new double[features];
        trees.forEach(tree -> TreeShap.add(tree, input, values));
        return values;
    }
}
