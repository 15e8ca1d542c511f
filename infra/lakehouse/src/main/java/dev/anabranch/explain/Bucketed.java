package dev.anabranch.explain;

/**
 * A sum of the weights of the buckets that inputs lie in.
 *
 * @param from   the least value in each bucket
 * @param to     what the values in it are less than
 * @param weight what it adds
 */
record Bucketed(float[] from, float[] to, float[] weight) implements Additive {
    @Override
    public String method() {
        return "weights of the buckets that the inputs lie in";
    }

    @Override
    public double base() {
        return 0;
    }

    @Override
    public double[] contributions(float[] input) {
        double[] terms = new double[input.length];
        for (int i = 0; i < terms.length; i++) {
            terms[i] = input[i] >= from[i] && input[i] < to[i] ? weight[i] : 0;
        }
        return terms;
    }
}
