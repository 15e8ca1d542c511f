package dev.anabranch.benchmarks;

/** One way to do a piece of work. Lives in a process of its own ({@link ContenderMain}) and does it again and again. */
public interface Contender extends AutoCloseable {
    /** One that knows several pieces of work, and is told each time which. */
    interface OfMany extends Contender {
        /** Does all of one piece once. */
        Work round(String piece) throws Exception;

        @Override
        default Work round() {
            throw new IllegalStateException("Which piece of work it is must be said");
        }
    }

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
