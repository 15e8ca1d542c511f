package dev.anabranch.benchmarks;

/**
 * One round of a contender.
 *
 * @param count      units of work
 * @param digest     of the results
 * @param cpuSeconds of the whole process, collector and compiler included
 */
public record Outcome(long count, long digest, double cpuSeconds) {
    /** Units of work in a second of CPU. */
    public double rate() {
        return count / cpuSeconds;
    }
}
