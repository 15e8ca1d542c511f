package dev.anabranch.benchmarks.stream;

import dev.anabranch.benchmarks.BenchPlatform;
import dev.anabranch.benchmarks.Benchmark;
import dev.anabranch.benchmarks.Figures;
import dev.anabranch.benchmarks.Goal;
import dev.anabranch.benchmarks.KnownModel;
import dev.anabranch.benchmarks.Log;
import dev.anabranch.benchmarks.Rounds;
import dev.anabranch.benchmarks.Row;
import dev.anabranch.contract.Topics;
import dev.anabranch.event.EventType;
import dev.anabranch.fraud.CustomerActivity;
import dev.anabranch.fraud.FraudFeatures;
import dev.anabranch.fraud.FraudUseCase;
import dev.anabranch.fraud.Transaction;
import dev.anabranch.local.Problem;
import dev.anabranch.local.Services;
import dev.anabranch.local.TopicSpec;
import dev.anabranch.view.MemoryKeyValues;
import dev.anabranch.view.ViewReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The speed layer and its peers read the same payments, each from a topic of its own, each in a process of its own, in turns: a
 * turn is over when all of it is committed. Told is what the process, and the broker meanwhile, spent of CPU. At the end
 * the windows of every customer must be the same in all who have windows, and what the plainest sum says.
 */
public final class StreamBenchmark implements Benchmark {
    private static final int PAYMENTS = 50_000;
    private static final int PAYMENTS_QUICK = 25_000;
    /** Of those that take ten times as long as the others. */
    private static final int ROUNDS_OF_SLOW = 2;

    private static final double WARM_UP_SECONDS = 6;
    private static final double WARM_UP_SECONDS_QUICK = 1;
    private static final int MOST_WARM_UPS = 40;

    private static final double ONE_VIEW_TO_NO_OP = 0.7;
    private static final double ONE_VIEW_TO_FLINK = 1.5;
    private static final double FRAUD_TO_NO_OP = 0.25;
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final String NOBODY = "nobody";
    /** So many await one who was killed: each partition has some. */
    private static final int MEANWHILE = 1_000;

    /** What a turn took of a payment: CPU of the reader and of the broker, in microseconds. */
    private record Turn(double micros, double brokerMicros) {}

    /** What it took to be killed and to be there again: until a few payments that came meanwhile are committed. */
    private record Restart(double seconds, double cpuSeconds) {}

    @Override
    public String name() {
        return "stream";
    }

    @Override
    public String what() {
        return "one view, and the fraud path with a model, in the stream: payments a CPU-second, beside Kafka Streams and Flink";
    }

    @Override
    public List<Row> run(Settings settings) throws Exception {
        List<TopicSpec> topics = new ArrayList<>(Readers.topics());
        topics.add(new TopicSpec(Payments.type(NOBODY).topic(), BenchPlatform.PARTITIONS, Map.of()));
        try (BenchPlatform platform = BenchPlatform.start(settings, "stream", topics, List.of(Services.BROKER));
                Readers readers = new Readers(platform, settings)) {
            new KnownModel(2e-5f, FraudFeatures.NAMES.size()).publish(platform.bootstrapServers());
            List<Reader> all = new ArrayList<>(List.of(
                    readers.oneView(),
                    readers.fraudPath(),
                    readers.noOp(Readers.NO_OP),
                    readers.noOp(Readers.NO_OP_AGAIN)));
            // There is no goal for the loop, and the others take ten times as long as all of ours.
            if (!settings.quick()) {
                all.add(readers.loop());
                all.add(readers.flink(Readers.FLINK_HEAP, "hashmap"));
                all.add(readers.hopping());
                all.add(readers.flink(Readers.FLINK_ROCKSDB, "rocksdb"));
            }
            return measure(platform, readers, all, settings);
        }
    }

    private static List<Row> measure(BenchPlatform platform, Readers readers, List<Reader> all, Settings settings)
            throws Exception {
        int perTurn = settings.quick() ? PAYMENTS_QUICK : PAYMENTS;
        int turns = MOST_WARM_UPS + settings.rounds() + 1; // the last is for those who were killed
        Payments payments = new Payments(MOST_WARM_UPS, turns, perTurn, System.currentTimeMillis(), settings.seed());
        for (Reader reader : all) {
            warmUp(platform, reader, payments, perTurn, settings.quick() ? WARM_UP_SECONDS_QUICK : WARM_UP_SECONDS);
        }
        Map<String, List<Turn>> took = new LinkedHashMap<>();
        List<Double> publishing = new ArrayList<>();
        for (int turn = MOST_WARM_UPS; turn < turns - 1; turn++) {
            double before = platform.cpuSeconds(Services.BROKER);
            publish(platform, Payments.type(NOBODY), payments, turn);
            publishing.add((platform.cpuSeconds(Services.BROKER) - before) * 1e6 / perTurn);
            for (Reader reader : all) {
                if (reader.isSlow() && turn - MOST_WARM_UPS >= ROUNDS_OF_SLOW) {
                    continue;
                }
                took.computeIfAbsent(reader.name(), name -> new ArrayList<>())
                        .add(turn(platform, reader, payments, turn, perTurn));
            }
        }
        Map<String, Restart> restarts = new LinkedHashMap<>();
        for (Reader reader : all) {
            int turn = MOST_WARM_UPS + took.get(reader.name()).size();
            if (Readers.RESTARTED.contains(reader.name()) && !settings.quick()) {
                restarts.put(reader.name(), restart(platform, reader, payments, turn));
            } else if (Readers.WITH_WINDOWS.contains(reader.name())) {
                publishMeanwhile(platform, reader, payments, turn); // the last windows are over with them
                awaitRead(platform, reader);
            }
        }
        List<String> peers =
                Readers.WITH_WINDOWS.stream().filter(took::containsKey).toList();
        List<Row> rows = new ArrayList<>(rates(took));
        rows.addAll(brokerCosts(took, Rounds.of(publishing, micros -> micros)));
        rows.addAll(states(platform, readers, peers));
        restarts.forEach((name, restart) -> rows.add(Row.of(
                name + ", there again after kill -9",
                String.format(Locale.ROOT, "%.1f s, %.1f CPU-s", restart.seconds, restart.cpuSeconds))));
        rows.addAll(results(platform, payments, took));
        return rows;
    }

    private static void warmUp(BenchPlatform platform, Reader reader, Payments payments, int perTurn, double seconds)
            throws Exception {
        double start = turn(platform, reader, payments, 0, perTurn).micros * perTurn / 1e6;
        double spent =
                start > 3 * seconds ? start : 0; // what starts is not warm, unless that has taken several times as long
        for (int turn = 1; turn < MOST_WARM_UPS && spent < seconds; turn++) {
            spent += turn(platform, reader, payments, turn, perTurn).micros * perTurn / 1e6;
        }
    }

    private static void publish(BenchPlatform platform, EventType<Transaction> input, Payments payments, int turn) {
        platform.publish(input, till -> payments.turn(turn, till::accept));
    }

    private static Turn turn(BenchPlatform platform, Reader reader, Payments payments, int turn, int perTurn)
            throws Exception {
        double before = reader.cpuSeconds();
        double brokerBefore = platform.cpuSeconds(Services.BROKER);
        publish(platform, reader.input(), payments, turn);
        awaitRead(platform, reader);
        return new Turn(
                (reader.cpuSeconds() - before) * 1e6 / perTurn,
                (platform.cpuSeconds(Services.BROKER) - brokerBefore) * 1e6 / perTurn);
    }

    private static void awaitRead(BenchPlatform platform, Reader reader) throws Exception {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!platform.hasRead(reader.group(), reader.input().topic())) {
            if (!reader.isAlive() || System.nanoTime() > deadline) {
                throw new Problem(reader.name() + " must have read all payments within " + PATIENCE.toMinutes()
                        + " minutes, and did not");
            }
            TimeUnit.MILLISECONDS.sleep(50);
        }
    }

    /**
     * Kills a reader that has read all. The rest of the turn comes when it is there again; not to those who would take long over
     * it, whose results are of the turns before.
     */
    private static Restart restart(BenchPlatform platform, Reader reader, Payments payments, int turn)
            throws Exception {
        reader.kill();
        publishMeanwhile(platform, reader, payments, turn);
        long began = System.nanoTime();
        reader.startAgain();
        awaitRead(platform, reader);
        Restart restart = new Restart((System.nanoTime() - began) / 1e9, reader.cpuSeconds());
        if (reader.isSlow()) {
            return restart;
        }
        platform.publish(reader.input(), till -> payments.part(turn, MEANWHILE, payments.perTurn(), till::accept));
        awaitRead(platform, reader);
        return restart;
    }

    /** The first payments of a turn. */
    private static void publishMeanwhile(BenchPlatform platform, Reader reader, Payments payments, int turn) {
        platform.publish(reader.input(), till -> payments.part(turn, 0, MEANWHILE, till::accept));
    }

    private static Rounds rates(Map<String, List<Turn>> took, String name) {
        return Rounds.of(took.get(name), turn -> 1e6 / turn.micros);
    }

    private static List<Row> rates(Map<String, List<Turn>> took) {
        double noise = rates(took, Readers.NO_OP_AGAIN).noise(rates(took, Readers.NO_OP));
        List<Row> rows = new ArrayList<>(List.of(
                row(took, Readers.ONE_VIEW, Readers.NO_OP, Goal.atLeast(ONE_VIEW_TO_NO_OP, "times the no-op"), noise),
                row(took, Readers.FRAUD, Readers.NO_OP, Goal.atLeast(FRAUD_TO_NO_OP, "times the no-op"), noise)));
        rows.add(
                took.containsKey(Readers.LOOP)
                        ? row(took, Readers.LOOP, Readers.NO_OP, null, noise)
                        : Row.missing(Readers.LOOP + " beside " + Readers.NO_OP, "has no goal: not with --quick"));
        for (String peer : Readers.WITH_WINDOWS) {
            Goal goal = peer.equals(Readers.FLINK_HEAP) ? Goal.atLeast(ONE_VIEW_TO_FLINK, "times Flink") : null;
            rows.add(
                    took.containsKey(peer)
                            ? row(took, Readers.ONE_VIEW, peer, goal, noise)
                            : Row.missing(Readers.ONE_VIEW + " beside " + peer, "takes too long for --quick"));
        }
        return rows;
    }

    private static Row row(Map<String, List<Turn>> took, String one, String other, Goal goal, double noise) {
        Rounds rates = rates(took, one);
        Rounds peer = rates(took, other);
        Rounds ratios = rates.first(took.get(other).size()).over(peer);
        Row row = Row.of(one, Figures.shortly(rates.median()))
                .beside(other, Figures.shortly(peer.median()), ratios)
                .control("no-op to no-op", noise);
        return goal == null ? row : row.goal(goal, ratios.median(), noise);
    }

    private static List<Row> brokerCosts(Map<String, List<Turn>> took, Rounds publishing) {
        List<Row> rows = new ArrayList<>();
        rows.add(Row.of("the broker, to be given a payment", micros(publishing.median())));
        took.forEach((name, turns) -> rows.add(Row.of(
                "the broker, for " + name,
                micros(Rounds.of(turns, Turn::brokerMicros).median() - publishing.median()))));
        return rows;
    }

    private static String micros(double micros) {
        return String.format(Locale.ROOT, "%.1f us a payment", micros);
    }

    /** What is kept, where it is safe: topics, or checkpoints. Ours has each cell since the start: no batch layer runs. */
    private static List<Row> states(BenchPlatform platform, Readers readers, List<String> peers) throws Exception {
        List<Row> rows = new ArrayList<>();
        long cells = platform.bytes(List.of(Topics.speedView(OneView.CUSTOMER.name())));
        rows.add(Row.of("state of " + Readers.ONE_VIEW + ", its topic", megabytes(cells)));
        for (String peer : peers) {
            rows.add(
                    peer.equals(Readers.HOPPING)
                            ? Row.of(
                                    "state of " + peer + ", its topic",
                                    megabytes(platform.bytes(List.of(Readers.hoppingChangelog()))))
                            : Row.of(
                                    "state of " + peer + ", its checkpoints",
                                    megabytes(size(readers.checkpoints(peer)))));
        }
        return rows;
    }

    private static String megabytes(long bytes) {
        return String.format(Locale.ROOT, "%.1f MB", bytes / 1e6);
    }

    private static long size(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            long bytes = 0;
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                bytes += Files.size(file);
            }
            return bytes;
        }
    }

    private static List<Row> results(BenchPlatform platform, Payments payments, Map<String, List<Turn>> took)
            throws Exception {
        List<Row> rows = new ArrayList<>();
        MemoryKeyValues cells = cells(platform);
        for (String peer : Readers.WITH_WINDOWS) {
            if (took.containsKey(peer)) {
                int turns = MOST_WARM_UPS + took.get(peer).size();
                long end = payments.lastEnd(turns);
                Map<String, CustomerActivity> plain = payments.windows(turns, end);
                requireSame(Readers.ONE_VIEW, read(cells, end, plain), plain);
                requireSame(peer, awaitWritten(platform, peer, end, plain.size()), plain);
                rows.add(Row.of(
                                Readers.ONE_VIEW + " and " + peer + ", last window",
                                String.format(Locale.ROOT, "%,d customers", plain.size()))
                        .rule("each as summed plainly", true));
            }
        }
        long scored = took.get(Readers.FRAUD).size() * (long) payments.perTurn();
        long predictions = platform.count(Topics.predictions(FraudUseCase.NAME));
        if (predictions < scored) {
            throw new Problem("The fraud path must have scored at least the " + scored
                    + " payments that were measured, scored " + predictions);
        }
        return rows;
    }

    /** @throws Problem when they differ: a ratio of different work is none */
    private static void requireSame(
            String name, Map<String, CustomerActivity> windows, Map<String, CustomerActivity> plain) {
        if (!windows.equals(plain)) {
            String first = plain.keySet().stream()
                    .filter(customer -> !plain.get(customer).equals(windows.get(customer)))
                    .findFirst()
                    .map(customer -> customer + ": " + windows.get(customer) + ", not " + plain.get(customer))
                    .orElse("customers that were not there");
            throw new Problem(name + " must come to what the plain sums are for each of " + plain.size()
                    + " customers, got " + windows.size() + " customers and " + first);
        }
    }

    private static MemoryKeyValues cells(BenchPlatform platform) {
        MemoryKeyValues cells = new MemoryKeyValues();
        Log.read(platform.bootstrapServers(), Topics.speedView(OneView.CUSTOMER.name()), record -> {
            if (record.value() == null) {
                cells.delete(record.key());
            } else {
                cells.put(record.key(), record.value());
            }
        });
        return cells;
    }

    /** Our windows, as the platform reads them from the speed view. */
    private static Map<String, CustomerActivity> read(
            MemoryKeyValues cells, long end, Map<String, CustomerActivity> plain) {
        ViewReader<CustomerActivity> reader = new ViewReader<>(OneView.CUSTOMER, new MemoryKeyValues(), cells);
        Map<String, CustomerActivity> windows = new HashMap<>();
        for (String customer : plain.keySet()) {
            windows.put(
                    customer,
                    reader.read(customer, end).merged().values().iterator().next());
        }
        return windows;
    }

    /** A peer's windows, once those of so many customers have been written: the last are written when the log is read already. */
    private static Map<String, CustomerActivity> awaitWritten(
            BenchPlatform platform, String peer, long end, int customers) throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            Map<String, CustomerActivity> windows = new HashMap<>();
            Log.read(platform.bootstrapServers(), Readers.output(peer), record -> {
                WindowSum sum = WindowSum.fromBytes(record.value());
                if (sum.endMillis() == end) {
                    windows.put(new String(record.key(), StandardCharsets.UTF_8), sum.activity());
                }
            });
            if (windows.size() >= customers || System.nanoTime() > deadline) {
                return windows;
            }
            TimeUnit.MILLISECONDS.sleep(500);
        }
    }
}
