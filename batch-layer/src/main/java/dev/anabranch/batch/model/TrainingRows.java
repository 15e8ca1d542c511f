package dev.anabranch.batch.model;

import dev.anabranch.batch.training.TrainingSet;
import java.util.List;
import org.apache.spark.api.java.function.FilterFunction;
import org.apache.spark.api.java.function.MapFunction;
import org.apache.spark.ml.linalg.VectorUDT;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * The rows of a {@link TrainingSet} as MLlib takes them. The same rows give the same model: they are put in one order,
 * in a number of partitions that does not follow the machine's cores.
 */
final class TrainingRows {
    static final String LABEL = "label";
    static final String FEATURES = "features";

    /** Two, so that a sum over partitions is the same whichever arrives first. */
    private static final int PARTITIONS = 2;

    private static final StructType SCHEMA = new StructType()
            .add(TrainingSet.ID, DataTypes.StringType, false)
            .add(LABEL, DataTypes.DoubleType, false)
            .add(FEATURES, new VectorUDT(), false);

    private TrainingRows() {}

    /** All of them, with the first {@code width} features. */
    static Dataset<Row> of(Dataset<Row> trainingSet, int width) {
        return trainingSet
                .select(TrainingSet.ID, TrainingSet.TARGET, TrainingSet.FEATURES)
                .map(
                        (MapFunction<Row, Row>)
                                row -> RowFactory.create(row.get(0), row.get(1), Vectors.dense(floats(row, width))),
                        Encoders.row(SCHEMA))
                .repartition(PARTITIONS, functions.col(TrainingSet.ID))
                .sortWithinPartitions(TrainingSet.ID);
    }

    /**
     * All positives and this share of the negatives: which ones, the id and the seed say.
     *
     * @param share more than 0, at most 1
     */
    static Dataset<Row> withFewerNegatives(Dataset<Row> trainingSet, double share, long seed) {
        if (share == 1) {
            return trainingSet;
        }
        return trainingSet.filter((FilterFunction<Row>)
                row -> row.<Double>getAs(TrainingSet.TARGET) == 1 || Lot.of(row.getAs(TrainingSet.ID), seed) < share);
    }

    /** As an artifact will be given them: it takes floats, so a model learns from floats too and no split can flip. */
    private static double[] floats(Row row, int width) {
        List<Double> features = row.getList(2);
        double[] values = new double[width];
        for (int i = 0; i < width; i++) {
            values[i] = features.get(i).floatValue();
        }
        return values;
    }
}
