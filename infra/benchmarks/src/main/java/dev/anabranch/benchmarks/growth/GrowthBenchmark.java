package dev.anabranch.benchmarks.growth;

import dev.anabranch.benchmarks.BenchPlatform;
import dev.anabranch.benchmarks.Benchmark;
import dev.anabranch.benchmarks.Matches;
import dev.anabranch.benchmarks.Outcome;
import dev.anabranch.benchmarks.Row;
import dev.anabranch.contract.Topics;
import dev.anabranch.fraud.FraudUseCase;
import dev.anabranch.fraud.FraudViews;
import dev.anabranch.local.Distribution;
import dev.anabranch.local.Problem;
import dev.anabranch.local.Services;
import java.io.File;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/**
 * Each cost of the platform at sizes over two decades, and the exponent that fits.
 *
 * <p>All sizes are measured in every round, one after the other, and an exponent is fitted to each round: a JVM that is warmer in
 * the next does not look like growth. What is there whatever the size is measured beside each, and taken off, for it would hide
 * growth.
 */
public final class GrowthBenchmark implements Benchmark {
    private static final List<Integer> ROWS = List.of(16_000, 74_000, 345_000, 1_600_000);
    private static final List<Integer> TILES = List.of(24, 111, 517, 2_400);
    private static final List<Integer> TILES_QUICK = List.of(24, 240);
    private static final List<Integer> ENTITIES = List.of(10_000, 46_000, 215_000, 1_000_000);
    private static final List<Integer> ENTITIES_QUICK = List.of(10_000, 100_000);
    private static final int WARM_UPS = 3;

    /** As good as no rows, though some for each day. */
    private static final int HARDLY_ANY = 1_000;

    private static final double IN_PROPORTION = 1.05;
    private static final double HARDLY = 0.1;
    private static final double A_LITTLE = 0.2;
    /** What is over soon is done so often in a round: the clock's steps and collections of garbage even out. */
    private static final int TIMES = 6;

    private static final Duration IDLE = Duration.ofSeconds(3);
    private static final Duration POLL = Duration.ofMillis(20);
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final List<String> QUERY_FLAGS = List.of("-Xmx512m", "-XX:+UseSerialGC");

    @Override
    public String name() {
        return "growth";
    }

    @Override
    public String what() {
        return "costs against sizes: advance, recompute, query, loading a generation; CPU and fitted exponent";
    }

    @Override
    public List<Row> run(Settings settings) throws Exception {
        List<Row> rows = new ArrayList<>();
        if (settings.quick()) {
            rows.add(Row.missing("batch advance and recompute", "take too long for --quick"));
        } else {
            try (BenchPlatform platform =
                    BenchPlatform.start(settings, "growth", List.of(), List.of(Services.BROKER))) {
                rows.addAll(batch(platform, settings));
            }
        }
        rows.addAll(queries(settings));
        try (BenchPlatform platform = BenchPlatform.start(
                settings, "growth-load", List.of(), List.of(Services.BROKER, Services.SPEED, Services.SERVING))) {
            rows.addAll(loads(platform, settings));
        }
        return rows;
    }

    /** Half as many as others have: a round has all the sizes in it. */
    private static int rounds(Settings settings) {
        return Math.max(2, settings.rounds() / 2);
    }

    private static List<Row> batch(BenchPlatform platform, Settings settings) {
        List<Integer> sizes = ROWS;
        int middle = middle(sizes);
        String many = String.format(Locale.ROOT, "%,d", middle);
        Curve fresh = new Curve("batch advance of a history of " + many, "new payments");
        Curve history = new Curve("batch advance by " + many + " new payments", "payments of history");
        Curve whole = new Curve("full recompute", "payments");
        List<String> command = platform.batch();
        String classPath = command.get(command.size() - 2) + File.pathSeparator + Distribution.ownClassPath();
        List<String> flags = new ArrayList<>(command.subList(1, command.size() - 3));
        flags.stream()
                .filter(flag -> flag.startsWith("-Xmx"))
                .findFirst() // a heap that grows with the sizes would make the small ones dear
                .ifPresent(most -> flags.add(most.replace("-Xmx", "-Xms")));
        try (Matches.Side batch = new Matches(settings).side("batch", classPath, flags, BatchLayer.class, List.of())) {
            String hardlyNew = piece("advance", middle, HARDLY_ANY);
            String hardlyAny = piece("recompute", HARDLY_ANY, HARDLY_ANY);
            // At first the archives are made, and the JVM gets warm.
            batch.once(hardlyNew);
            batch.once(hardlyAny);
            for (int size : sizes) {
                batch.once(piece("advance", middle, size));
                batch.once(piece("recompute", size, middle));
            }
            for (int round = 0; round < rounds(settings); round++) {
                double nothing =
                        batch.once(piece("nothing", middle, HARDLY_ANY)).cpuSeconds();
                for (int size : sizes) {
                    int times = Math.max(1, Math.min(TIMES, middle / size));
                    inTurns(fresh, size, batch, piece("advance", middle, size), hardlyNew, times);
                    inTurns(whole, size, batch, piece("recompute", size, middle), hardlyAny, times);
                    history.add(size, batch.once(piece("advance", size, middle)).cpuSeconds(), nothing);
                }
            }
        }
        List<Row> rows = new ArrayList<>(fresh.rows(IN_PROPORTION, "what hardly any new payments take"));
        rows.addAll(history.rows(HARDLY, "what a run takes that finds nothing new"));
        rows.addAll(whole.rows(IN_PROPORTION, "what hardly any payments take"));
        return rows;
    }

    private static String piece(String what, int history, int fresh) {
        return what + " " + history + " " + fresh;
    }

    /** Adds a round of a piece of work and of one that is hardly any, in turns: their means. */
    private static void inTurns(Curve curve, int size, Matches.Side batch, String piece, String hardlyAny, int times) {
        double seconds = 0;
        double constant = 0;
        for (int i = 0; i < times; i++) {
            constant += batch.once(hardlyAny).cpuSeconds() / times;
            seconds += batch.once(piece).cpuSeconds() / times;
        }
        curve.add(size, seconds, constant);
    }

    private static int middle(List<Integer> sizes) {
        double product = (double) sizes.get(0) * sizes.get(sizes.size() - 1);
        return (int) Math.round(Math.sqrt(product) / HARDLY_ANY) * HARDLY_ANY;
    }

    private static List<Row> queries(Settings settings) {
        Curve curve = new Curve("query of one entity", "tiles in its row");
        try (Matches.Side query =
                new Matches(settings).side("query", Distribution.ownClassPath(), QUERY_FLAGS, Query.class, List.of())) {
            for (int round = -2; round < settings.rounds(); round++) {
                for (int size : settings.quick() ? TILES_QUICK : TILES) {
                    Outcome outcome = query.once(String.valueOf(size));
                    if (round >= 0) {
                        curve.add(size, outcome.cpuSeconds() / outcome.count(), 0);
                    }
                }
            }
        }
        return curve.rows(A_LITTLE, "");
    }

    private static List<Row> loads(BenchPlatform platform, Settings settings) throws Exception {
        List<Integer> sizes = settings.quick() ? ENTITIES_QUICK : ENTITIES;
        int all = sizes.get(sizes.size() - 1);
        Map<String, String> groups = new LinkedHashMap<>();
        groups.put(Services.SERVING, "serving"); // as its application is called unless told
        groups.put(Services.SPEED, Topics.speedApplication(FraudUseCase.NAME));
        Map<String, Curve> curves = new LinkedHashMap<>();
        groups.keySet()
                .forEach(
                        layer -> curves.put(layer, new Curve(layer + " layer loads a generation", "changed entities")));
        try (PublishedGenerations generations = new PublishedGenerations(
                platform.bootstrapServers(),
                FraudViews.CUSTOMER,
                all,
                BenchPlatform.PARTITIONS,
                new SplittableRandom(settings.seed()))) {
            load(
                    platform,
                    groups,
                    generations,
                    all,
                    settings.quick() ? 1 : WARM_UPS); // from here on there are as many entities as there will be
            for (int round = 0; round < rounds(settings); round++) {
                Map<String, Double> idle = idle(platform, groups);
                for (int size : sizes) {
                    int times = all / size; // garbage is collected as often whatever the size
                    Load load = load(platform, groups, generations, size, times);
                    curves.forEach((layer, curve) -> curve.add(
                            size, load.cpuSeconds.get(layer) / times, idle.get(layer) * load.seconds / times));
                }
            }
        }
        List<Row> rows = new ArrayList<>();
        curves.values()
                .forEach(curve -> rows.addAll(curve.rows(IN_PROPORTION, "what the layer spends idle in that time")));
        return rows;
    }

    /** What a time took of each process. */
    private record Load(double seconds, Map<String, Double> cpuSeconds) {}

    private static Load load(
            BenchPlatform platform,
            Map<String, String> groups,
            PublishedGenerations generations,
            int changed,
            int times)
            throws Exception {
        long began = System.nanoTime();
        Map<String, Double> before = spent(platform, groups);
        for (int i = 0; i < times; i++) {
            generations.publish(changed);
        }
        for (String group : groups.values()) {
            while (!platform.hasRead(group, Topics.batchView(FraudViews.CUSTOMER.name()))) {
                if (System.nanoTime() - began > PATIENCE.toNanos()) {
                    throw new Problem("A generation must be loaded within " + PATIENCE.toMinutes() + " minutes");
                }
                TimeUnit.MILLISECONDS.sleep(POLL.toMillis());
            }
        }
        return new Load((System.nanoTime() - began) / 1e9, less(spent(platform, groups), before));
    }

    /** What each process takes of a core while nothing happens. */
    private static Map<String, Double> idle(BenchPlatform platform, Map<String, String> groups)
            throws InterruptedException {
        long began = System.nanoTime();
        Map<String, Double> before = spent(platform, groups);
        TimeUnit.MILLISECONDS.sleep(IDLE.toMillis());
        Map<String, Double> spent = less(spent(platform, groups), before);
        double seconds = (System.nanoTime() - began) / 1e9;
        spent.replaceAll((layer, cpu) -> cpu / seconds);
        return spent;
    }

    private static Map<String, Double> spent(BenchPlatform platform, Map<String, String> groups) {
        Map<String, Double> spent = new LinkedHashMap<>();
        groups.keySet().forEach(layer -> spent.put(layer, platform.cpuSeconds(layer)));
        return spent;
    }

    private static Map<String, Double> less(Map<String, Double> after, Map<String, Double> before) {
        Map<String, Double> spent = new LinkedHashMap<>();
        after.forEach((layer, seconds) -> spent.put(layer, seconds - before.get(layer)));
        return spent;
    }
}
