package dev.anabranch.batch.training;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import dev.anabranch.event.EventType;
import dev.anabranch.view.Cut;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.api.java.function.FilterFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Compares the features that were logged with predictions with those a training set would hold for them, bit for bit.
 * Where they differ, models learn from something else than they are asked about.
 */
public final class SkewCheck {
    private static final int TOLD = 5;

    private final TrainingSet<?, ?> trainingSet;
    private final List<String> features;

    public SkewCheck(TrainingTask<?, ?> task) {
        this.trainingSet = new TrainingSet<>(task);
        this.features = task.featureNames();
    }

    /**
     * What was found.
     *
     * @param checked        predictions compared
     * @param mismatches     those of which a feature differs, taken at the positions recorded with them
     * @param byArrivalOrder those of which a feature would differ had the order of arrival said what was known
     * @param told           the first mismatches, in words
     */
    public record Result(long checked, long mismatches, long byArrivalOrder, List<String> told) {}

    /**
     * @param beforeMillis only predictions that were made before this moment, in epoch milliseconds; all that they could
     *     have known must be archived
     * @throws IllegalStateException when no prediction was ever archived
     */
    public Result run(Archive archive, long beforeMillis) {
        Archive settled = new MadeBefore(archive, beforeMillis);
        Dataset<Row> replayed = trainingSet.replayed(settled).cache();
        Dataset<Row> differing = replayed.filter(differs());
        Result result = new Result(
                replayed.count(),
                differing.count(),
                trainingSet.replayedByArrival(settled).filter(differs()).count(),
                differing.limit(TOLD).collectAsList().stream().map(this::tell).toList());
        replayed.unpersist();
        return result;
    }

    private String tell(Row row) {
        double[] computed = doubles(row, TrainingSet.FEATURES);
        double[] logged = doubles(row, TrainingSet.LOGGED);
        StringBuilder told = new StringBuilder(row.<String>getAs(TrainingSet.ID)).append(':');
        for (int i = 0; i < Math.max(computed.length, logged.length); i++) {
            String before = i < logged.length ? String.valueOf(logged[i]) : "nothing";
            String now = i < computed.length ? String.valueOf(computed[i]) : "nothing";
            if (!before.equals(now)) {
                told.append(' ').append(i < features.size() ? features.get(i) : "feature " + i);
                told.append(" was logged as ").append(before).append(" and is ").append(now);
            }
        }
        return told.toString();
    }

    private static FilterFunction<Row> differs() {
        return row -> !same(doubles(row, TrainingSet.FEATURES), doubles(row, TrainingSet.LOGGED));
    }

    /** Whether all bits are equal. */
    static boolean same(double[] left, double[] right) {
        if (left.length != right.length) {
            return false;
        }
        for (int i = 0; i < left.length; i++) {
            if (Double.doubleToRawLongBits(left[i]) != Double.doubleToRawLongBits(right[i])) {
                return false;
            }
        }
        return true;
    }

    private static double[] doubles(Row row, String column) {
        return row.<Double>getList(row.fieldIndex(column)).stream()
                .mapToDouble(Double::doubleValue)
                .toArray();
    }

    /** An archive that ends, as far as predictions are concerned, at some moment. */
    private record MadeBefore(Archive all, long beforeMillis) implements Archive {
        @Override
        public Dataset<Row> events(EventType<?> type) {
            return all.events(type);
        }

        @Override
        public Optional<Dataset<Row>> predictions() {
            return all.predictions()
                    .map(logged -> logged.where(col("madeMillis").lt(lit(beforeMillis))));
        }

        @Override
        public Map<Long, Cut> generations(String view) {
            return all.generations(view);
        }
    }
}
