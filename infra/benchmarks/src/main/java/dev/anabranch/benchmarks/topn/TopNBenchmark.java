package dev.anabranch.benchmarks.topn;

import dev.anabranch.benchmarks.Benchmark;
import dev.anabranch.benchmarks.Figures;
import dev.anabranch.benchmarks.Goal;
import dev.anabranch.benchmarks.Matches;
import dev.anabranch.benchmarks.Row;
import dev.anabranch.local.Distribution;
import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** The ten items with the greatest inner products, exact, of random factors and of learnt ones. */
public final class TopNBenchmark implements Benchmark {
    static final int BEST = 10;

    private static final int ITEMS = 1_000_000;
    private static final int FEW_ITEMS = 100_000;
    private static final int RANK = 64;
    private static final int QUERIES = 10;
    private static final int MOST_ROUNDS = 2;
    private static final String EXACT = "1.0";
    private static final String HASHED = "0.3";
    private static final double TIMES_RANDOM = 7;
    private static final double TIMES_LEARNT = 50;
    private static final List<String> HEAP = List.of("-Xmx3g", "-XX:+UseSerialGC");

    @Override
    public String name() {
        return "top-n";
    }

    @Override
    public String what() {
        return "exact top-10 of a million items at 64 features, queries a CPU-second, beside Oryx 2";
    }

    @Override
    public boolean isQuick() {
        return false;
    }

    @Override
    public List<Row> run(Settings all) throws Exception {
        Settings settings = all.withRounds(MOST_ROUNDS);
        int items = settings.quick() ? FEW_ITEMS : ITEMS;
        List<Row> rows = new ArrayList<>();
        Path random = settings.scratch().resolve("random.factors");
        Factors.random(items, RANK, QUERIES, settings.seed()).write(random);
        compare(
                "random factors",
                random,
                TIMES_RANDOM,
                false,
                settings,
                rows); // there is nothing that hashing could use
        Path learnt = settings.scratch().resolve("learnt.factors");
        learn(learnt, items, settings);
        compare("ALS factors", learnt, TIMES_LEARNT, true, settings, rows);
        return rows;
    }

    private static void learn(Path file, int items, Settings settings) {
        Distribution distribution = new Distribution(settings.root());
        String spark = distribution.classPath("batch-layer", "anabranch-batch-layer")
                + File.pathSeparator
                + Distribution.ownClassPath();
        List<String> flags = List.of("-Xmx6g", "-XX:+UseParallelGC", distribution.sparkFlags());
        List<String> arguments = List.of(
                file.toString(),
                String.valueOf(items),
                String.valueOf(RANK),
                String.valueOf(QUERIES),
                String.valueOf(settings.seed()));
        try (Matches.Side als = new Matches(settings).side("ALS", spark, flags, LearntFactors.class, arguments)) {
            als.once();
        }
    }

    private static void compare(
            String kind, Path factors, double times, boolean alsoHashed, Settings settings, List<Row> rows) {
        String own = Distribution.ownClassPath();
        Matches matches = new Matches(settings);
        String file = factors.toString();
        try (Matches.Side ours = matches.side("flat", own, HEAP, FlatSearch.class, List.of(file))) {
            try (Matches.Side peer = matches.side("Oryx", own, HEAP, OryxSearch.class, List.of(file, EXACT))) {
                rows.add(matches.ratio(
                        "top-10, " + kind, ours, peer, Goal.atLeast(times, "times Oryx's exact search"), true));
            }
            if (!alsoHashed) {
                return;
            }
            List<String> hashed = List.of(file, HASHED);
            double recall;
            try (Matches.Side peer = matches.side("recall", own, HEAP, HashedRecall.class, hashed)) {
                var found = peer.once();
                recall = (double) found.digest() / found.count();
            }
            try (Matches.Side peer = matches.side("Oryx LSH", own, HEAP, OryxSearch.class, hashed)) {
                String what = String.format(Locale.ROOT, "%s, Oryx finds %s of the ten", kind, Figures.shortly(recall));
                rows.add(matches.ratio(what, ours, peer, null, false));
            }
        }
    }

    /** Of one name found for one query; the sum over all does not depend on their order. */
    static long digest(float[] query, String name) {
        return (Arrays.hashCode(query) * 0x9E3779B97F4A7C15L) ^ (name.hashCode() * 0xC2B2AE3D27D4EB4FL);
    }
}
