package dev.anabranch.benchmarks.archive;

import dev.anabranch.benchmarks.BenchPlatform;
import dev.anabranch.benchmarks.Benchmark;
import dev.anabranch.benchmarks.Figures;
import dev.anabranch.benchmarks.Goal;
import dev.anabranch.benchmarks.Rounds;
import dev.anabranch.benchmarks.Row;
import dev.anabranch.fraud.FraudEvents;
import dev.anabranch.lakehouse.CatalogConfig;
import dev.anabranch.lakehouse.EventTables;
import dev.anabranch.lakehouse.Lakehouse;
import dev.anabranch.local.Distribution;
import dev.anabranch.local.Problem;
import dev.anabranch.local.Services;
import java.io.File;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.SnapshotSummary;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.data.IcebergGenerics;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.io.CloseableIterable;

/**
 * Payments are published; the archiver and Spark read them at the same time, each in a process of its own, and write them to a
 * table each. A round is over when both tables have all of them; what each spent of CPU is compared. At the end every row of both is
 * looked for by its position in the log.
 */
public final class ArchiveBenchmark implements Benchmark {
    private static final String OURS = "archiver";
    private static final String SPARK = "Spark streaming";
    private static final TableIdentifier PEER = TableIdentifier.of("bench", "transaction");
    private static final int PAYMENTS = 300_000;
    private static final int PAYMENTS_QUICK = 100_000;
    private static final int WARM_UPS = 2;
    private static final double MOST_MICROS = 5;
    /** As often as the archiver, which commits what is 5 s old. */
    private static final Duration TRIGGER = Duration.ofSeconds(5);

    private static final Duration PATIENCE = Duration.ofMinutes(5);

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
                        settings, "archive", List.of(), List.of(Services.BROKER, Services.ARCHIVER));
                Lakehouse lakehouse = Lakehouse.open(platform.catalog())) {
            Schema schema = EventTables.schema(FraudEvents.TRANSACTION);
            Table ours = lakehouse.events(FraudEvents.TRANSACTION);
            Table peer = lakehouse.table(
                    PEER,
                    schema,
                    PartitionSpec.builderFor(schema).day(EventTables.EVENT_TIME).build());
            Process spark = spark(platform, settings);
            try {
                return measure(platform, spark, ours, peer, settings);
            } finally {
                spark.destroy();
                spark.onExit().join();
            }
        }
    }

    private static Process spark(BenchPlatform platform, Settings settings) {
        Distribution distribution = new Distribution(settings.root());
        CatalogConfig catalog = platform.catalog();
        return platform.launch(
                "spark",
                List.of(
                        Distribution.java(),
                        "-Xmx1g",
                        distribution.sparkFlags(),
                        "-cp",
                        distribution.classPath("batch-layer", "anabranch-batch-layer")
                                + File.pathSeparator
                                + Distribution.ownClassPath(),
                        SparkArchive.class.getName(),
                        platform.bootstrapServers(),
                        catalog.uri(),
                        catalog.warehouse(),
                        PEER.toString(),
                        settings.scratch().resolve("spark-checkpoint").toString(),
                        String.valueOf(TRIGGER.toMillis())));
    }

    private static List<Row> measure(BenchPlatform platform, Process spark, Table ours, Table peer, Settings settings)
            throws Exception {
        SplittableRandom random = new SplittableRandom(settings.seed());
        int payments = settings.quick() ? PAYMENTS_QUICK : PAYMENTS;
        double[] archiver = new double[settings.rounds()];
        double[] streaming = new double[settings.rounds()];
        long published = 0;
        for (int i = -WARM_UPS; i < settings.rounds(); i++) {
            double ourCpu = platform.cpuSeconds(Services.ARCHIVER);
            double peerCpu = cpuSeconds(spark);
            platform.publish(payments, random);
            published += payments;
            awaitRows(List.of(ours, peer), published, spark);
            if (i >= 0) {
                archiver[i] = (platform.cpuSeconds(Services.ARCHIVER) - ourCpu) * 1e6 / payments;
                streaming[i] = (cpuSeconds(spark) - peerCpu) * 1e6 / payments;
            }
        }
        return List.of(
                cost(Rounds.of(archiver), Rounds.of(streaming)),
                complete(OURS, ours, published),
                complete(SPARK, peer, published));
    }

    private static Row cost(Rounds archiver, Rounds streaming) {
        return Row.of("a row of the archive", micros(archiver))
                .beside(SPARK, micros(streaming), streaming.over(archiver))
                .goal(Goal.atMost(MOST_MICROS, "us a row"), archiver.median(), archiver.noise())
                .control("", archiver.noise());
    }

    private static String micros(Rounds rounds) {
        return Figures.shortly(rounds.median()) + " us";
    }

    /** Whether a table holds each position of the log once. */
    private static Row complete(String who, Table table, long published) throws IOException {
        table.refresh();
        Set<Long> positions = new HashSet<>();
        long rows = 0;
        try (CloseableIterable<Record> records = IcebergGenerics.read(table)
                .select(EventTables.KAFKA_PARTITION, EventTables.KAFKA_OFFSET)
                .build()) {
            for (Record record : records) {
                int partition = (int) record.getField(EventTables.KAFKA_PARTITION);
                positions.add((long) record.getField(EventTables.KAFKA_OFFSET) * BenchPlatform.PARTITIONS + partition);
                rows++;
            }
        }
        long lost = published - positions.size();
        long twice = rows - positions.size();
        return Row.of(
                        who + ", rows in its table",
                        String.format(Locale.ROOT, "%,d of %,d: %d lost, %d twice", rows, published, lost, twice))
                .rule("none lost, none twice", lost == 0 && twice == 0);
    }

    private static void awaitRows(List<Table> tables, long published, Process spark) throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        List<Table> waiting = new ArrayList<>(tables);
        while (!waiting.isEmpty()) {
            waiting.removeIf(table -> rows(table) >= published);
            if (!spark.isAlive() || System.nanoTime() > deadline) {
                throw new Problem("All " + published + " payments must be archived within " + PATIENCE.toMinutes()
                        + " minutes, " + waiting + " lacks some");
            }
            TimeUnit.MILLISECONDS.sleep(200);
        }
    }

    private static long rows(Table table) {
        table.refresh();
        return table.currentSnapshot() == null
                ? 0
                : Long.parseLong(table.currentSnapshot().summary().get(SnapshotSummary.TOTAL_RECORDS_PROP));
    }

    private static double cpuSeconds(Process process) {
        return process.info().totalCpuDuration().orElseThrow().toNanos() / 1e9;
    }
}
