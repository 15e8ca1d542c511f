package dev.anabranch.batch.training;

import org.apache.spark.sql.SparkSession;

/** One small Spark session for all tests that need no catalog. */
public final class TestSpark {
    private TestSpark() {}

    public static SparkSession get() {
        return SparkSession.builder()
                .appName("tests")
                .master("local[2]")
                .config("spark.driver.host", "127.0.0.1")
                .config("spark.driver.bindAddress", "127.0.0.1")
                .config("spark.ui.enabled", "false")
                .config("spark.sql.shuffle.partitions", "2")
                .config("spark.sql.session.timeZone", "UTC")
                .getOrCreate();
    }
}
