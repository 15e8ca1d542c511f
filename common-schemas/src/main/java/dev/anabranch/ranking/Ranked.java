package dev.anabranch.ranking;

/**
 * One thing in the order of an answer.
 *
 * @param score    what the ranker gave it
 * @param features what the ranker knew of it, in the order of its features; empty when it looked at none
 */
public record Ranked(String name, double score, double[] features) {}
