package dev.anabranch.benchmarks.serving;

import dev.anabranch.benchmarks.BenchPlatform;
import dev.anabranch.benchmarks.Benchmark;
import dev.anabranch.benchmarks.Connection;
import dev.anabranch.benchmarks.Figures;
import dev.anabranch.benchmarks.Goal;
import dev.anabranch.benchmarks.KnownModel;
import dev.anabranch.benchmarks.Load;
import dev.anabranch.benchmarks.Rounds;
import dev.anabranch.benchmarks.Row;
import dev.anabranch.fraud.FraudFeatures;
import dev.anabranch.fraud.FraudViews;
import dev.anabranch.local.Problem;
import dev.anabranch.local.Services;
import dev.anabranch.local.check.Api;
import dev.anabranch.local.check.Latencies;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * What the serving layer answers in a second of its CPU: a payment's score, by two views and a model and with the prediction in the
 * log; a view; a view of a hundred entities. Beside each, in turns, the same process's constant. Then how long scores take
 * at shares of what it can bear, beside the constant at the same shares of what that can.
 */
public final class ServingBenchmark implements Benchmark {
    private static final String CONSTANT = "constant";
    private static final String SCORE = "score";
    private static final String VIEW = "view";
    private static final String MANY = "view of 100 entities";
    private static final String ASKED_AGAIN = "constant again";

    private static final String ALLOCATED = "jvm_gc_memory_allocated_bytes_total";

    private static final int HISTORY = 300_000;
    private static final int HISTORY_QUICK = 30_000;
    private static final int QUESTIONS = 1_000;
    private static final int ENTITIES = 100;
    /** The serving layer is told to compile late, for a quick start: scores take 30 CPU-seconds to be as fast as they get. */
    private static final Duration WARM_UP_SCORE = Duration.ofSeconds(15);

    private static final Duration WARM_UP = Duration.ofSeconds(8);
    private static final Duration WARM_UP_QUICK = Duration.ofSeconds(2);
    private static final Duration ROUND = Duration.ofSeconds(3);
    private static final Duration ROUND_QUICK = Duration.ofSeconds(1);
    private static final Duration STEADY = Duration.ofSeconds(4);
    private static final double GOAL = 0.5;
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    /**
     * What one kind of question came to in one round.
     *
     * @param perCpuSecond answers a second of the server's CPU
     * @param perSecond    and of the clock
     * @param bytes        allocated for an answer
     */
    private record Came(double perCpuSecond, double perSecond, double bytes) {}

    @Override
    public String name() {
        return "serving";
    }

    @Override
    public String what() {
        return "answers of the serving layer a CPU-second, and how long they take, beside its own constant";
    }

    @Override
    public List<Row> run(Settings settings) throws Exception {
        try (BenchPlatform platform = BenchPlatform.start(
                settings, "serving", List.of(), List.of(Services.BROKER, Services.SPEED, Services.SERVING))) {
            SplittableRandom random = new SplittableRandom(settings.seed());
            platform.publish(settings.quick() ? HISTORY_QUICK : HISTORY, random);
            platform.awaitSpeedLayer();
            String address = platform.service(Services.SERVING).address();
            Api desk = new Api(address);
            new KnownModel(2e-5f, FraudFeatures.NAMES.size()).publish(platform.bootstrapServers());
            scores(desk, random);
            try (Load load = new Load(address)) {
                return measure(platform, load, settings, questions(random));
            }
        }
    }

    /** Of each kind, by name. */
    private static Map<String, List<byte[]>> questions(SplittableRandom random) {
        Map<String, List<byte[]>> questions = new LinkedHashMap<>();
        List<byte[]> score = new ArrayList<>();
        List<byte[]> constant = new ArrayList<>();
        List<byte[]> view = new ArrayList<>();
        List<byte[]> many = new ArrayList<>();
        for (int i = 0; i < QUESTIONS; i++) {
            String payment = payment(random);
            score.add(Connection.post("/v1/fraud/score", payment));
            constant.add(Connection.post("/v1/constant", payment));
            view.add(Connection.get(Api.viewPath(FraudViews.CUSTOMER.name(), customer(random))));
            String entities = IntStream.range(0, ENTITIES)
                    .mapToObj(entity -> "\"" + customer(random) + "\"")
                    .collect(Collectors.joining(","));
            many.add(Connection.post("/v1/views/" + FraudViews.CUSTOMER.name(), "{\"entities\":[" + entities + "]}"));
        }
        questions.put(CONSTANT, constant);
        questions.put(SCORE, score);
        questions.put(VIEW, view);
        questions.put(MANY, many);
        questions.put(ASKED_AGAIN, constant);
        return questions;
    }

    private static String payment(SplittableRandom random) {
        return "{\"customerId\":\"" + customer(random) + "\",\"terminalId\":\"t-"
                + random.nextInt(BenchPlatform.TERMINALS) + "\",\"amountCents\":" + (1 + random.nextInt(50_000)) + "}";
    }

    private static String customer(SplittableRandom random) {
        return "c-" + random.nextInt(BenchPlatform.CUSTOMERS);
    }

    private static List<Row> measure(
            BenchPlatform platform, Load load, Settings settings, Map<String, List<byte[]>> questions)
            throws ExecutionException, InterruptedException, IOException {
        for (String kind : List.of(CONSTANT, SCORE, VIEW, MANY)) {
            Duration usual = kind.equals(SCORE) ? WARM_UP_SCORE : WARM_UP;
            load.asFastAsTheyGo(questions.get(kind), settings.quick() ? WARM_UP_QUICK : usual);
        }
        Map<String, List<Came>> came = new LinkedHashMap<>();
        questions.keySet().forEach(kind -> came.put(kind, new ArrayList<>()));
        Duration time = settings.quick() ? ROUND_QUICK : ROUND;
        Connection metrics = load.connection();
        for (int i = 0; i < settings.rounds(); i++) {
            for (Map.Entry<String, List<byte[]>> kind : questions.entrySet()) {
                double allocatedBefore = allocated(metrics);
                double before = platform.cpuSeconds(Services.SERVING);
                long started = System.nanoTime();
                long answered = load.asFastAsTheyGo(kind.getValue(), time);
                double seconds = (System.nanoTime() - started) / 1e9;
                double spent = platform.cpuSeconds(Services.SERVING) - before;
                double bytes = (allocated(metrics) - allocatedBefore) / answered;
                came.get(kind.getKey()).add(new Came(answered / spent, answered / seconds, bytes));
            }
        }
        double noise = rates(came, ASKED_AGAIN).noise(rates(came, CONSTANT));
        List<Row> rows = new ArrayList<>();
        rows.add(rate(SCORE, came, Goal.atLeast(GOAL, "times the constant"), noise));
        rows.add(rate(VIEW, came, null, noise));
        rows.add(rate(MANY, came, null, noise));
        for (String kind : List.of(CONSTANT, SCORE, VIEW, MANY)) {
            double bytes = Rounds.of(came.get(kind), Came::bytes).median();
            rows.add(Row.of(kind + ", allocated for an answer", String.format(Locale.ROOT, "%.1f KB", bytes / 1e3)));
        }
        if (settings.quick()) {
            rows.add(Row.missing(
                    "how long scores take", "a process that has just started is not warm: not with --quick"));
            return rows;
        }
        for (Share share : Share.values()) {
            rows.add(waiting(share, load, settings, questions, came));
        }
        return rows;
    }

    /** Bytes that the server has allocated since it began, as of its last collection: a few of them lie in every round. */
    private static double allocated(Connection metrics) throws IOException {
        return new String(metrics.ask(Connection.get("/q/metrics")), StandardCharsets.UTF_8)
                .lines()
                .filter(line -> line.startsWith(ALLOCATED + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(ALLOCATED.length() + 1)))
                .findFirst()
                .orElseThrow(() -> new Problem("The serving layer must tell " + ALLOCATED + ", and does not"));
    }

    private static Rounds rates(Map<String, List<Came>> came, String kind) {
        return Rounds.of(came.get(kind), Came::perCpuSecond);
    }

    private static Row rate(String kind, Map<String, List<Came>> came, Goal goal, double noise) {
        Rounds rates = rates(came, kind);
        Rounds constant = rates(came, CONSTANT);
        Rounds ratios = rates.over(constant);
        Row row = Row.of(kind + ", answers a CPU-second", Figures.shortly(rates.median()))
                .beside(CONSTANT, Figures.shortly(constant.median()), ratios)
                .control("constant to constant", noise);
        return goal == null ? row : row.goal(goal, ratios.median(), noise);
    }

    /** How much of what it can bear it is asked. */
    private enum Share {
        TENTH(0.1, 0),
        HALF(0.5, 2),
        MOST(0.9, 3);

        private final double load;
        private final double mostTimes;

        Share(double load, double mostTimes) {
            this.load = load;
            this.mostTimes = mostTimes;
        }
    }

    private static Row waiting(
            Share share,
            Load load,
            Settings settings,
            Map<String, List<byte[]>> questions,
            Map<String, List<Came>> came)
            throws ExecutionException, InterruptedException {
        List<Latencies> scores = new ArrayList<>();
        List<Latencies> constants = new ArrayList<>();
        for (int i = 0; i < settings.rounds(); i++) {
            scores.add(load.onTime(questions.get(SCORE), share.load * perSecond(came, SCORE), STEADY));
            constants.add(load.onTime(questions.get(CONSTANT), share.load * perSecond(came, CONSTANT), STEADY));
        }
        Rounds constant = percentiles(constants, 0.99);
        Rounds ratios = percentiles(scores, 0.99).over(constant);
        Row row = Row.of(
                        String.format(Locale.ROOT, "score at %.0f %% of what it bears", 100 * share.load),
                        waited(scores))
                .beside(CONSTANT, waited(constants), ratios)
                .control("constant to constant", constant.noise());
        return share.mostTimes == 0
                ? row
                : row.goal(Goal.atMost(share.mostTimes, "times the constant's p99"), ratios.median(), constant.noise());
    }

    private static double perSecond(Map<String, List<Came>> came, String kind) {
        return Rounds.of(came.get(kind), Came::perSecond).median();
    }

    private static String waited(List<Latencies> rounds) {
        return String.format(
                Locale.ROOT,
                "p50 %.2f p99 %.2f p99.9 %.2f ms",
                percentiles(rounds, 0.5).median(),
                percentiles(rounds, 0.99).median(),
                percentiles(rounds, 0.999).median());
    }

    private static Rounds percentiles(List<Latencies> rounds, double share) {
        return Rounds.of(rounds, one -> one.percentileMillis(share).orElseThrow());
    }

    /** Until the version that was made live answers. */
    private static void scores(Api desk, SplittableRandom random) throws InterruptedException {
        Map<String, Object> payment = Map.of("customerId", customer(random), "terminalId", "t-1", "amountCents", 4_200);
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!desk.post("/v1/fraud/score", payment).join().ok()) {
            if (System.nanoTime() > deadline) {
                throw new Problem("The live version must answer within " + PATIENCE.toMinutes() + " minutes");
            }
            TimeUnit.MILLISECONDS.sleep(100);
        }
    }
}
