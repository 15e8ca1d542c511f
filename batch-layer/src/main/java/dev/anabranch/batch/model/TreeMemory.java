package dev.anabranch.batch.model;

/** What MLlib may use for the histograms of the nodes it splits at one time. */
final class TreeMemory {
    /**
     * For each partition that is worked on, of which there are two. A forest of a hundred trees takes as much as it may,
     * and what passes between the partitions comes on top: twice 512 would be most of a heap of 1.6 GB. It is a constant
     * and no share of the heap, so that a model does not depend on the machine.
     */
    static final int MEGABYTES = 96;

    private TreeMemory() {}
}
