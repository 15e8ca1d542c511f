package dev.anabranch.batch.model;

import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** A way to make a model of labelled rows. */
public interface Algorithm {
    /** What the registry calls it: {@code gradient-boosted-trees}. */
    String name();

    /** Its parameters, by name: the same parameters, rows and seed give the same model. */
    Map<String, String> parameters();

    /**
     * @param trainingSet rows of a {@link dev.anabranch.batch.training.TrainingSet}, positives and negatives among them
     * @param width       how many features a row has
     * @param seed        of everything random
     */
    TrainedModel train(Dataset<Row> trainingSet, int width, long seed);
}
