package dev.anabranch.benchmarks.kernels;

import dev.anabranch.benchmarks.Benchmark;
import dev.anabranch.benchmarks.Goal;
import dev.anabranch.benchmarks.Row;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Runs {@link Kernels}. Their limits are those of the goals; there is no peer. */
public final class KernelBenchmark implements Benchmark {
    private static final String ALLOCATED = "gc.alloc.rate.norm";

    /** A merge over so many tiles or fewer is what a usual customer takes. */
    private static final int USUAL_TILES = 24;

    private static final double MERGE_NANOS = 2_000;
    private static final double MERGE_BYTES = 2_048;

    @Override
    public String name() {
        return "kernels";
    }

    @Override
    public String what() {
        return "the innermost loops: CPU time and bytes allocated for each operation";
    }

    @Override
    public List<Row> run(Settings settings) throws RunnerException {
        int iterations = settings.quick() ? 2 : 4;
        TimeValue time = TimeValue.milliseconds(settings.quick() ? 250 : 600);
        ChainedOptionsBuilder options = new OptionsBuilder()
                .include(Kernels.class.getName())
                .forks(1)
                .warmupIterations(iterations)
                .warmupTime(time)
                .measurementIterations(iterations)
                .measurementTime(time)
                // Its own flags alone: a fork would take over those of the command, which does without the optimising
                // compiler.
                .jvmArgs("-Xmx1g", "-XX:+UseSerialGC", "-Djmh.ignoreLock=true")
                .addProfiler(GCProfiler.class)
                .addProfiler(CpuProfiler.class)
                .verbosity(VerboseMode.SILENT)
                .output(settings.scratch().resolve("jmh.log").toString());
        if (settings.quick()) { // the one the goals are about
            options.param("tiles", String.valueOf(USUAL_TILES)).param("cells", "0");
        }
        Collection<RunResult> results = new Runner(options.build()).run();
        Map<String, RunResult> byName = new TreeMap<>();
        results.forEach(result -> byName.put(described(result), result));
        List<Row> rows = new ArrayList<>();
        byName.forEach((name, result) -> rows.add(row(name, result)));
        return rows;
    }

    private static Row row(String what, RunResult result) {
        Result<?> cpu = result.getSecondaryResults().get(CpuProfiler.CPU);
        double nanos = cpu.getScore();
        double bytes = result.getSecondaryResults().get(ALLOCATED).getScore();
        double noise = cpu.getStatistics().getMax() / cpu.getStatistics().getMin();
        String ours = String.format(Locale.ROOT, "%.2f us, %.0f B", nanos / 1e3, bytes);
        Row row = Row.of(what, ours).control("", noise);
        if (!isUsualMerge(result)) {
            return row;
        }
        String time = Goal.atMost(MERGE_NANOS, "ns").verdict(nanos, noise);
        String allocated = Goal.atMost(MERGE_BYTES, "B").verdict(bytes, 1);
        return new Row(
                row.what(),
                row.ours(),
                "",
                "",
                "<= 2 us, <= 2048 B",
                "CPU " + time + ", memory " + allocated,
                row.control());
    }

    private static boolean isUsualMerge(RunResult result) {
        String tiles = result.getParams().getParam("tiles");
        return tiles != null
                && Integer.parseInt(tiles) <= USUAL_TILES
                && Integer.parseInt(result.getParams().getParam("cells")) == 0;
    }

    private static String described(RunResult result) {
        String name = result.getParams().getBenchmark();
        StringBuilder described = new StringBuilder(name.substring(name.lastIndexOf('.') + 1));
        for (String key : result.getParams().getParamsKeys()) {
            described
                    .append(", ")
                    .append(result.getParams().getParam(key))
                    .append(' ')
                    .append(key);
        }
        return described.toString();
    }
}
