package dev.anabranch.benchmarks;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.anabranch.benchmarks.archive.ArchiveBenchmark;
import dev.anabranch.benchmarks.freshness.ClickBenchmark;
import dev.anabranch.benchmarks.freshness.FreshnessBenchmark;
import dev.anabranch.benchmarks.growth.GrowthBenchmark;
import dev.anabranch.benchmarks.kernels.KernelBenchmark;
import dev.anabranch.benchmarks.memory.MemoryBenchmark;
import dev.anabranch.benchmarks.monitoring.MonitoringBenchmark;
import dev.anabranch.benchmarks.restore.RestoreBenchmark;
import dev.anabranch.benchmarks.serving.ServingBenchmark;
import dev.anabranch.benchmarks.startup.StartupBenchmark;
import dev.anabranch.benchmarks.stream.StreamBenchmark;
import dev.anabranch.benchmarks.swap.SwapBenchmark;
import dev.anabranch.benchmarks.topn.TopNBenchmark;
import dev.anabranch.benchmarks.training.TrainingSetBenchmark;
import dev.anabranch.local.Distribution;
import dev.anabranch.local.LocalCommand;
import dev.anabranch.local.Problem;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Measures. */
@Command(
        name = "bench",
        description = "Measures what the platform costs, beside named peers and in turns with them, in seconds of CPU.",
        footer = {
            "",
            "A ratio that is nearer to its goal than ours is to itself from round to round is no verdict.",
            "Exit code 0 when all was measured, whether goals were met or not; 1 when a benchmark failed: the others are told."
        })
public final class BenchCommand extends LocalCommand {
    private static final List<Benchmark> ALL = List.of(
            new KernelBenchmark(),
            new TrainingSetBenchmark(),
            new StreamBenchmark(),
            new MonitoringBenchmark(),
            new ArchiveBenchmark(),
            new ServingBenchmark(),
            new FreshnessBenchmark(),
            new ClickBenchmark(),
            new RestoreBenchmark(),
            new MemoryBenchmark(),
            new GrowthBenchmark(),
            new SwapBenchmark(),
            new TopNBenchmark(),
            new StartupBenchmark());
    private static final int QUICK_ROUNDS = 2;
    private static final int ROUNDS = 3;

    @Parameters(
            paramLabel = "NAME",
            description = "which; all of them when none is named (--list says which there are)")
    private List<String> names = List.of();

    @Option(names = "--list", description = "list them and end")
    private boolean list;

    @Option(
            names = "--quick",
            description = "fewer rounds, smaller: all in under 5 minutes, without those that --list calls long")
    private boolean quick;

    @Option(names = "--rounds", paramLabel = "N", description = "of every comparison (default: 3; 2 with --quick)")
    private Integer rounds;

    @Option(names = "--seed", paramLabel = "S", defaultValue = "1", description = "of what is drawn (default: 1)")
    private long seed;

    @Option(names = "--report", paramLabel = "FILE", description = "write the table as JSON")
    private Path report;

    @Override
    protected int run() throws Exception {
        if (list) {
            ALL.forEach(one -> out().printf(
                            "%-14s %s%s%n", one.name(), one.what(), one.isQuick() ? "" : "; long, also with --quick"));
            out().flush();
            return 0;
        }
        if (rounds != null && rounds < 1) {
            throw new Problem("--rounds must be 1 or more, got " + rounds);
        }
        int times = rounds != null ? rounds : quick ? QUICK_ROUNDS : ROUNDS;
        List<Benchmark> chosen = chosen();
        Map<String, String> machine = Machine.described();
        machine.forEach((key, value) -> out().printf("%s: %s%n", key, value));
        Path scratch = Files.createTempDirectory("anabranch-bench");
        List<Row> rows = new ArrayList<>();
        List<String> failed = new ArrayList<>();
        Benchmark.Settings settings = new Benchmark.Settings(
                quick, times, seed, scratch, Distribution.ofThisCommand().root());
        for (Benchmark benchmark : chosen) {
            out().printf("%n%s: %s%n", benchmark.name(), benchmark.what());
            out().flush();
            long began = System.nanoTime();
            try {
                List<Row> measured = benchmark.run(settings);
                print(measured, out());
                rows.addAll(measured);
            } catch (InterruptedException e) {
                throw e;
            } catch (Exception e) { // what the others say is none the worse for it
                String why = benchmark.name() + " failed: " + (e instanceof Problem ? e.getMessage() : e.toString());
                out().println("  " + why);
                rows.add(Row.missing(benchmark.name(), e.getMessage()));
                failed.add(why);
            }
            out().printf(Locale.ROOT, "  %.0f s%n", (System.nanoTime() - began) / 1e9);
            out().flush();
        }
        if (report != null) {
            write(machine, times, rows);
        }
        if (!failed.isEmpty()) {
            throw new Problem(String.join("; ", failed) + "; what the contenders said lies in " + scratch);
        }
        delete(scratch);
        return 0;
    }

    private List<Benchmark> chosen() {
        List<String> known = ALL.stream().map(Benchmark::name).toList();
        names.stream().filter(name -> !known.contains(name)).findFirst().ifPresent(name -> {
            throw new Problem("A benchmark must be one of " + known + ", got '" + name + "'");
        });
        return ALL.stream()
                .filter(one -> names.contains(one.name()) || names.isEmpty() && (one.isQuick() || !quick))
                .toList();
    }

    static void print(List<Row> rows, PrintWriter out) {
        String line = "  %-44s %-16s %-30s %-22s %-18s %-22s %s%n";
        out.printf(line, "what", "ours", "peer", "ratio (range)", "goal", "verdict", "ours to itself");
        for (Row row : rows) {
            out.printf(line, row.what(), row.ours(), row.peer(), row.ratio(), row.goal(), row.verdict(), row.control());
        }
        out.flush();
    }

    private void write(Map<String, String> machine, int times, List<Row> rows) throws IOException {
        Map<String, Object> written = new LinkedHashMap<>();
        written.put("at", Instant.now().toString());
        written.put("machine", machine);
        written.put("rounds", times);
        written.put("seed", seed);
        written.put("rows", rows);
        new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValue(report.toFile(), written);
    }

    private static void delete(Path scratch) throws IOException {
        try (Stream<Path> found = Files.walk(scratch)) {
            for (Path each : found.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(each);
            }
        }
    }
}
