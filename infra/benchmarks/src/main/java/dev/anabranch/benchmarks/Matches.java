package dev.anabranch.benchmarks;

import java.util.List;

/** Comparisons of contenders, as rows of the table. */
public final class Matches {
    private static final double WARM_UP_SECONDS = 8;
    private static final double WARM_UP_SECONDS_QUICK = 2;

    private final Benchmark.Settings settings;

    public Matches(Benchmark.Settings settings) {
        this.settings = settings;
    }

    /** A contender that runs until it is closed. */
    public static final class Side implements AutoCloseable {
        private final ContenderProcess process;

        private Side(ContenderProcess process) {
            this.process = process;
        }

        /** Lets it do its work once, outside any comparison. */
        public Contender.Work once() {
            Outcome outcome = process.round();
            return new Contender.Work(outcome.count(), outcome.digest());
        }

        /** Lets it do one of the pieces of work that it knows. */
        public Outcome once(String piece) {
            return process.round(piece);
        }

        @Override
        public void close() {
            process.close();
        }
    }

    /**
     * Starts a contender.
     *
     * @param classPath of its JVM; {@code dir/*} stands for the jars in a directory
     * @param flags     of its JVM
     * @param arguments what its constructor takes
     */
    public Side side(
            String name,
            String classPath,
            List<String> flags,
            Class<? extends Contender> type,
            List<String> arguments) {
        String log = name.replaceAll("[^A-Za-z0-9]+", "-") + ".log";
        return new Side(new ContenderProcess(
                name, classPath, flags, type, arguments, settings.scratch().resolve(log)));
    }

    /**
     * Rates of two contenders, in turns.
     *
     * @param goal what our rate is to reach; null when the row only informs
     */
    public Row row(String what, Side ours, Side peer, Goal goal) {
        Duel.Result result = duel(ours, peer, true);
        return row(what, peer, result, goal, result.ours().median());
    }

    /**
     * The same, where the ratio is to reach something.
     *
     * @param same whether both must come to the same results; the row has to tell by how much they do not
     */
    public Row ratio(String what, Side ours, Side peer, Goal goal, boolean same) {
        Duel.Result result = duel(ours, peer, same);
        return row(what, peer, result, goal, result.ratio().median());
    }

    private Duel.Result duel(Side ours, Side peer, boolean same) {
        return Duel.of(
                ours.process,
                peer.process,
                settings.rounds(),
                settings.quick() ? WARM_UP_SECONDS_QUICK : WARM_UP_SECONDS,
                same);
    }

    private static Row row(String what, Side peer, Duel.Result result, Goal goal, double reached) {
        Rounds own = result.ours();
        Row row = Row.of(what, Figures.shortly(own.median()))
                .beside(peer.process.name(), Figures.shortly(result.peer().median()), result.ratio())
                .control("", own.noise());
        return goal == null ? row : row.goal(goal, reached, own.noise());
    }
}
