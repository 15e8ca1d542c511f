package dev.anabranch.benchmarks.restore;

import com.fasterxml.jackson.databind.JsonNode;
import dev.anabranch.benchmarks.BenchPlatform;
import dev.anabranch.benchmarks.Benchmark;
import dev.anabranch.benchmarks.Goal;
import dev.anabranch.benchmarks.Growth;
import dev.anabranch.benchmarks.Rounds;
import dev.anabranch.benchmarks.Row;
import dev.anabranch.contract.Topics;
import dev.anabranch.fraud.FraudViews;
import dev.anabranch.local.Problem;
import dev.anabranch.local.Services;
import dev.anabranch.local.check.Api;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/**
 * Speed and serving layer killed and started again, with more and more cells that no batch view has taken over: the time
 * until they say that they are ready, the CPU it took, and what their topics hold.
 */
public final class RestoreBenchmark implements Benchmark {
    private static final int[] EVENTS = {10_000, 46_000, 215_000, 1_000_000};
    private static final int[] EVENTS_QUICK = {5_000, 50_000};
    private static final int VIEWS = 2;
    private static final List<String> TOPICS =
            List.of(Topics.speedView(FraudViews.CUSTOMER.name()), Topics.speedView(FraudViews.TERMINAL.name()));
    private static final Duration PATIENCE = Duration.ofMinutes(10);
    private static final Duration POLL = Duration.ofMillis(20);
    private static final double MOST_SECONDS = 10;
    private static final double EXPONENT = 1.05;

    /** What one restart took. */
    private record Restart(double seconds, double cpuSeconds, long topicBytes) {}

    @Override
    public String name() {
        return "restore";
    }

    @Override
    public String what() {
        return "speed and serving layer after kill -9, by cells: seconds until ready, CPU, bytes in their topics";
    }

    @Override
    public boolean isQuick() {
        return false;
    }

    @Override
    public List<Row> run(Settings settings) throws Exception {
        int[] sizes = settings.quick() ? EVENTS_QUICK : EVENTS;
        try (BenchPlatform platform = BenchPlatform.start(
                settings, "restore", List.of(), List.of(Services.BROKER, Services.SPEED, Services.SERVING))) {
            return measure(platform, sizes, settings.seed());
        }
    }

    private static List<Row> measure(BenchPlatform platform, int[] sizes, long seed) throws Exception {
        List<Row> rows = new ArrayList<>();
        Map<String, List<Rounds>> costs =
                Map.of(Services.SPEED, new ArrayList<>(), Services.SERVING, new ArrayList<>());
        List<Double> cells = new ArrayList<>();
        SplittableRandom random = new SplittableRandom(seed);
        int sent = 0;
        for (int i = 0; i < sizes.length; i++) {
            platform.publish(sizes[i] - sent, random);
            sent = sizes[i];
            awaitFolded(platform);
            cells.add((double) VIEWS * sent);
            for (String name : List.of(Services.SPEED, Services.SERVING)) {
                Restart restart = restart(platform, name);
                costs.get(name).add(Rounds.of(restart.cpuSeconds));
                rows.add(row(name, cells.get(i), restart));
                awaitFolded(platform);
            }
        }
        for (String name : List.of(Services.SPEED, Services.SERVING)) {
            double exponent = new Growth(cells, costs.get(name)).exponents().median();
            rows.add(Row.of(name + ", CPU against cells", String.format(Locale.ROOT, "exponent %.2f", exponent))
                    .goal(Goal.atMost(EXPONENT, ""), exponent, 1));
        }
        return rows;
    }

    private static Row row(String name, double cells, Restart restart) {
        return Row.of(
                        String.format(Locale.ROOT, "%s ready again, %,.0f cells", name, cells),
                        String.format(
                                Locale.ROOT,
                                "%.1f s, %.1f CPU-s, topics of %.1f MB",
                                restart.seconds,
                                restart.cpuSeconds,
                                restart.topicBytes / 1e6))
                .goal(Goal.atMost(MOST_SECONDS, "s"), restart.seconds, 1);
    }

    private static Restart restart(BenchPlatform platform, String name) throws Exception {
        platform.kill(name);
        long began = System.nanoTime();
        Process again = platform.launch(name);
        while (platform.service(name).readiness().missing().isPresent()) {
            if (!again.isAlive() || System.nanoTime() - began > PATIENCE.toNanos()) {
                throw new Problem("The " + name + " must become ready again");
            }
            TimeUnit.MILLISECONDS.sleep(POLL.toMillis());
        }
        double seconds = (System.nanoTime() - began) / 1e9;
        double cpu = again.info()
                        .totalCpuDuration()
                        .orElseThrow(() -> new Problem("This machine does not tell the CPU time of a process"))
                        .toMillis()
                / 1e3;
        return new Restart(seconds, cpu, platform.bytes(TOPICS));
    }

    /** Until all that was sent is folded, and seen by the serving layer. */
    private static void awaitFolded(BenchPlatform platform) throws Exception {
        Api api = new Api(platform.service(Services.SERVING).address());
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!platform.hasRead(Topics.speedApplication("fraud")) || lags(api)) {
            if (System.nanoTime() > deadline) {
                throw new Problem("What was sent must be folded within " + PATIENCE.toMinutes() + " minutes");
            }
            TimeUnit.MILLISECONDS.sleep(100);
        }
    }

    private static boolean lags(Api api) {
        Api.Answer answer = api.get("/v1/status").join();
        if (!answer.ok()) {
            return true;
        }
        for (JsonNode view : answer.body().get("views")) {
            if (view.path("lag").asLong(1) > 0) {
                return true;
            }
        }
        return false;
    }
}
