package dev.anabranch.benchmarks;

import java.nio.file.Path;
import java.util.List;

/** One thing that is measured. */
public interface Benchmark {
    /**
     * How thoroughly, and where.
     *
     * @param quick   whether a few minutes for all is all there is
     * @param rounds  of every comparison
     * @param seed    of what is drawn
     * @param scratch a directory for logs and data, deleted afterwards
     * @param root    of the repository: the class paths of the layers lie there
     */
    record Settings(boolean quick, int rounds, long seed, Path scratch, Path root) {
        /** The same, with so many rounds at most: for what takes long and differs little. */
        public Settings withRounds(int most) {
            return new Settings(quick, Math.min(most, rounds), seed, scratch, root);
        }
    }

    /** How it is called on the command line. */
    String name();

    /** What it measures, in a line. */
    String what();

    /** Whether it takes part in a quick run of all; where not, it has to be asked for by name. */
    default boolean isQuick() {
        return true;
    }

    /** Measures. */
    List<Row> run(Settings settings) throws Exception;
}
