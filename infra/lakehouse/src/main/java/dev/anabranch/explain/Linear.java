package dev.anabranch.explain;

import java.util.Arrays;

/**
 * A weighted sum of inputs, each less an offset.
 *
 * @param weight of each input
 * @param offset of each input: with standardised inputs its mean, so that a term is the input's exact Shapley value where
 *     inputs are independent
 * @param base   what is added to the sum
 */
record Linear(double[] weight, double[] offset, double base) implements Additive {
    @Override
    public String method() {
        return Arrays.stream(offset).allMatch(each -> each == 0)
                ? "terms of the weighted sum"
                : "terms of the weighted sum, each input beside its mean in training";
    }

    @Override
    public double[] contributions(float[] input) {
        double[] terms = new double[input.length];
        for (int i = 0; i < terms.length; i++) {
            terms[i] = weight[i] * (input[i] - offset[i]);
        }
        return terms;
    }
}
