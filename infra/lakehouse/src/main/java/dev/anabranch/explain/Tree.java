package dev.anabranch.explain;

/**
 * One decision tree; its nodes are numbered, the root is 0. An input goes to {@code whenTrue} where its feature is at
 * most the threshold.
 *
 * @param feature   of each node, -1 for a leaf
 * @param threshold of each node
 * @param whenTrue  the number of the child for inputs at most the threshold
 * @param whenFalse the number of the other child
 * @param value     what a leaf adds
 * @param cover     how many rows of the training set came by; more than 0
 */
record Tree(int[] feature, float[] threshold, int[] whenTrue, int[] whenFalse, double[] value, double[] cover) {
    boolean isLeaf(int node) {
        return feature[node] < 0;
    }

    /** The child that an input goes to. */
    int next(int node, float[] input) {
        return input[feature[node]] <= threshold[node] ? whenTrue[node] : whenFalse[node];
    }

    /** How many splits the longest way down has. */
    int depth() {
        return depth(0);
    }

    private int depth(int node) {
        return isLeaf(node) ? 0 : 1 + Math.max(depth(whenTrue[node]), depth(whenFalse[node]));
    }

    /** The mean of the leaves, each as often as training rows fell into it. */
    double mean() {
        double sum = 0;
        for (int node = 0; node < feature.length; node++) {
            if (isLeaf(node)) {
                sum += value[node] * cover[node] / cover[0];
            }
        }
        return sum;
    }
}
