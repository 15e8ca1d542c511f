package dev.anabranch.benchmarks.training;

import dev.anabranch.benchmarks.Benchmark;
import dev.anabranch.benchmarks.Goal;
import dev.anabranch.benchmarks.Matches;
import dev.anabranch.benchmarks.Row;
import dev.anabranch.local.Distribution;
import java.io.File;
import java.util.ArrayList;
import java.util.List;

/** Nine features as of every payment, from the same payments, with the same results. */
public final class TrainingSetBenchmark implements Benchmark {
    private static final int ALL = 1_730_000;
    private static final int FEW = 300_000;
    private static final double ROWS_A_CPU_SECOND = 2.5e6;
    private static final List<String> HEAP = List.of("-Xms2g", "-Xmx2g", "-XX:+UseParallelGC");

    @Override
    public String name() {
        return "training";
    }

    @Override
    public String what() {
        return "sum, count and mean over 1, 7 and 30 days as of every event, rows a CPU-second";
    }

    @Override
    public List<Row> run(Settings settings) {
        int count = settings.quick() ? FEW : ALL;
        List<String> arguments = List.of(String.valueOf(count), String.valueOf(settings.seed()));
        String own = Distribution.ownClassPath();
        Matches matches = new Matches(settings);
        try (Matches.Side ours = matches.side("sweep", own, HEAP, Sweep.class, arguments)) {
            Row beside = settings.quick()
                    ? Row.missing("training set beside Spark SQL", "has no goal: not with --quick")
                    : besideSpark(matches, ours, arguments, new Distribution(settings.root()));
            // Last, for the goal is about it: a sweep of all takes so long that it is not warm before.
            try (Matches.Side peer = matches.side("DuckDB", own, HEAP, DuckDbWindows.class, arguments)) {
                return List.of(
                        matches.row("training set", ours, peer, Goal.atLeast(ROWS_A_CPU_SECOND, "rows")), beside);
            }
        }
    }

    private static Row besideSpark(
            Matches matches, Matches.Side ours, List<String> arguments, Distribution distribution) {
        String classPath = distribution.classPath("batch-layer", "anabranch-batch-layer")
                + File.pathSeparator
                + Distribution.ownClassPath();
        List<String> flags = new ArrayList<>(HEAP);
        flags.add(distribution.sparkFlags());
        try (Matches.Side peer = matches.side("Spark SQL", classPath, flags, SparkWindows.class, arguments)) {
            return matches.row("training set", ours, peer, null);
        }
    }
}
