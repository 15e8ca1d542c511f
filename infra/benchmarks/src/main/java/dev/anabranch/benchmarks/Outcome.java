package dev.anabranch.benchmarks;

/**
 * One round of a contender.
 *
 * @param count      units of work
 * @param digest     of the results
 * @param cpuSeconds of the whole process, collector and compiler included
 */
record Outcome(long count, long digest, double cpuSeconds) {
    /** Units of work in a second of CPU. */
    double rate() {
        return count / cpuSeconds;
    }
}
