package dev.anabranch.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TreeShapTest {
    private static final int FEATURES = 5;

    @Test
    void shapleyValuesAreThoseOfEverySubsetOfFeatures() {
        Random random = new Random(3);
        int splitTwice = 0;
        for (int i = 0; i < 400; i++) {
            Tree tree = Grown.tree(random, 1 + random.nextInt(6));
            float[] input = input(random);

            double[] values = new double[FEATURES];
            TreeShap.add(tree, input, values);

            assertThat(values).as("tree %d", i).containsExactly(bySubsets(tree, input), within(1e-12));
            assertThat(tree.mean() + Arrays.stream(values).sum())
                    .isCloseTo(expected(tree, input, ~0, 0), within(1e-12));
            splitTwice += tree.depth() > FEATURES ? 1 : 0;
        }
        assertThat(splitTwice)
                .as("trees that split by a feature twice on one way")
                .isPositive();
    }

    @Test
    void anEnsembleAddsUpToItsBaseAndContributions() {
        Random random = new Random(4);
        List<Tree> trees = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            trees.add(Grown.tree(random, 5));
        }
        TreeEnsemble ensemble = new TreeEnsemble(trees, FEATURES, 0.25);
        float[] input = input(random);

        double sum =
                ensemble.base() + Arrays.stream(ensemble.contributions(input)).sum();

        double result = 0.25
                + trees.stream()
                        .mapToDouble(tree -> expected(tree, input, ~0, 0))
                        .sum();
        assertThat(sum).isCloseTo(result, within(1e-11));
    }

    /** The definition: over all orders in which features may become known, the mean of what each changes. */
    private static double[] bySubsets(Tree tree, float[] input) {
        double[] values = new double[FEATURES];
        for (int feature = 0; feature < FEATURES; feature++) {
            for (int known = 0; known < 1 << FEATURES; known++) {
                if ((known >> feature & 1) == 0) {
                    int size = Integer.bitCount(known);
                    double orders = factorial(size) * factorial(FEATURES - size - 1) / factorial(FEATURES);
                    values[feature] +=
                            orders * (expected(tree, input, known | 1 << feature, 0) - expected(tree, input, known, 0));
                }
            }
        }
        return values;
    }

    /** Algorithm 1 of the paper: what the tree says when only the features in {@code known} are. */
    private static double expected(Tree tree, float[] input, int known, int node) {
        if (tree.isLeaf(node)) {
            return tree.value()[node];
        }
        if ((known >> tree.feature()[node] & 1) == 1) {
            return expected(tree, input, known, tree.next(node, input));
        }
        int left = tree.whenTrue()[node];
        int right = tree.whenFalse()[node];
        return (expected(tree, input, known, left) * tree.cover()[left]
                        + expected(tree, input, known, right) * tree.cover()[right])
                / tree.cover()[node];
    }

    private static double factorial(int n) {
        return n <= 1 ? 1 : n * factorial(n - 1);
    }

    private static float[] input(Random random) {
        float[] input = new float[FEATURES];
        for (int i = 0; i < FEATURES; i++) {
            input[i] = random.nextInt(10);
        }
        return input;
    }

    /** A tree grown at random, node by node. */
    private static final class Grown {
        private final Random random;
        private final List<int[]> splits = new ArrayList<>(); // feature, threshold, left, right
        private final List<double[]> numbers = new ArrayList<>(); // value, cover

        private Grown(Random random) {
            this.random = random;
        }

        static Tree tree(Random random, int depth) {
            Grown grown = new Grown(random);
            grown.node(depth + random.nextInt(2));
            int size = grown.splits.size();
            Tree tree = new Tree(
                    new int[size], new float[size], new int[size], new int[size], new double[size], new double[size]);
            for (int i = 0; i < size; i++) {
                tree.feature()[i] = grown.splits.get(i)[0];
                tree.threshold()[i] = grown.splits.get(i)[1];
                tree.whenTrue()[i] = grown.splits.get(i)[2];
                tree.whenFalse()[i] = grown.splits.get(i)[3];
                tree.value()[i] = grown.numbers.get(i)[0];
                tree.cover()[i] = grown.numbers.get(i)[1];
            }
            return tree;
        }

        private int node(int depth) {
            int number = splits.size();
            int[] split = {-1, 0, 0, 0};
            double[] of = {0, 0};
            splits.add(split);
            numbers.add(of);
            if (depth == 0 || number > 0 && random.nextInt(6) == 0) {
                of[0] = random.nextGaussian();
                of[1] = 1 + random.nextInt(50);
                return number;
            }
            split[0] = random.nextInt(FEATURES);
            split[1] = random.nextInt(10);
            split[2] = node(depth - 1);
            split[3] = node(depth - 1);
            of[1] = numbers.get(split[2])[1] + numbers.get(split[3])[1];
            return number;
        }
    }
}
