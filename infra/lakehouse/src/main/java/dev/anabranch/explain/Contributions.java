package dev.anabranch.explain;

/**
 * What each feature adds to a score. {@code base} and the contributions sum to {@code total}.
 *
 * @param of     what they add up to, in words: {@code log odds}
 * @param method how they were found, in words
 * @param base   what there is before any feature is looked at
 * @param each   one for each feature, in order
 * @param total  what the model makes the score of
 */
public record Contributions(String of, String method, double base, double[] each, double total) {}
