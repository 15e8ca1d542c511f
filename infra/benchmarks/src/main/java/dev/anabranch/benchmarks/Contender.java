package dev.anabranch.benchmarks;

/** One way to do a piece of work. Lives in a process of its own ({@link ContenderMain}) and does it again and again. */
public interface Contender extends AutoCloseable {
    /**
     * What came of doing it once.
     *
     * @param count  how many units of work were done: rows, events, requests
     * @param digest of the results; contenders that did the same work have the same
     */
    record Work(long count, long digest) {}

    /** Does all of it once. */
    Work round() throws Exception;

    @Override
    default void close() throws Exception {}
}
