package dev.anabranch.serving;

/**
 * How recently the speed layer has written to a partition.
 *
 * @param atMillis            when it last said that it lives, by its own clock; 0 when it never did
 * @param newestArrivalMillis the arrival of the newest event of which it knows that none that arrived earlier is missing;
 *     0 when there is none
 */
public record Freshness(long atMillis, long newestArrivalMillis) {
    public static final Freshness NEVER = new Freshness(0, 0);
}
