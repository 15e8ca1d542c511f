package dev.anabranch.benchmarks.startup;

import com.fasterxml.jackson.databind.JsonNode;
import dev.anabranch.benchmarks.BenchPlatform;
import dev.anabranch.benchmarks.Benchmark;
import dev.anabranch.benchmarks.Goal;
import dev.anabranch.benchmarks.Rounds;
import dev.anabranch.benchmarks.Row;
import dev.anabranch.fraud.FraudViews;
import dev.anabranch.local.Problem;
import dev.anabranch.local.Services;
import dev.anabranch.local.check.Api;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/**
 * The whole platform started in an empty directory, again and again: until every process is ready, and until a payment handed in
 * over REST is in the answer about its customer. Then what it takes while nothing happens, and what it holds of memory before
 * and after some payments.
 */
public final class StartupBenchmark implements Benchmark {
    private static final List<String> PROCESSES =
            List.of(Services.BROKER, Services.ARCHIVER, Services.SPEED, Services.SERVING, Services.SCHEDULER);
    private static final int MOST_ROUNDS = 2;
    /** Compilers go on for minutes after a start. */
    private static final Duration SETTLING = Duration.ofMinutes(2);

    private static final Duration WATCHED = Duration.ofSeconds(40);
    private static final int PAYMENTS = 200_000;
    private static final double MOST_SECONDS = 120;
    private static final double MOST_IDLE_CORES = 0.15;
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final String CUSTOMER = "customer-1";
    private static final String IDLE = "idle";

    /** What one start took: seconds, and CPU-seconds of each process until all were ready. */
    private record Start(double readySeconds, double answerSeconds, Map<String, Double> cpuSeconds) {}

    /** What the processes were like when they had been started. */
    private record Footprint(Map<String, Double> idleCores, Map<String, Long> idleKib, Map<String, Long> loadedKib) {}

    @Override
    public String name() {
        return "startup";
    }

    @Override
    public String what() {
        return "the platform from nothing to its first merged answer, and what it takes while nothing happens";
    }

    @Override
    public List<Row> run(Settings settings) throws Exception {
        int rounds = settings.quick() ? 1 : Math.min(settings.rounds(), MOST_ROUNDS);
        List<Start> starts = new ArrayList<>();
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < rounds; i++) {
            long began = System.nanoTime();
            try (BenchPlatform platform = BenchPlatform.start(settings, "startup-" + i, List.of(), PROCESSES)) {
                starts.add(start(platform, began));
                if (i == rounds - 1) {
                    rows.addAll(rows(starts));
                    rows.addAll(
                            settings.quick()
                                    ? List.of(Row.missing(IDLE, "takes minutes to settle: not with --quick"))
                                    : rows(footprint(platform, settings)));
                }
            }
        }
        return rows;
    }

    private static Start start(BenchPlatform platform, long began) throws InterruptedException {
        double ready = (System.nanoTime() - began) / 1e9;
        Map<String, Double> cpu = each(platform, BenchPlatform::cpuSeconds);
        Api api = new Api(platform.service(Services.SERVING).address());
        api.postNow(
                "/v1/events/transaction",
                Map.of(
                        "transactionId",
                        "p-1",
                        "eventTimeMillis",
                        System.currentTimeMillis(),
                        "customerId",
                        CUSTOMER,
                        "terminalId",
                        "terminal-1",
                        "amountCents",
                        4_200));
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!isMerged(api.getNow(Api.viewPath(FraudViews.CUSTOMER.name(), CUSTOMER)))) {
            if (System.nanoTime() > deadline) {
                throw new Problem("A payment must be in an answer within " + PATIENCE.toSeconds() + " s of the start");
            }
            TimeUnit.MILLISECONDS.sleep(5);
        }
        return new Start(ready, (System.nanoTime() - began) / 1e9, cpu);
    }

    private static boolean isMerged(JsonNode answer) {
        return answer.path("measures").path("count.1d").asLong() == 1;
    }

    private static Footprint footprint(BenchPlatform platform, Settings settings) throws Exception {
        TimeUnit.MILLISECONDS.sleep(SETTLING.toMillis());
        Map<String, Double> before = each(platform, BenchPlatform::cpuSeconds);
        TimeUnit.MILLISECONDS.sleep(WATCHED.toMillis());
        Map<String, Double> after = each(platform, BenchPlatform::cpuSeconds);
        Map<String, Double> cores = new LinkedHashMap<>();
        after.forEach((name, spent) -> cores.put(name, (spent - before.get(name)) / WATCHED.toSeconds()));
        Map<String, Long> idleKib = each(platform, BenchPlatform::residentKib);
        platform.publish(PAYMENTS, new SplittableRandom(settings.seed()));
        platform.awaitSpeedLayer();
        return new Footprint(cores, idleKib, each(platform, BenchPlatform::residentKib));
    }

    private interface Reading<T> {
        T of(BenchPlatform platform, String process);
    }

    private static <T> Map<String, T> each(BenchPlatform platform, Reading<T> reading) {
        Map<String, T> readings = new LinkedHashMap<>();
        PROCESSES.forEach(name -> readings.put(name, reading.of(platform, name)));
        return readings;
    }

    private static List<Row> rows(List<Start> starts) {
        List<Row> rows = new ArrayList<>();
        rows.add(seconds("all five ready", Rounds.of(starts, Start::readySeconds)));
        rows.add(seconds("the first merged answer", Rounds.of(starts, Start::answerSeconds)));
        for (String name : PROCESSES) {
            double cpu = Rounds.of(starts, start -> start.cpuSeconds.get(name)).median();
            rows.add(Row.of(name + ", until all are ready", String.format(Locale.ROOT, "%.1f CPU-s", cpu)));
        }
        return rows;
    }

    private static List<Row> rows(Footprint footprint) {
        List<Row> rows = new ArrayList<>();
        for (String name : PROCESSES) {
            rows.add(footprint(
                    name,
                    footprint.idleCores.get(name),
                    footprint.idleKib.get(name) / 1024,
                    footprint.loadedKib.get(name) / 1024));
        }
        double cores = footprint.idleCores.values().stream()
                .mapToDouble(Double::doubleValue)
                .sum();
        rows.add(footprint("together", cores, mebibytes(footprint.idleKib), mebibytes(footprint.loadedKib))
                .goal(Goal.atMost(MOST_IDLE_CORES, "of a core"), cores, 1));
        return rows;
    }

    private static Row footprint(String what, double cores, long idleMib, long loadedMib) {
        return Row.of(
                IDLE + ", " + what,
                String.format(Locale.ROOT, "%.3f of a core, %d MiB; loaded %d MiB", cores, idleMib, loadedMib));
    }

    private static long mebibytes(Map<String, Long> kib) {
        return kib.values().stream().mapToLong(Long::longValue).sum() / 1024;
    }

    private static Row seconds(String what, Rounds rounds) {
        return Row.of(
                        what,
                        String.format(
                                Locale.ROOT, "%.1f s (%.1f to %.1f)", rounds.median(), rounds.least(), rounds.most()))
                .goal(Goal.atMost(MOST_SECONDS, "s"), rounds.median(), rounds.most() / rounds.least());
    }
}
