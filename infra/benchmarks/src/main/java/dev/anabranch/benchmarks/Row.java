package dev.anabranch.benchmarks;

import java.util.Locale;

/**
 * One line of the table.
 *
 * @param what    was measured
 * @param ours    figure, with its unit
 * @param peer    the peer and its figure; a limit when there is no peer
 * @param ratio   of ours to the peer's, with the range over the rounds; empty when there is none
 * @param goal    in words; empty when the figure only informs
 * @param verdict met, missed, or why neither
 * @param control what ours against itself says: the factor by which a figure may be off
 */
public record Row(String what, String ours, String peer, String ratio, String goal, String verdict, String control) {
    /** A line that only informs, until it is told more. */
    public static Row of(String what, String ours) {
        return new Row(what, ours, "", "", "", "", "");
    }

    /** A line that says why there is no figure. */
    public static Row missing(String what, String why) {
        return new Row(what, "", "", "", "", "missing: " + why, "");
    }

    /** The same, beside a peer. */
    public Row beside(String name, String figure, Rounds ratios) {
        return new Row(what, ours, name + " " + figure, ratios.toString(), goal, verdict, control);
    }

    /** The same, with what is to be reached and whether {@code figure} does, as far as the noise lets that be told. */
    public Row goal(Goal reach, double figure, double noise) {
        return new Row(what, ours, peer, ratio, reach.toString(), reach.verdict(figure, noise), control);
    }

    /** The same, where each round has its own figure and they must agree on whether it reaches that. */
    public Row goal(Goal reach, Rounds figures) {
        return new Row(what, ours, peer, ratio, reach.toString(), reach.verdict(figures), control);
    }

    /** The same, with a rule that holds or does not, where no figure can be off. */
    public Row rule(String rule, boolean holds) {
        return new Row(what, ours, peer, ratio, rule, holds ? "met" : "missed", control);
    }

    /**
     * The same, with what the figures are worth.
     *
     * @param how   the factor was found, in words; may be empty
     * @param noise the factor
     */
    public Row control(String how, double noise) {
        return new Row(
                what,
                ours,
                peer,
                ratio,
                goal,
                verdict,
                String.format(Locale.ROOT, "%s up to %.2f", how, noise).strip());
    }
}
