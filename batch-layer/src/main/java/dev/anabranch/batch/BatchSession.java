package dev.anabranch.batch;

import dev.anabranch.event.EventType;
import dev.anabranch.lakehouse.EventTables;
import dev.anabranch.lakehouse.Lakehouse;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** A Spark session on the lakehouse: the same catalog, once for plain Java and once for Spark's SQL. */
public final class BatchSession implements AutoCloseable {
    private final PlatformConfig config;
    private final Lakehouse lakehouse;
    private final SparkSession spark;

    private BatchSession(PlatformConfig config, Lakehouse lakehouse, SparkSession spark) {
        this.config = config;
        this.lakehouse = lakehouse;
        this.spark = spark;
    }

    /** @param name what Spark calls the application */
    public static BatchSession start(PlatformConfig config, String name) {
        Lakehouse lakehouse = Lakehouse.open(config.catalog());
        int wanted = config.spark().parallelism();
        int cores = wanted > 0 ? wanted : Runtime.getRuntime().availableProcessors();
        String catalog = "spark.sql.catalog." + Lakehouse.CATALOG;
        SparkSession.Builder builder = SparkSession.builder()
                .appName(name)
                .master(config.spark().master())
                .config("spark.driver.host", config.spark().driverHost())
                .config("spark.driver.bindAddress", config.spark().driverHost())
                .config("spark.ui.enabled", "false")
                .config("spark.cleaner.referenceTracking.cleanCheckpoints", "true")
                .config("spark.sql.shuffle.partitions", String.valueOf(cores))
                .config("spark.sql.session.timeZone", "UTC")
                // What is kept between steps is kept for minutes: trying five encodings of each column costs more.
                .config("spark.sql.inMemoryColumnarStorage.compressed", "false")
                .config("spark.sql.extensions", "org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions")
                .config(catalog, "org.apache.iceberg.spark.SparkCatalog")
                .config(catalog + ".catalog-impl", "org.apache.iceberg.jdbc.JdbcCatalog")
                // A run must see what the archiver committed a moment ago, not what the cache remembers.
                .config(catalog + ".cache-enabled", "false");
        Lakehouse.catalogProperties(config.catalog())
                .forEach((key, value) -> builder.config(catalog + "." + key, value));
        SparkSession spark = builder.getOrCreate();
        // Iterative training cuts its lineage there: each iteration would otherwise nest deeper, until a stack
        // overflows.
        spark.sparkContext()
                .setCheckpointDir(
                        config.stateDir().resolve("checkpoints").toUri().toString());
        return new BatchSession(config, lakehouse, spark);
    }

    public PlatformConfig config() {
        return config;
    }

    public Lakehouse lakehouse() {
        return lakehouse;
    }

    public SparkSession spark() {
        return spark;
    }

    /** How many partitions a shuffle has. */
    public int parallelism() {
        return Integer.parseInt(spark.conf().get("spark.sql.shuffle.partitions"));
    }

    /** The archive of an event type as it stood at a snapshot. */
    public Dataset<Row> events(EventType<?> type, long snapshotId) {
        return table(EventTables.identifier(type), snapshotId);
    }

    /** A table as it stood at a snapshot. */
    public Dataset<Row> table(TableIdentifier identifier, long snapshotId) {
        return spark.read().option("versionAsOf", snapshotId).table(sqlName(identifier));
    }

    /** A table's name in Spark's SQL. */
    public static String sqlName(TableIdentifier identifier) {
        return Lakehouse.CATALOG + "." + identifier;
    }

    @Override
    public void close() {
        spark.stop();
        lakehouse.close();
    }
}
