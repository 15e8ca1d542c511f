package dev.anabranch.explain;

/** The part of a model whose result is a sum over its features, one way or another. */
interface Additive {
    /** How its contributions are found, in words. */
    String method();

    /** What it results in before any feature is looked at. */
    double base();

    /** What each feature adds at {@code input}, base excluded. */
    double[] contributions(float[] input);
}
