package dev.anabranch.benchmarks.archive;

import dev.anabranch.benchmarks.BenchPlatform;
import dev.anabranch.benchmarks.Benchmark;
import dev.anabranch.benchmarks.Figures;
import dev.anabranch.benchmarks.Goal;
import dev.anabranch.benchmarks.Rounds;
import dev.anabranch.benchmarks.Row;
import dev.anabranch.fraud.FraudEvents;
import dev.anabranch.lakehouse.EventTables;
import dev.anabranch.lakehouse.Lakehouse;
import dev.anabranch.local.Problem;
import dev.anabranch.local.Services;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.data.IcebergGenerics;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.io.CloseableIterable;

/**
 * Payments are published; the archiver and its peers read them at the same time, each in a process of its own, and write them to a
 * table each. What each spends of CPU until its table has all of them is compared. At the end every row of every table is
 * looked for by its position in the log.
 */
public final class ArchiveBenchmark implements Benchmark {
    private static final String OURS = "archiver";
    private static final String SPARK = "Spark streaming";
    private static final String CONNECT = "Iceberg's Connect sink";
    private static final String COST = "a row of the archive";
    private static final int PAYMENTS = 300_000;
    private static final int PAYMENTS_QUICK = 40_000;
    /** So many rounds' payments at once come before the first round. */
    private static final int WARM_UP = 2;

    private static final double MOST_MICROS = 5;
    private static final double TIMES_CONNECT = 1.7;
    /** As often as the archiver, which commits what is 5 s old. */
    private static final Duration COMMIT = Duration.ofSeconds(5);

    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final Duration LOOK = Duration.ofMillis(200);
    private static final int LOOKS_A_QUESTION = 25;

    /** Another archiver, which may turn out not to be there. */
    private interface Peer {
        Archiving start(TableIdentifier identifier, Table table) throws IOException;
    }

    @Override
    public String name() {
        return "archive";
    }

    @Override
    public String what() {
        return "payments from Kafka to Iceberg, decoded and checked, exactly once: microseconds of CPU a row";
    }

    @Override
    public List<Row> run(Settings settings) throws Exception {
        try (BenchPlatform platform = BenchPlatform.start(
                        settings,
                        "archive",
                        List.of(ConnectSink.CONTROL),
                        List.of(Services.BROKER, Services.ARCHIVER));
                Lakehouse lakehouse = Lakehouse.open(platform.catalog())) {
            Map<String, Peer> peers = new LinkedHashMap<>();
            if (!settings.quick()) { // slow to start, and the goal is about the other
                peers.put(SPARK, (id, table) -> SparkArchive.start(SPARK, platform, settings, id, table, COMMIT));
            }
            peers.put(CONNECT, (id, table) -> ConnectSink.start(CONNECT, platform, settings, id, table, COMMIT));
            ProcessHandle archiver = platform.process(Services.ARCHIVER);
            Archiving ours = new Archiving(
                    OURS,
                    archiver,
                    lakehouse.events(FraudEvents.TRANSACTION),
                    () -> platform.whyEnded(Services.ARCHIVER, archiver));
            Run run = new Run(platform, settings, ours);
            if (!peers.containsKey(SPARK)) {
                run.missing.put(SPARK, "takes too long for --quick");
            }
            try {
                for (Map.Entry<String, Peer> peer : peers.entrySet()) {
                    run.start(peer.getKey(), peer.getValue(), lakehouse);
                }
                return run.measure();
            } finally {
                run.peers.forEach(Archiving::end);
            }
        }
    }

    /** The archiver and those peers that are there. */
    private static final class Run {
        private final BenchPlatform platform;
        private final Settings settings;
        private final SplittableRandom random;
        private final Archiving ours;
        private final List<Archiving> peers = new ArrayList<>();
        private final Map<String, String> missing = new LinkedHashMap<>();
        private long published;

        Run(BenchPlatform platform, Settings settings, Archiving ours) {
            this.platform = platform;
            this.settings = settings;
            this.ours = ours;
            random = new SplittableRandom(settings.seed());
        }

        void start(String name, Peer peer, Lakehouse lakehouse) throws IOException {
            TableIdentifier identifier =
                    TableIdentifier.of("bench", name.toLowerCase(Locale.ROOT).replaceAll("[^a-z]+", "_"));
            Schema schema = EventTables.schema(FraudEvents.TRANSACTION);
            PartitionSpec byDay =
                    PartitionSpec.builderFor(schema).day(EventTables.EVENT_TIME).build();
            try {
                peers.add(peer.start(identifier, lakehouse.table(identifier, schema, byDay)));
            } catch (Problem e) {
                missing.put(name, e.getMessage());
            }
        }

        List<Row> measure() throws IOException, InterruptedException {
            int payments = settings.quick() ? PAYMENTS_QUICK : PAYMENTS;
            round(WARM_UP * payments, true);
            Map<Archiving, List<Double>> micros = new HashMap<>();
            for (int i = 0; i < settings.rounds(); i++) {
                round(payments, false)
                        .forEach((who, spent) -> micros.computeIfAbsent(who, w -> new ArrayList<>())
                                .add(spent));
            }
            return report(micros);
        }

        /**
         * What each spent on a payment, in microseconds.
         *
         * @param payments how many there are in this round
         * @param warmUp   whether a peer of which nothing comes is left out from now on; later on it ends the run
         */
        private Map<Archiving, Double> round(int payments, boolean warmUp) throws InterruptedException {
            List<Archiving> reading = new ArrayList<>(peers);
            reading.add(ours);
            giveUpThoseThatFailed(reading, warmUp);
            Map<Archiving, Double> before = new HashMap<>();
            reading.forEach(who -> before.put(who, who.cpuSeconds()));
            platform.publish(payments, random);
            published += payments;
            Map<Archiving, Double> micros = new HashMap<>();
            long deadline = System.nanoTime() + PATIENCE.toNanos();
            for (int look = 1; !reading.isEmpty(); look++) {
                reading.removeIf(who -> {
                    boolean done = who.rows() >= published;
                    if (done) {
                        micros.put(who, (who.cpuSeconds() - before.get(who)) * 1e6 / payments);
                    }
                    return done;
                });
                if (look % LOOKS_A_QUESTION == 0) {
                    giveUpThoseThatFailed(reading, warmUp);
                }
                if (System.nanoTime() > deadline) {
                    List.copyOf(reading).forEach(who -> giveUp(who, "more than " + PATIENCE, reading, warmUp));
                }
                TimeUnit.MILLISECONDS.sleep(LOOK.toMillis());
            }
            return micros;
        }

        private void giveUpThoseThatFailed(List<Archiving> reading, boolean warmUp) {
            for (Archiving who : List.copyOf(reading)) {
                who.failure().get().ifPresent(why -> giveUp(who, why, reading, warmUp));
            }
        }

        private void giveUp(Archiving who, String why, List<Archiving> reading, boolean warmUp) {
            if (!warmUp || !peers.remove(who)) {
                throw new Problem("All " + published + " payments must be archived by the " + who.name() + ", "
                        + who.rows() + " are: " + why);
            }
            reading.remove(who);
            who.end();
            missing.put(who.name(), why);
        }

        private List<Row> report(Map<Archiving, List<Double>> micros) throws IOException {
            Rounds own = rounds(micros, ours);
            Row alone = Row.of(COST, micros(own)).control("", own.noise());
            Goal cheap = Goal.atMost(MOST_MICROS, "us a row");
            List<Row> rows = new ArrayList<>();
            if (peers.isEmpty()) {
                rows.add(alone.goal(cheap, own.median(), own.noise()));
            }
            for (Archiving peer : peers) {
                Rounds its = rounds(micros, peer);
                Rounds ratio = its.over(own);
                Row beside = alone.beside(peer.name(), micros(its), ratio);
                rows.add(
                        peer.name().equals(CONNECT)
                                ? beside.goal(Goal.atLeast(TIMES_CONNECT, "times ours"), ratio.median(), own.noise())
                                : beside.goal(cheap, own.median(), own.noise()));
            }
            missing.forEach((name, why) -> rows.add(Row.missing(COST + ", beside " + name, why)));
            rows.add(complete(ours));
            for (Archiving peer : peers) {
                rows.add(complete(peer));
            }
            return rows;
        }

        private static Rounds rounds(Map<Archiving, List<Double>> micros, Archiving who) {
            return Rounds.of(micros.get(who), each -> each);
        }

        private static String micros(Rounds rounds) {
            return Figures.shortly(rounds.median()) + " us";
        }

        /** Whether a table holds each position of the log once. */
        private Row complete(Archiving who) throws IOException {
            who.table().refresh();
            Set<Long> positions = new HashSet<>();
            long rows = 0;
            try (CloseableIterable<Record> records = IcebergGenerics.read(who.table())
                    .select(EventTables.KAFKA_PARTITION, EventTables.KAFKA_OFFSET)
                    .build()) {
                for (Record record : records) {
                    int partition = (int) record.getField(EventTables.KAFKA_PARTITION);
                    positions.add(
                            (long) record.getField(EventTables.KAFKA_OFFSET) * BenchPlatform.PARTITIONS + partition);
                    rows++;
                }
            }
            long lost = published - positions.size();
            long twice = rows - positions.size();
            return Row.of(
                            who.name() + ", rows in its table",
                            String.format(Locale.ROOT, "%,d of %,d: %d lost, %d twice", rows, published, lost, twice))
                    .rule("none lost, none twice", lost == 0 && twice == 0);
        }
    }
}
