package dev.anabranch.benchmarks;

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
    /** A line that says why there is no figure. */
    public static Row missing(String what, String why) {
        return new Row(what, "", "", "", "", "missing: " + why, "");
    }
}
