package dev.anabranch.benchmarks.monitoring;

import dev.anabranch.benchmarks.BenchPlatform;
import dev.anabranch.benchmarks.Benchmark;
import dev.anabranch.benchmarks.Goal;
import dev.anabranch.benchmarks.KnownModel;
import dev.anabranch.benchmarks.Rounds;
import dev.anabranch.benchmarks.Row;
import dev.anabranch.benchmarks.WorkingCpu;
import dev.anabranch.contract.Topics;
import dev.anabranch.event.EventType;
import dev.anabranch.fraud.FraudEvents;
import dev.anabranch.fraud.FraudFeatures;
import dev.anabranch.fraud.FraudLabel;
import dev.anabranch.fraud.FraudUseCase;
import dev.anabranch.fraud.Transaction;
import dev.anabranch.local.Distribution;
import dev.anabranch.local.Problem;
import dev.anabranch.local.Services;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/**
 * The fraud path in which every prediction meets its label and what came of it is folded into quality and errors, beside the
 * same path without that, and beside the one as it comes, which also learns from labels: what the speed layer spends of CPU on a
 * payment and its label, compilers left out. Each has a broker of its own, for all are the same application.
 *
 * <p>What is done by the clock is not in it: cases are looked through again ten minutes after the start, at most 2,000 a second
 * and task.
 */
public final class MonitoringBenchmark implements Benchmark {
    private static final String LEARNING = "learning";
    private static final String WATCHED = "watched";
    private static final String UNWATCHED = "unwatched";

    /** In turns, of which a round has several: what the machine is like changes within seconds, and is then the same for all. */
    private static final int PAYMENTS = 5_000;

    private static final int TURNS = 6;
    private static final int TURNS_QUICK = 2;
    private static final int WARM_UPS = 2;
    private static final long LABELLED_AFTER_MILLIS = Duration.ofHours(1).toMillis();
    private static final long PAST_MILLIS = Duration.ofDays(20).toMillis();
    private static final int ONE_FRAUD_IN = 100;
    private static final String HEAP = "2g";
    private static final int STATUS_PORT = 28_390;
    private static final double MOST = 0.25;
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    /** One of them: its broker and its speed layer. */
    private record Candidate(String name, BenchPlatform platform, Process speed) implements AutoCloseable {
        double cpuSeconds() {
            return WorkingCpu.seconds(speed.pid());
        }

        @Override
        public void close() {
            speed.destroy();
            speed.onExit().join();
            platform.close();
        }
    }

    @Override
    public String name() {
        return "monitoring";
    }

    @Override
    public String what() {
        return "the fraud path with labels that meet their predictions and without: what that takes of the speed layer's CPU";
    }

    @Override
    public boolean isQuick() {
        return false;
    }

    @Override
    public List<Row> run(Settings settings) throws Exception {
        List<Candidate> candidates = new ArrayList<>();
        try {
            for (String name : List.of(LEARNING, WATCHED, UNWATCHED)) {
                candidates.add(start(settings, name, candidates.size()));
            }
            int turns = settings.quick() ? TURNS_QUICK : TURNS;
            Map<String, List<Double>> micros = new LinkedHashMap<>();
            for (int round = 0; round < WARM_UPS + settings.rounds(); round++) {
                Map<String, Double> seconds = new LinkedHashMap<>();
                for (int turn = round * turns; turn < (round + 1) * turns; turn++) {
                    for (Candidate candidate : candidates) {
                        seconds.merge(candidate.name(), turn(candidate, turn, settings.seed()), Double::sum);
                    }
                }
                if (round >= WARM_UPS) {
                    seconds.forEach((name, took) -> micros.computeIfAbsent(name, any -> new ArrayList<>())
                            .add(took * 1e6 / (turns * PAYMENTS)));
                }
            }
            for (Candidate candidate : candidates) {
                requireDone(candidate, (WARM_UPS + settings.rounds()) * (long) turns * PAYMENTS);
            }
            return rows(micros);
        } finally {
            candidates.forEach(Candidate::close);
        }
    }

    private static Candidate start(Settings settings, String name, int nth) {
        BenchPlatform platform =
                BenchPlatform.start(settings, "monitoring-" + name, List.of(), List.of(Services.BROKER), nth);
        try {
            new KnownModel(2e-5f, FraudFeatures.NAMES.size()).publish(platform.bootstrapServers());
            String main = name.equals(UNWATCHED) ? UnwatchedMain.class.getName() : BenchPlatform.SPEED_MAIN;
            return new Candidate(
                    name,
                    platform,
                    platform.launchSpeed(
                            name,
                            FraudUseCase.NAME,
                            List.of(Distribution.ownClassPath()),
                            HEAP,
                            STATUS_PORT + nth,
                            main,
                            List.of(
                                    "-Xms" + HEAP, // a heap that grows costs most whoever keeps most
                                    "-Danabranch.fraud.learning.enabled=" + name.equals(LEARNING))));
        } catch (RuntimeException e) {
            platform.close();
            throw e;
        }
    }

    /** @return seconds of CPU */
    private static double turn(Candidate candidate, int turn, long seed) throws Exception {
        double before = candidate.cpuSeconds();
        long now = System.currentTimeMillis();
        candidate.platform().publish(FraudEvents.TRANSACTION, till -> {
            SplittableRandom random = new SplittableRandom(seed + turn);
            for (int i = 0; i < PAYMENTS; i++) {
                till.accept(payment(turn, i, now, random));
            }
        });
        awaitWorkedOff(candidate);
        candidate.platform().publish(FraudEvents.FRAUD_LABEL, till -> {
            SplittableRandom random = new SplittableRandom(seed + turn);
            for (int i = 0; i < PAYMENTS; i++) {
                till.accept(label(payment(turn, i, now, random)));
            }
        });
        awaitWorkedOff(candidate);
        return candidate.cpuSeconds() - before;
    }

    private static Transaction payment(int turn, int number, long now, SplittableRandom random) {
        return new Transaction(
                "p-" + turn + "-" + number,
                now - LABELLED_AFTER_MILLIS - random.nextLong(PAST_MILLIS),
                "c-" + random.nextInt(BenchPlatform.CUSTOMERS),
                "t-" + random.nextInt(BenchPlatform.TERMINALS),
                1L + random.nextInt(50_000));
    }

    private static FraudLabel label(Transaction payment) {
        return new FraudLabel(
                payment.getTransactionId(),
                payment.getEventTimeMillis() + LABELLED_AFTER_MILLIS,
                payment.getEventTimeMillis(),
                payment.getCustomerId(),
                payment.getTerminalId(),
                payment.getTransactionId().hashCode() % ONE_FRAUD_IN == 0);
    }

    private static void awaitWorkedOff(Candidate candidate) throws Exception {
        List<String> given = List.of(FraudEvents.TRANSACTION.topic(), FraudEvents.FRAUD_LABEL.topic());
        List<String> made = List.of(FraudEvents.OUTCOME.topic(), FraudEvents.EXAMPLE.topic());
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!candidate.platform().hasWorkedOff(Topics.speedApplication(FraudUseCase.NAME), given, made)) {
            if (!candidate.speed().isAlive() || System.nanoTime() > deadline) {
                throw new Problem("The path " + candidate.name() + " must have worked off all within "
                        + PATIENCE.toMinutes() + " minutes, and did not");
            }
            TimeUnit.MILLISECONDS.sleep(50);
        }
    }

    /** @throws Problem when one did other work than it is compared by */
    private static void requireDone(Candidate candidate, long payments) {
        BenchPlatform platform = candidate.platform();
        long predictions = platform.count(Topics.predictions(FraudUseCase.NAME));
        requireSame(candidate.name() + " must have scored every payment once", payments, predictions);
        long outcomes = candidate.name().equals(UNWATCHED) ? 0 : payments;
        EventType<?> outcome = FraudEvents.OUTCOME;
        requireSame(candidate.name() + " must have told so many outcomes", outcomes, platform.count(outcome.topic()));
        long examples = candidate.name().equals(LEARNING) ? payments : 0;
        EventType<?> example = FraudEvents.EXAMPLE;
        requireSame(candidate.name() + " must have told so many examples", examples, platform.count(example.topic()));
    }

    private static void requireSame(String what, long expected, long actual) {
        if (expected != actual) {
            throw new Problem(what + ": " + expected + ", got " + actual);
        }
    }

    private static List<Row> rows(Map<String, List<Double>> micros) {
        Rounds learning = Rounds.of(micros.get(LEARNING), took -> took);
        Rounds watched = Rounds.of(micros.get(WATCHED), took -> took);
        Rounds unwatched = Rounds.of(micros.get(UNWATCHED), took -> took);
        Rounds share = watched.less(unwatched).over(learning);
        return List.of(
                row("quality and errors of predictions", watched.less(unwatched), learning)
                        .goal(Goal.atMost(MOST, "of the CPU"), share),
                row("learning from labels", learning.less(watched), learning),
                row("the path without both", unwatched, learning));
    }

    private static Row row(String what, Rounds part, Rounds whole) {
        return Row.of(
                        what + ", of the speed layer's CPU for a payment and its label",
                        String.format(Locale.ROOT, "%.1f us", part.median()))
                .beside("all of it", String.format(Locale.ROOT, "%.1f us", whole.median()), part.over(whole));
    }
}
