package dev.anabranch.benchmarks.archive;

import dev.anabranch.benchmarks.BenchPlatform;
import dev.anabranch.benchmarks.Benchmark;
import dev.anabranch.event.Admission;
import dev.anabranch.event.EventType;
import dev.anabranch.fraud.FraudEvents;
import dev.anabranch.fraud.Transaction;
import dev.anabranch.lakehouse.CatalogConfig;
import dev.anabranch.lakehouse.EventTables;
import dev.anabranch.lakehouse.Lakehouse;
import dev.anabranch.local.Distribution;
import java.io.File;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeoutException;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.spark.SparkSchemaUtil;
import org.apache.spark.api.java.function.MapFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.streaming.StreamingQueryException;
import org.apache.spark.sql.streaming.Trigger;
import org.apache.spark.sql.types.StructType;

/** Payments from their topic to an Iceberg table by Structured Streaming, decoded and checked as the archiver does it. */
public final class SparkArchive {
    private static final String LOG = "spark";

    private SparkArchive() {}

    /**
     * Starts it.
     *
     * @param identifier of its table in the platform's catalog
     * @param every      how often it is to commit
     */
    static Archiving start(
            String name,
            BenchPlatform platform,
            Benchmark.Settings settings,
            TableIdentifier identifier,
            Table table,
            Duration every) {
        Distribution distribution = new Distribution(settings.root());
        CatalogConfig catalog = platform.catalog();
        Process process = platform.launch(
                LOG,
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
                        identifier.toString(),
                        settings.scratch().resolve("spark-checkpoint").toString(),
                        String.valueOf(every.toMillis())));
        return new Archiving(name, process.toHandle(), table, () -> platform.whyEnded(LOG, process.toHandle()));
    }

    /** @param arguments brokers, catalog URI, warehouse, table, checkpoint folder, trigger interval in milliseconds */
    public static void main(String[] arguments) throws TimeoutException, StreamingQueryException {
        String catalog = "spark.sql.catalog." + Lakehouse.CATALOG;
        SparkSession spark = SparkSession.builder()
                .appName("archive")
                .master("local[*]")
                .config("spark.driver.host", "127.0.0.1")
                .config("spark.driver.bindAddress", "127.0.0.1")
                .config("spark.ui.enabled", "false")
                .config("spark.sql.session.timeZone", "UTC")
                .config("spark.sql.shuffle.partitions", "2")
                .config("spark.sql.datetime.java8API.enabled", "true")
                .config(catalog, "org.apache.iceberg.spark.SparkCatalog")
                .config(catalog + ".catalog-impl", "org.apache.iceberg.jdbc.JdbcCatalog")
                .config(catalog + ".uri", arguments[1])
                .config(catalog + ".warehouse", arguments[2])
                .getOrCreate();
        StructType schema = SparkSchemaUtil.convert(EventTables.schema(FraudEvents.TRANSACTION));
        Dataset<Row> records = spark.readStream()
                .format("kafka")
                .option("kafka.bootstrap.servers", arguments[0])
                .option("subscribe", FraudEvents.TRANSACTION.topic())
                .option("startingOffsets", "earliest")
                .load()
                .selectExpr("key", "value", "partition", "offset", "unix_millis(timestamp)");
        records.map(decoded(), Encoders.row(schema))
                .writeStream()
                .format("iceberg")
                .outputMode("append")
                .trigger(Trigger.ProcessingTime(Long.parseLong(arguments[5])))
                .option("checkpointLocation", arguments[4])
                .option("fanout-enabled", "true")
                .toTable(Lakehouse.CATALOG + "." + arguments[3])
                .awaitTermination();
    }

    /** A record as a row of the archive's table. */
    private static MapFunction<Row, Row> decoded() {
        EventType<Transaction> type = FraudEvents.TRANSACTION;
        return row -> {
            long arrivalMillis = row.getLong(4);
            Admission<Transaction> admission = type.admit(row.getAs(0), row.getAs(1), arrivalMillis);
            if (!(admission instanceof Admission.Admitted<Transaction> admitted)) {
                throw new IllegalStateException("Payments of a benchmark must be admitted, got " + admission);
            }
            Transaction payment = admitted.event();
            return RowFactory.create(
                    payment.getTransactionId(),
                    payment.getEventTimeMillis(),
                    payment.getCustomerId(),
                    payment.getTerminalId(),
                    payment.getAmountCents(),
                    Instant.ofEpochMilli(payment.getEventTimeMillis()),
                    row.getInt(2),
                    row.getLong(3),
                    arrivalMillis);
        };
    }
}
