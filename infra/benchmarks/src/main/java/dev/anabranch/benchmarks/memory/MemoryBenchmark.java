package dev.anabranch.benchmarks.memory;

import dev.anabranch.benchmarks.Benchmark;
import dev.anabranch.benchmarks.Figures;
import dev.anabranch.benchmarks.Goal;
import dev.anabranch.benchmarks.Rounds;
import dev.anabranch.benchmarks.Row;
import dev.anabranch.local.Distribution;
import dev.anabranch.local.Problem;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * The two topics of the view of a million customers, each kept by the serving layer's store, by a hash map and by RocksDB, in a
 * process each: what that process holds of memory once all garbage is collected, less what it held before, beside the bytes of
 * the keys and values alone.
 */
public final class MemoryBenchmark implements Benchmark {
    private static final int CUSTOMERS = 1_000_000;
    private static final int CUSTOMERS_QUICK = 100_000;
    /** The second time is the control; more would tell nothing, for what is kept is the same. */
    private static final int TIMES = 2;

    private static final double MOST_TIMES_RAW = 1.5;

    /**
     * A young generation of one size, which is part of the empty process, an old one that can become as small as what lives,
     * and not the optimising compiler, which keeps megabytes for itself.
     */
    private static final List<String> FLAGS = List.of(
            "-XX:+UseSerialGC",
            "-Xms64m",
            "-Xmx6g",
            "-Xmn32m",
            "-XX:-ShrinkHeapInSteps",
            "-XX:TieredStopAtLevel=1",
            "--enable-native-access=ALL-UNNAMED");

    /** What one process came to, in bytes. */
    private record Held(long raw, long heap, long resident, long keys, long digest) {
        static Held of(String answer) {
            long[] figures = Arrays.stream(
                            answer.substring(HolderMain.ANSWER.length()).split(" "))
                    .mapToLong(Long::parseLong)
                    .toArray();
            return new Held(figures[0], figures[1], figures[2], figures[3], figures[4]);
        }

        double residentByRaw() {
            return (double) resident / raw;
        }

        double heapByRaw() {
            return (double) heap / raw;
        }
    }

    @Override
    public String name() {
        return "memory";
    }

    @Override
    public String what() {
        return "a view in the serving layer's store: resident memory, in times the bytes of its keys and values";
    }

    @Override
    public List<Row> run(Settings settings) throws IOException {
        List<Row> rows = new ArrayList<>();
        for (ViewContent.Part part : ViewContent.Part.values()) {
            List<Held> serving = held(Holder.Kind.SERVING, part, settings);
            rows.add(beside("ConcurrentHashMap", Holder.Kind.HASH_MAP, part, serving, settings));
            rows.add(beside("RocksDB", Holder.Kind.ROCKS_DB, part, serving, settings));
        }
        return rows;
    }

    private static Row beside(
            String name, Holder.Kind peer, ViewContent.Part part, List<Held> serving, Settings settings)
            throws IOException {
        Held one = serving.get(0);
        Rounds ours = Rounds.of(serving, Held::residentByRaw);
        String what = String.format(
                Locale.ROOT, "%,d %s, %.0f MB", one.keys, part.name().toLowerCase(Locale.ROOT), one.raw / 1e6);
        Held held;
        try {
            held = once(peer, part, settings); // it differs by a hundredth
        } catch (Problem e) {
            return Row.missing(what + ", beside " + name, e.getMessage());
        }
        if (held.keys != one.keys || held.digest != one.digest) {
            throw new Problem("All must keep the same " + part + ", got " + one + " and " + held);
        }
        Rounds its = Rounds.of(held.residentByRaw());
        return Row.of(what, times(ours) + ", heap " + times(Rounds.of(serving, Held::heapByRaw)))
                .beside(name, times(its), its.over(ours.first(1)))
                .goal(Goal.atMost(MOST_TIMES_RAW, "times raw"), ours.median(), ours.noise())
                .control("", ours.noise());
    }

    private static String times(Rounds rounds) {
        return Figures.shortly(rounds.median());
    }

    private static List<Held> held(Holder.Kind kind, ViewContent.Part part, Settings settings) throws IOException {
        List<Held> held = new ArrayList<>();
        for (int i = 0; i < (settings.quick() ? 1 : TIMES); i++) {
            held.add(once(kind, part, settings));
        }
        return held;
    }

    private static Held once(Holder.Kind kind, ViewContent.Part part, Settings settings) throws IOException {
        // The speed layer's has all three; the same for all, so that an empty process is the same.
        String classPath = new Distribution(settings.root()).classPath("speed-layer", "anabranch-speed-layer")
                + File.pathSeparator
                + Distribution.ownClassPath();
        List<String> command = new ArrayList<>();
        command.add(Distribution.java());
        command.addAll(FLAGS);
        command.addAll(List.of(
                "-cp",
                classPath,
                HolderMain.class.getName(),
                kind.name(),
                part.name(),
                String.valueOf(settings.quick() ? CUSTOMERS_QUICK : CUSTOMERS),
                String.valueOf(settings.seed()),
                Files.createTempDirectory(settings.scratch(), "held").toString()));
        Path log = settings.scratch().resolve("memory.log");
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
        try (BufferedReader from =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            return from.lines()
                    .filter(line -> line.startsWith(HolderMain.ANSWER))
                    .findFirst()
                    .map(Held::of)
                    .orElseThrow(() -> new Problem(kind + " must say what it holds, and did not; see " + log));
        } finally {
            process.destroy();
            process.onExit().join();
        }
    }
}
