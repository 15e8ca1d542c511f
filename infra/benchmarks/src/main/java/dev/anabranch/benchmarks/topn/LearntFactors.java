package dev.anabranch.benchmarks.topn;

import dev.anabranch.benchmarks.Contender;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import org.apache.spark.ml.recommendation.ALS;
import org.apache.spark.ml.recommendation.ALSModel;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * Writes {@link Factors} as Spark MLlib learns them from choices of people with tastes among items of unequal popularity:
 * those of rare items come out short, as they do in real catalogues.
 */
public final class LearntFactors implements Contender {
    private static final int TASTES = 50;
    private static final int CHOICES_AN_ITEM = 6;
    private static final int ITEMS_A_PERSON = 60;
    private static final int ITERATIONS = 3;
    /** Of Zipf's law: the share of the item of rank r is as r to the power of minus this. */
    private static final double POPULARITY = 0.8;

    private final Path file;
    private final int items;
    private final int rank;
    private final int queries;
    private final long seed;

    /** @param arguments file, how many items, rank, how many queries, seed */
    public LearntFactors(String[] arguments) {
        file = Path.of(arguments[0]);
        items = Integer.parseInt(arguments[1]);
        rank = Integer.parseInt(arguments[2]);
        queries = Integer.parseInt(arguments[3]);
        seed = Long.parseLong(arguments[4]);
    }

    @Override
    public Work round() throws IOException {
        SparkSession spark = SparkSession.builder()
                .appName("factors")
                .master("local[*]")
                .config("spark.driver.host", "127.0.0.1")
                .config("spark.driver.bindAddress", "127.0.0.1")
                .config("spark.ui.enabled", "false")
                .getOrCreate();
        try {
            ALSModel model = new ALS()
                    .setUserCol("person")
                    .setItemCol("item")
                    .setRatingCol("strength")
                    .setImplicitPrefs(true)
                    .setRank(rank)
                    .setMaxIter(ITERATIONS)
                    .setSeed(seed)
                    .fit(choices(spark));
            float[][] learnt = new float[items][rank];
            long found = rows(model.itemFactors(), learnt, items);
            float[][] asked = new float[queries][rank];
            rows(model.userFactors(), asked, queries);
            new Factors(learnt, asked).write(file);
            return new Work(found, 0);
        } finally {
            spark.stop();
        }
    }

    private Dataset<Row> choices(SparkSession spark) {
        int items = this.items;
        int people = items * CHOICES_AN_ITEM / ITEMS_A_PERSON;
        long seed = this.seed;
        StructType schema = new StructType()
                .add("person", DataTypes.IntegerType)
                .add("item", DataTypes.IntegerType)
                .add("strength", DataTypes.FloatType);
        List<Integer> blocks = new ArrayList<>();
        for (int block = 0; block < TASTES; block++) {
            blocks.add(block);
        }
        return spark.createDataFrame(
                new org.apache.spark.api.java.JavaSparkContext(spark.sparkContext())
                        .parallelize(blocks, TASTES)
                        .flatMap(taste -> choices(taste, people / TASTES, items, seed)),
                schema);
    }

    /** Of the people of one taste: three choices in four are of items of that taste, popular ones most. */
    private static Iterator<Row> choices(int taste, int people, int items, long seed) {
        Random random = new Random(seed * TASTES + taste);
        List<Row> rows = new ArrayList<>();
        for (int person = 0; person < people; person++) {
            for (int choice = 0; choice < ITEMS_A_PERSON; choice++) {
                // The inverse of the law's distribution function, taken as continuous.
                int popular = (int) (items * Math.pow(random.nextDouble(), 1 / (1 - POPULARITY)));
                int item = random.nextInt(4) == 0 ? popular : popular / TASTES * TASTES + taste;
                rows.add(RowFactory.create(person * TASTES + taste, Math.min(item, items - 1), 1f));
            }
        }
        for (int item = taste; item < items; item += TASTES) { // nobody learns a vector of what was never chosen
            rows.add(RowFactory.create(random.nextInt(people) * TASTES + taste, item, 1f));
        }
        return rows.iterator();
    }

    private static long rows(Dataset<Row> factors, float[][] into, int below) {
        long found = 0;
        Iterator<Row> rows = factors.toLocalIterator();
        while (rows.hasNext()) {
            Row row = rows.next();
            if (row.getInt(0) < below) {
                List<Float> values = row.getList(1);
                for (int d = 0; d < values.size(); d++) {
                    into[row.getInt(0)][d] = values.get(d);
                }
                found++;
            }
        }
        return found;
    }
}
