package dev.anabranch.batch.model;

/** What MLlib may use for the histograms of the nodes it splits at one time. */
final class TreeMemory {
    /**
     * For each partition that is worked on, of which there are two. A forest of a hundred trees takes as much as it may:
     * with 512, two partitions and what passes between them came to more than a heap of 1.6 GB. It is no share of the
     * heap, for the order in which nodes are split, and so the forest, follows from it.
     */
    static final int MEGABYTES = 96;

    private TreeMemory() {}
}
