package dev.anabranch.explain;

import java.util.Arrays;

/**
 * The exact Shapley values of one tree at one input, where a feature that is not known sends the input down both sides
 * of a split, in proportion to the training rows that took each.
 *
 * <p>This is Algorithm 2 of Lundberg, Erion and Lee, "Consistent Individualized Feature Attribution for Tree Ensembles"
 * (2018), arXiv:1802.03888: one walk over the tree that carries along, for every number of known features, the share of
 * feature subsets that come by. It takes a time proportional to leaves × depth², where trying all subsets takes 2 to the
 * number of features.
 */
final class TreeShap {
    private final Tree tree;
    private final float[] input;
    private final double[] values;

    /**
     * The features met on the way to a node, and the weights of the subsets of them.
     *
     * @param feature of each step; -1 for the root
     * @param zero    the share of the training rows that follow where the feature is not known
     * @param one     whether the input follows where it is known: 1 or 0
     * @param weight  of the subsets with that many known features
     */
    private record Path(int[] feature, double[] zero, double[] one, double[] weight) {
        static Path ofLength(int most) {
            return new Path(new int[most], new double[most], new double[most], new double[most]);
        }

        Path copy() {
            return new Path(
                    Arrays.copyOf(feature, feature.length),
                    Arrays.copyOf(zero, zero.length),
                    Arrays.copyOf(one, one.length),
                    Arrays.copyOf(weight, weight.length));
        }

        /** Appends a step as number {@code at}, which grows all subsets by one feature, known or not. */
        void extend(int at, double zeroShare, double oneShare, int by) {
            feature[at] = by;
            zero[at] = zeroShare;
            one[at] = oneShare;
            weight[at] = at == 0 ? 1 : 0;
            for (int i = at - 1; i >= 0; i--) {
                weight[i + 1] += oneShare * weight[i] * (i + 1) / (at + 1);
                weight[i] = zeroShare * weight[i] * (at - i) / (at + 1);
            }
        }

        /** Takes step {@code which} out again, of those up to {@code last}. */
        void unwind(int last, int which) {
            double oneShare = one[which];
            double zeroShare = zero[which];
            double next = weight[last];
            for (int i = last - 1; i >= 0; i--) {
                if (oneShare != 0) {
                    double before = weight[i];
                    weight[i] = next * (last + 1) / ((i + 1) * oneShare);
                    next = before - weight[i] * zeroShare * (last - i) / (last + 1);
                } else {
                    weight[i] = weight[i] * (last + 1) / (zeroShare * (last - i));
                }
            }
            for (int i = which; i < last; i++) {
                feature[i] = feature[i + 1];
                zero[i] = zero[i + 1];
                one[i] = one[i + 1];
            }
        }

        /** The weights' sum, had step {@code which} been taken out. */
        double sumWithout(int last, int which) {
            double oneShare = one[which];
            double zeroShare = zero[which];
            double next = weight[last];
            double sum = 0;
            for (int i = last - 1; i >= 0; i--) {
                if (oneShare != 0) {
                    double unwound = next * (last + 1) / ((i + 1) * oneShare);
                    sum += unwound;
                    next = weight[i] - unwound * zeroShare * (last - i) / (last + 1);
                } else {
                    sum += weight[i] * (last + 1) / (zeroShare * (last - i));
                }
            }
            return sum;
        }
    }

    private TreeShap(Tree tree, float[] input, double[] values) {
        this.tree = tree;
        this.input = input;
        this.values = values;
    }

    /** Adds the Shapley value of each feature to {@code values}. */
    static void add(Tree tree, float[] input, double[] values) {
        int steps = tree.depth() + 2;
        new TreeShap(tree, input, values).walk(0, Path.ofLength(steps), 0, 1, 1, -1);
    }

    private void walk(int node, Path above, int at, double zeroShare, double oneShare, int by) {
        Path path = above.copy();
        path.extend(at, zeroShare, oneShare, by);
        if (tree.isLeaf(node)) {
            for (int i = 1; i <= at; i++) {
                double weight = path.sumWithout(at, i);
                values[path.feature[i]] += weight * (path.one[i] - path.zero[i]) * tree.value()[node];
            }
            return;
        }
        int feature = tree.feature()[node];
        int last = at;
        double zeroBefore = 1;
        double oneBefore = 1;
        for (int i = 1; i <= at; i++) {
            if (path.feature[i] == feature) { // split by once before: both splits are one step
                zeroBefore = path.zero[i];
                oneBefore = path.one[i];
                path.unwind(at, i);
                last--;
                break;
            }
        }
        int hot = tree.next(node, input);
        int cold = hot == tree.whenTrue()[node] ? tree.whenFalse()[node] : tree.whenTrue()[node];
        double whole = tree.cover()[node];
        walk(hot, path, last + 1, zeroBefore * tree.cover()[hot] / whole, oneBefore, feature);
        walk(cold, path, last + 1, zeroBefore * tree.cover()[cold] / whole, 0, feature);
    }
}
