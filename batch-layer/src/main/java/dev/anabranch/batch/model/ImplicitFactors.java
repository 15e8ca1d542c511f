package dev.anabranch.batch.model;

import dev.anabranch.vectors.Vectors;
import dev.anabranch.vectors.VectorsArtifact;
import dev.anabranch.vectors.VectorsModel;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.ml.feature.StringIndexer;
import org.apache.spark.ml.feature.StringIndexerModel;
import org.apache.spark.ml.recommendation.ALS;
import org.apache.spark.ml.recommendation.ALSModel;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;

/**
 * Vectors of what is chosen, learnt from who chose it: alternating least squares on implicit choices. The choosers' own
 * vectors are thrown away: they are folded in when they are needed ({@link dev.anabranch.vectors.FoldIn}).
 *
 * @param rank       how long vectors are
 * @param alpha      how much a choice of strength 1 outweighs none
 * @param lambda     regularization of one choice; it grows with their number
 * @param iterations how often both sides are solved
 */
public record ImplicitFactors(int rank, double alpha, double lambda, int iterations) {
    /** Who chose: a string. */
    public static final String CHOOSER = "chooser";
    /** What was chosen: a string. */
    public static final String CHOSEN = "chosen";
    /** How strongly, above 0. */
    public static final String STRENGTH = "strength";

    public static final String ALPHA = VectorsModel.ALPHA;
    public static final String LAMBDA = VectorsModel.LAMBDA;

    /** As wide as the partitions of a session's shuffles may be told apart; a fixed number, so that sums keep their order. */
    private static final int BLOCKS = 2;

    private static final int ITERATIONS_A_CHECKPOINT = 3;

    public ImplicitFactors {
        if (rank < 1 || !(alpha > 0) || !(lambda > 0) || iterations < 1) {
            throw new IllegalArgumentException("Rank, alpha, lambda and iterations must be above 0, got " + rank + ", "
                    + alpha + ", " + lambda + ", " + iterations);
        }
    }

    /**
     * What was learnt.
     *
     * @param names of what was chosen, in alphabetical order
     * @param flat  their vectors, one after the other
     */
    public record Learnt(List<String> names, int rank, float[] flat) {
        public byte[] artifact() {
            return VectorsArtifact.write(names, rank, flat);
        }

        public Vectors vectors() {
            return Vectors.of(names, rank, flat);
        }
    }

    public String name() {
        return "implicit-als";
    }

    public Map<String, String> parameters() {
        Map<String, String> parameters = new LinkedHashMap<>();
        parameters.put("rank", String.valueOf(rank));
        parameters.put(ALPHA, String.valueOf(alpha));
        parameters.put(LAMBDA, String.valueOf(lambda));
        parameters.put("iterations", String.valueOf(iterations));
        return parameters;
    }

    /**
     * @param choices each pair once: {@link #CHOOSER}, {@link #CHOSEN}, {@link #STRENGTH}
     * @param seed    of everything random
     */
    public Learnt learn(Dataset<Row> choices, long seed) {
        StringIndexerModel index = new StringIndexer()
                .setInputCols(new String[] {CHOOSER, CHOSEN})
                .setOutputCols(new String[] {"row", "column"})
                .setStringOrderType("alphabetAsc")
                .fit(choices);
        Dataset<Row> rated = index.transform(choices)
                .select(
                        functions.col("row").cast("int").as("row"),
                        functions.col("column").cast("int").as("column"),
                        functions.col(STRENGTH).cast("float").as("rating"))
                .repartition(BLOCKS, functions.col("row"))
                .sortWithinPartitions("row", "column");
        ALSModel model = new ALS()
                .setUserCol("row")
                .setItemCol("column")
                .setRatingCol("rating")
                .setImplicitPrefs(true)
                .setRank(rank)
                .setAlpha(alpha)
                .setRegParam(lambda)
                .setMaxIter(iterations)
                .setNumBlocks(BLOCKS)
                .setCheckpointInterval(ITERATIONS_A_CHECKPOINT)
                .setSeed(seed)
                .fit(rated);
        String[] names = index.labelsArray()[1];
        float[] flat = new float[names.length * rank];
        for (Row row : model.itemFactors().collectAsList()) {
            List<Float> factors = row.getList(1);
            for (int d = 0; d < rank; d++) {
                flat[row.getInt(0) * rank + d] = factors.get(d);
            }
        }
        return new Learnt(Arrays.asList(names), rank, flat);
    }
}
