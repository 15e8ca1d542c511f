package dev.anabranch.benchmarks.freshness;

import dev.anabranch.benchmarks.BenchPlatform;
import dev.anabranch.benchmarks.Benchmark;
import dev.anabranch.benchmarks.Goal;
import dev.anabranch.benchmarks.Rounds;
import dev.anabranch.benchmarks.Row;
import dev.anabranch.local.Services;
import dev.anabranch.local.TopicSpec;
import dev.anabranch.local.check.Latencies;
import java.time.Duration;
import java.util.ArrayList;
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
    private static final int PROBES = 130;
    private static final int PROBES_QUICK = 20;
    private static final int HISTORY = 60_000;
    private static final int HISTORY_QUICK = 10_000;

    private static final double ROUND_TRIPS = 3;
    private static final double COMMIT_MILLIS = 25;
    private static final double MOST_MILLIS = 150;
    private static final String ECHO = "bench.echo";

    /** Rounds at one rate: of each the median and the 99th percentile, in milliseconds. */
    private record Percentiles(Rounds half, Rounds most) {
        static Percentiles of(List<Latencies> rounds) {
            return new Percentiles(
                    Rounds.of(rounds, one -> one.percentileMillis(0.5).orElseThrow()),
                    Rounds.of(rounds, one -> one.percentileMillis(0.99).orElseThrow()));
        }

        String text() {
            return String.format(Locale.ROOT, "p50 %.1f ms, p99 %.1f ms", half.median(), most.median());
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
            platform.publish(settings.quick() ? HISTORY_QUICK : HISTORY, random);
            platform.awaitSpeedLayer();
            int count = settings.quick() ? PROBES_QUICK : PROBES;
            probes.round(count, APART); // and nobody looks: classes are loaded, code is compiled
            List<Row> rows = new ArrayList<>();
            for (int rate : RATES) {
                if (settings.quick() && rate > RATES[0]) {
                    rows.add(Row.missing(name(rate), "takes too long for --quick"));
                    continue;
                }
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
        List<Latencies> customer = new ArrayList<>();
        List<Latencies> terminal = new ArrayList<>();
        List<Latencies> kafka = new ArrayList<>();
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
                customer.add(round.customer());
                terminal.add(round.terminal());
                kafka.add(roundTrip.take());
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

    private static Row row(String what, List<Latencies> answers, List<Latencies> roundTrips, int commits) {
        Percentiles ours = Percentiles.of(answers);
        Percentiles kafka = Percentiles.of(roundTrips);
        double limit = Math.min(MOST_MILLIS, ROUND_TRIPS * kafka.most.median() + commits * COMMIT_MILLIS);
        double noise = ours.most.most() / ours.most.least();
        return Row.of(what, ours.text())
                .beside("Kafka", kafka.text(), ours.most.over(kafka.most))
                .goal(Goal.atMost(limit, "ms p99: 3 round trips, " + commits + " x 25 ms"), ours.most.median(), noise)
                .control("p99s", noise);
    }
}
