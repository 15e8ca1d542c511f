package dev.anabranch.benchmarks.stream;

import dev.anabranch.benchmarks.BenchPlatform;
import dev.anabranch.benchmarks.Benchmark;
import dev.anabranch.benchmarks.Figures;
import dev.anabranch.benchmarks.Goal;
import dev.anabranch.benchmarks.Rounds;
import dev.anabranch.benchmarks.Row;
import dev.anabranch.contract.Topics;
import dev.anabranch.fraud.FraudEvents;
import dev.anabranch.local.Distribution;
import dev.anabranch.local.Problem;
import dev.anabranch.local.Services;
import dev.anabranch.local.TopicSpec;
import java.io.File;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/**
 * Payments are published; the speed layer and its peers read them at the same time, each in a process of its own. A round is
 * over when all have committed all of them, and what each spent of CPU is compared.
 */
public final class StreamBenchmark implements Benchmark {
    private static final String OURS = "speed layer";
    private static final String NO_OP = "Kafka Streams no-op";
    private static final String NO_OP_AGAIN = "the same no-op again";
    private static final String LOOP = "consumer-producer loop";
    private static final int EVENTS = 300_000;
    private static final int EVENTS_QUICK = 60_000;
    private static final int WARM_UPS = 2;
    private static final double GOAL = 0.25;
    private static final long COMMIT_MILLIS = 25;
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    /** A reader of the topic: the group it commits as, and its process. */
    private record Reader(String group, ProcessHandle process) {
        double cpuSeconds() {
            return process.info().totalCpuDuration().orElseThrow().toMillis() / 1e3;
        }
    }

    @Override
    public String name() {
        return "stream";
    }

    @Override
    public String what() {
        return "the fraud path in the stream (both views and a repartition; no model is live), payments a CPU-second";
    }

    @Override
    public List<Row> run(Settings settings) throws Exception {
        List<TopicSpec> outputs = List.of(out(NO_OP), out(NO_OP_AGAIN), out(LOOP));
        try (BenchPlatform platform =
                BenchPlatform.start(settings, "stream", outputs, List.of(Services.BROKER, Services.SPEED))) {
            Map<String, Reader> readers = new LinkedHashMap<>();
            readers.put(OURS, new Reader(Topics.speedApplication("fraud"), platform.process(Services.SPEED)));
            try {
                readers.put(NO_OP, noOp(platform, settings, NO_OP));
                readers.put(NO_OP_AGAIN, noOp(platform, settings, NO_OP_AGAIN));
                readers.put(LOOP, loop(platform, settings));
                return measure(platform, readers, settings);
            } finally {
                readers.values().forEach(reader -> reader.process.destroy());
            }
        }
    }

    private static TopicSpec out(String reader) {
        return new TopicSpec("out." + reader.replace(' ', '-'), BenchPlatform.PARTITIONS, Map.of());
    }

    private static Reader noOp(BenchPlatform platform, Settings settings, String name) {
        String group = "bench-" + name.replace(' ', '-');
        Path state = settings.scratch().resolve(group);
        Process process = launch(
                platform,
                settings,
                NoOpForward.class,
                out(name).name(),
                group,
                String.valueOf(COMMIT_MILLIS),
                state.toString());
        return new Reader(group, process.toHandle());
    }

    private static Reader loop(BenchPlatform platform, Settings settings) {
        return new Reader(
                "bench-loop",
                launch(platform, settings, CopyLoop.class, out(LOOP).name(), "bench-loop")
                        .toHandle());
    }

    private static Process launch(BenchPlatform platform, Settings settings, Class<?> main, String... more) {
        String classPath = new Distribution(settings.root()).classPath("speed-layer", "anabranch-speed-layer")
                + File.pathSeparator
                + Distribution.ownClassPath();
        List<String> command = new ArrayList<>(List.of(
                Distribution.java(),
                "-Xmx512m",
                "-XX:+UseSerialGC",
                "-cp",
                classPath,
                main.getName(),
                platform.bootstrapServers(),
                FraudEvents.TRANSACTION.topic()));
        command.addAll(List.of(more));
        return platform.launch(main.getSimpleName() + "-" + more[1], command);
    }

    private static List<Row> measure(BenchPlatform platform, Map<String, Reader> readers, Settings settings)
            throws Exception {
        SplittableRandom random = new SplittableRandom(settings.seed());
        int events = settings.quick() ? EVENTS_QUICK : EVENTS;
        for (int i = 0; i < WARM_UPS; i++) {
            round(platform, readers, events, random);
        }
        Map<String, List<Double>> rates = new LinkedHashMap<>();
        readers.keySet().forEach(name -> rates.put(name, new ArrayList<>()));
        for (int i = 0; i < settings.rounds(); i++) {
            round(platform, readers, events, random)
                    .forEach((name, spent) -> rates.get(name).add(events / spent));
        }
        Rounds ours = Rounds.of(rates.get(OURS), rate -> rate);
        Rounds noOp = Rounds.of(rates.get(NO_OP), rate -> rate);
        Rounds loop = Rounds.of(rates.get(LOOP), rate -> rate);
        double noise = Rounds.of(rates.get(NO_OP_AGAIN), rate -> rate).noise(noOp);
        return List.of(
                row(OURS, ours, noOp, noise)
                        .goal(
                                Goal.atLeast(GOAL, "times the no-op"),
                                ours.over(noOp).median(),
                                noise),
                row(LOOP, loop, noOp, noise));
    }

    private static Row row(String one, Rounds rates, Rounds noOp, double noise) {
        return Row.of(one, Figures.shortly(rates.median()))
                .beside(NO_OP, Figures.shortly(noOp.median()), rates.over(noOp))
                .control("no-op to no-op", noise);
    }

    /** What each reader spent of CPU on so many payments. */
    private static Map<String, Double> round(
            BenchPlatform platform, Map<String, Reader> readers, int events, SplittableRandom random) throws Exception {
        Map<String, Double> before = new LinkedHashMap<>();
        readers.forEach((name, reader) -> before.put(name, reader.cpuSeconds()));
        platform.publish(events, random);
        Map<String, Double> spent = new LinkedHashMap<>();
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (spent.size() < readers.size()) {
            for (Map.Entry<String, Reader> one : readers.entrySet()) {
                String name = one.getKey();
                if (!spent.containsKey(name) && platform.hasRead(one.getValue().group)) {
                    spent.put(name, one.getValue().cpuSeconds() - before.get(name));
                }
            }
            if (System.nanoTime() > deadline || readers.values().stream().anyMatch(r -> !r.process.isAlive())) {
                throw new Problem("Every reader must have read " + events + " payments within " + PATIENCE.toMinutes()
                        + " minutes, only " + spent.keySet() + " did");
            }
            TimeUnit.MILLISECONDS.sleep(50);
        }
        return spent;
    }
}
