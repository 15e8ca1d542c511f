package dev.anabranch.benchmarks.swap;

import dev.anabranch.benchmarks.BenchPlatform;
import dev.anabranch.benchmarks.Benchmark;
import dev.anabranch.benchmarks.Goal;
import dev.anabranch.benchmarks.KnownModel;
import dev.anabranch.benchmarks.Log;
import dev.anabranch.benchmarks.Rounds;
import dev.anabranch.benchmarks.Row;
import dev.anabranch.contract.Prediction;
import dev.anabranch.contract.ScoringPath;
import dev.anabranch.contract.Topics;
import dev.anabranch.contract.Wire;
import dev.anabranch.fraud.FraudUseCase;
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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Two versions made live in turns while two replicas are asked and the stream scores: how long after the decision was asked
 * for the old version still answered, on each replica and in the stream, and whether any question failed or any answer had
 * the score of one version and the name of the other.
 */
public final class SwapBenchmark implements Benchmark {
    private static final int SWAPS = 20;
    private static final int SWAPS_QUICK = 3;
    /** On each replica. */
    private static final int QUESTIONS_A_SWAP = 250;

    private static final int PAYMENTS_A_SECOND = 100;
    private static final double MOST_SECONDS = 1;
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    /** When it was asked for, by both clocks, and what was live before. */
    private record Swap(long nanos, long epochMillis, long before) {}

    @Override
    public String name() {
        return "swaps";
    }

    @Override
    public String what() {
        return "promotions while two replicas and the stream score: seconds until the old version is silent, failures";
    }

    @Override
    public boolean isQuick() {
        return false;
    }

    @Override
    public List<Row> run(Settings settings) throws Exception {
        List<Row> rows = new ArrayList<>();
        try (BenchPlatform platform = BenchPlatform.start(
                settings, "swaps", List.of(), List.of(Services.BROKER, Services.SPEED, Services.SERVING))) {
            String first = platform.service(Services.SERVING).address();
            String second = platform.launchSecondReplica();
            rows.addAll(measure(platform, List.of(first, second), settings));
        }
        try (BenchPlatform platform =
                BenchPlatform.start(settings, "swaps-vectors", List.of(), List.of(Services.BROKER))) {
            rows.addAll(VectorsSwap.measure(platform, settings));
        }
        return rows;
    }

    private static List<Row> measure(BenchPlatform platform, List<String> replicas, Settings settings)
            throws Exception {
        Api desk = new Api(replicas.get(0));
        Map<Long, KnownModel> models = new LinkedHashMap<>();
        for (float weight : new float[] {2e-5f, -2e-5f}) {
            KnownModel model = new KnownModel(weight, 1);
            models.put(model.register(desk), model);
        }
        List<Long> versions = List.copyOf(models.keySet());
        SplittableRandom random = new SplittableRandom(settings.seed());
        KnownModel.promote(desk, versions.get(0));
        for (String replica : replicas) {
            Api api = new Api(replica);
            await(
                    replica + " answers",
                    () -> api.post("/v1/fraud/score", Map.of("customerId", "c", "terminalId", "t", "amountCents", 1))
                            .join()
                            .ok());
        }
        List<Swap> swaps = new ArrayList<>();
        List<Asking> asking = new ArrayList<>();
        AtomicBoolean stopped = new AtomicBoolean();
        SplittableRandom payments = random.split();
        CompletableFuture<Void> paying = CompletableFuture.runAsync(() -> {
            try {
                platform.publish(PAYMENTS_A_SECOND, payments, stopped::get);
            } catch (InterruptedException e) {
                throw new CompletionException(e);
            }
        });
        try {
            replicas.forEach(replica -> asking.add(new Asking(replica, random.split())));
            int count = settings.quick() ? SWAPS_QUICK : SWAPS;
            for (int i = 0; i < count; i++) {
                long next = versions.get((i + 1) % versions.size());
                serveAWhile(asking);
                swaps.add(new Swap(System.nanoTime(), System.currentTimeMillis(), versions.get(i % versions.size())));
                KnownModel.promote(desk, next);
                await(
                        "version " + next + " answers on every replica",
                        () -> asking.stream().allMatch(one -> one.newest() == next));
            }
            serveAWhile(asking);
        } finally {
            stopped.set(true);
            for (Asking one : asking) {
                one.close();
            }
        }
        paying.join();
        platform.awaitSpeedLayer();
        return rows(platform, models, swaps, asking);
    }

    /** Until every replica has been asked often enough. */
    private static void serveAWhile(List<Asking> asking) throws InterruptedException {
        long[] before = asking.stream().mapToLong(Asking::count).toArray();
        await("questions are answered", () -> {
            boolean enough = true;
            for (int i = 0; i < before.length; i++) {
                enough &= asking.get(i).count() >= before[i] + QUESTIONS_A_SWAP;
            }
            return enough;
        });
    }

    private static List<Row> rows(
            BenchPlatform platform, Map<Long, KnownModel> models, List<Swap> swaps, List<Asking> asking) {
        List<Row> rows = new ArrayList<>();
        long questions = 0;
        long failed = 0;
        long mixed = 0;
        String failure = "";
        for (int i = 0; i < asking.size(); i++) {
            double[] silent = new double[swaps.size()];
            for (Asking.Asked asked : asking.get(i).all()) {
                questions++;
                if (asked.version() == 0) {
                    failed++;
                } else if (isMixed(models, asked.version(), asked.score(), asked.amountCents())) {
                    mixed++;
                }
                int swap =
                        newestBefore(swaps, asked.receivedNanos() - swaps.get(0).nanos());
                if (swap >= 0 && asked.version() == swaps.get(swap).before()) {
                    silent[swap] = (asked.receivedNanos() - swaps.get(swap).nanos()) / 1e9;
                }
            }
            failure = asking.get(i).failure().orElse(failure);
            rows.add(silence("replica " + (i + 1), silent));
        }
        double[] silent = new double[swaps.size()];
        long scored = 0;
        for (ConsumerRecord<byte[], byte[]> each : predictions(platform)) {
            Prediction prediction = Wire.PREDICTION.decode(each.value());
            if (prediction.getPath() != ScoringPath.STREAM) {
                continue;
            }
            scored++;
            long amount = Math.round(prediction.getFeatures().get(0));
            if (isMixed(models, prediction.getModelVersion(), prediction.getScore(), amount)) {
                mixed++;
            }
            long since = TimeUnit.MILLISECONDS.toNanos(
                    each.timestamp() - swaps.get(0).epochMillis());
            int swap = newestBefore(swaps, since);
            if (swap >= 0 && prediction.getModelVersion() == swaps.get(swap).before()) {
                silent[swap] = (each.timestamp() - swaps.get(swap).epochMillis()) / 1e3;
            }
        }
        rows.add(silence("the stream", silent));
        rows.add(none("questions failed" + (failure.isEmpty() ? "" : " (" + failure + ")"), failed, questions));
        rows.add(none("answers and predictions of two versions at once", mixed, questions + scored));
        return rows;
    }

    private static boolean isMixed(Map<Long, KnownModel> models, long version, double score, long amountCents) {
        KnownModel model = models.get(version);
        return model == null || !model.gave(score, amountCents);
    }

    /** @param nanos since the first swap; -1 when it was before that */
    private static int newestBefore(List<Swap> swaps, long nanos) {
        int newest = -1;
        while (newest + 1 < swaps.size()
                && swaps.get(newest + 1).nanos() - swaps.get(0).nanos() <= nanos) {
            newest++;
        }
        return newest;
    }

    private static Row silence(String where, double[] seconds) {
        Rounds rounds = Rounds.of(seconds);
        return Row.of(
                        where + ": from the decision to the last answer of the old version",
                        String.format(
                                Locale.ROOT,
                                "median %.3f s, longest %.3f s of %d",
                                rounds.median(),
                                rounds.most(),
                                seconds.length))
                .goal(Goal.atMost(MOST_SECONDS, "s"), rounds.most(), 1);
    }

    private static Row none(String what, long count, long of) {
        return Row.of(what, String.format(Locale.ROOT, "%,d of %,d", count, of)).rule("none", count == 0);
    }

    private static List<ConsumerRecord<byte[], byte[]>> predictions(BenchPlatform platform) {
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        Log.read(platform.bootstrapServers(), Topics.predictions(FraudUseCase.NAME), records::add);
        return records;
    }

    private static void await(String what, BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new Problem("It must be so within " + PATIENCE.toSeconds() + " s that " + what);
            }
            TimeUnit.MILLISECONDS.sleep(10);
        }
    }
}
