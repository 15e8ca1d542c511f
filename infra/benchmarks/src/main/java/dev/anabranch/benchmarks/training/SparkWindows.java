package dev.anabranch.benchmarks.training;

import dev.anabranch.benchmarks.Contender;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** Spark SQL: a table in memory and three range windows over it, as many tasks at once as there are cores. */
public final class SparkWindows implements Contender {
    private final SparkSession spark;

    /** @param arguments how many payments, and the seed */
    public SparkWindows(String[] arguments) {
        Payments payments = Payments.of(Integer.parseInt(arguments[0]), Long.parseLong(arguments[1]));
        int cores = Runtime.getRuntime().availableProcessors();
        spark = SparkSession.builder()
                .appName("windows")
                .master("local[*]")
                .config("spark.driver.host", "127.0.0.1")
                .config("spark.driver.bindAddress", "127.0.0.1")
                .config("spark.ui.enabled", "false")
                .config("spark.sql.shuffle.partitions", String.valueOf(cores))
                .getOrCreate();
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < payments.count(); i++) {
            rows.add(RowFactory.create((long) i, payments.customers()[i], payments.times()[i], payments.cents()[i]));
        }
        StructType schema = new StructType()
                .add("i", DataTypes.LongType)
                .add("customer", DataTypes.IntegerType)
                .add("made", DataTypes.LongType)
                .add("cents", DataTypes.LongType);
        spark.createDataFrame(rows, schema).cache().createOrReplaceTempView("payments");
        spark.sql("select count(*) from payments").first();
    }

    @Override
    public Work round() {
        Row result = spark.sql(Windows.sql("div")).first();
        return new Work(result.getLong(0), result.getLong(1));
    }

    @Override
    public void close() {
        spark.stop();
    }
}
