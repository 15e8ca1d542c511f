package dev.anabranch.batch.model;

/** What MLlib may use for the histograms of the nodes it splits at one time. */
final class TreeMemory {
    /** Enough for a level of a forest at once; MLlib's default of 256 goes over the rows several times instead. */
    static final int MEGABYTES = 512;

    private TreeMemory() {}
}
