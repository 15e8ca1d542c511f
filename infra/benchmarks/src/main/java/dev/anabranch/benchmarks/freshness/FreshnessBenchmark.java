package dev.anabranch.benchmarks.freshness;

import dev.anabranch.benchmarks.BenchPlatform;
import dev.anabranch.benchmarks.Benchmark;
import dev.anabranch.benchmarks.Figures;
import dev.anabranch.benchmarks.Goal;
import dev.anabranch.benchmarks.Row;
import dev.anabranch.local.Services;
import dev.anabranch.local.TopicSpec;
import dev.anabranch.local.check.Latencies;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * While payments come in at a steady rate, some are watched for: from the moment each was due to the answer over REST that has
 * it. Beside it, for each, a record that goes through the same broker and back.
 */
public final class FreshnessBenchmark implements Benchmark {
    private static final int[] RATES = {1_000, 10_000};
    private static final Duration APART = Duration.ofMillis(100);
    private static final int PROBES = 200;
    private static final int PROBES_QUICK = 50;
    private static final int HISTORY = 60_000;

    private static final double ROUND_TRIPS = 3;
    private static final double COMMIT_MILLIS = 25;
    private static final double MOST_MILLIS = 150;
    private static final String ECHO = "bench.echo";

    /** Rounds at one rate: of each the median and the 99th percentile, in milliseconds. */
    private record Percentiles(double[] half, double[] most) {
        Percentiles(int rounds) {
            this(new double[rounds], new double[rounds]);
        }

        void set(int round, Latencies latencies) {
            half[round] = latencies.percentileMillis(0.5).orElseThrow();
            most[round] = latencies.percentileMillis(0.99).orElseThrow();
        }

        String text() {
            return String.format(Locale.ROOT, "p50 %.1f ms, p99 %.1f ms", Figures.median(half), Figures.median(most));
        }

        String range() {
            double[] sorted = most.clone();
            Arrays.sort(sorted);
            return String.format(Locale.ROOT, "p99 %.1f to %.1f ms", sorted[0], sorted[sorted.length - 1]);
        }

        /** By what factor one round's p99 differs from another's. */
        double noise() {
            double[] sorted = most.clone();
            Arrays.sort(sorted);
            return sorted[sorted.length - 1] / sorted[0];
        }
    }

    @Override
    public String name() {
        return "freshness";
    }

    @Override
    public String what() {
        return "from a payment to the answer that has it, beside Kafka's round trip, at 1,000 and 10,000 payments a second";
    }

    @Override
    public List<Row> run(Settings settings) throws Exception {
        List<TopicSpec> echo = List.of(new TopicSpec(ECHO, BenchPlatform.PARTITIONS, Map.of()));
        try (BenchPlatform platform = BenchPlatform.start(
                        settings, "freshness", echo, List.of(Services.BROKER, Services.SPEED, Services.SERVING));
                RoundTrip roundTrip = new RoundTrip(platform.bootstrapServers(), ECHO);
                Probes probes = new Probes(
                        platform.service(Services.SERVING).address(), platform.bootstrapServers(), roundTrip)) {
            SplittableRandom random = new SplittableRandom(settings.seed());
            platform.publish(HISTORY, random);
            platform.awaitSpeedLayer();
            int count = settings.quick() ? PROBES_QUICK : PROBES;
            probes.round(count, APART); // and nobody looks: classes are loaded, code is compiled
            List<Row> rows = new ArrayList<>();
            for (int rate : RATES) {
                try {
                    rows.addAll(at(rate, count, settings, platform, probes, roundTrip, random));
                } catch (
                        ExecutionException
                                e) { // a machine that is too small for that rate falls behind, further and further
                    rows.add(Row.missing(name(rate), e.getCause().getMessage()));
                }
            }
            return rows;
        }
    }

    private static List<Row> at(
            int rate,
            int count,
            Settings settings,
            BenchPlatform platform,
            Probes probes,
            RoundTrip roundTrip,
            SplittableRandom random)
            throws Exception {
        Percentiles customer = new Percentiles(settings.rounds());
        Percentiles terminal = new Percentiles(settings.rounds());
        Percentiles kafka = new Percentiles(settings.rounds());
        AtomicBoolean stopped = new AtomicBoolean();
        SplittableRandom payments = random.split();
        CompletableFuture<Long> load = CompletableFuture.supplyAsync(() -> {
            try {
                return platform.publish(rate, payments, stopped::get);
            } catch (InterruptedException e) {
                throw new CompletionException(e);
            }
        });
        long behind;
        try {
            probes.round(count, APART);
            roundTrip.take();
            for (int i = 0; i < settings.rounds(); i++) {
                Probes.Round round = probes.round(count, APART);
                customer.set(i, round.customer());
                terminal.set(i, round.terminal());
                kafka.set(i, roundTrip.take());
            }
        } finally {
            stopped.set(true);
            behind = load.join();
        }
        platform.awaitSpeedLayer();
        if (behind > rate) {
            return List.of(Row.missing(name(rate), "payments could not be made that fast, " + behind + " were late"));
        }
        return List.of(
                row(name(rate) + ": in the customer's answer", customer, kafka, 1),
                row(name(rate) + ": in the terminal's, keyed anew", terminal, kafka, 2));
    }

    private static String name(int rate) {
        return String.format(Locale.ROOT, "%,d payments a second", rate);
    }

    private static Row row(String what, Percentiles ours, Percentiles kafka, int commits) {
        double limit = Math.min(MOST_MILLIS, ROUND_TRIPS * Figures.median(kafka.most) + commits * COMMIT_MILLIS);
        Goal goal = Goal.atMost(limit, "ms p99: 3 round trips, " + commits + " x 25 ms");
        return new Row(
                what,
                ours.text(),
                "Kafka " + kafka.text(),
                ours.range(),
                goal.toString(),
                goal.verdict(Figures.median(ours.most), ours.noise()),
                String.format(Locale.ROOT, "p99s up to %.2f", ours.noise()));
    }
}
