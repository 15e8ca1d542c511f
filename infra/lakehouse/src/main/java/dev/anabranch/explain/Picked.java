package dev.anabranch.explain;

/**
 * A sum over some of the features only: the others add nothing.
 *
 * @param of       the sum over those that are picked
 * @param columns  where each of them stands among all
 * @param features how many there are in all
 */
record Picked(Additive of, int[] columns, int features) implements Additive {
    @Override
    public String method() {
        return of.method();
    }

    @Override
    public double base() {
        return of.base();
    }

    @Override
    public double[] contributions(float[] input) {
        float[] picked = new float[columns.length];
        for (int i = 0; i < picked.length; i++) {
            picked[i] = input[columns[i]];
        }
        double[] some = of.contributions(picked);
        double[] all = new double[features];
        for (int i = 0; i < some.length; i++) {
            all[columns[i]] += some[i];
        }
        return all;
    }
}
