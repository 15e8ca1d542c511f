package dev.anabranch.batch.training;

import dev.anabranch.batch.ArchivedRows;
import dev.anabranch.contract.Prediction;
import dev.anabranch.contract.ScoringPath;
import dev.anabranch.event.EventType;
import dev.anabranch.usecase.UseCase;
import dev.anabranch.view.Cut;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.TreeMap;
import org.apache.spark.api.java.function.FilterFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Compares the features that were logged with predictions with those a training set would hold for them, bit for bit.
 * Where they differ, models learn from something else than they are asked about.
 */
public final class SkewCheck {
    private static final int TOLD = 5;

    /** Columns by index: a row that goes from one step to the next does not always know its schema. */
    private static final int ID = TrainingSet.SCHEMA.fieldIndex(TrainingSet.ID);

    private static final int FEATURES = TrainingSet.SCHEMA.fieldIndex(TrainingSet.FEATURES);
    private static final int LOGGED = TrainingSet.SCHEMA.fieldIndex(TrainingSet.LOGGED);

    private final TrainingTask<?, ?> task;
    private final TrainingSet<?, ?> trainingSet;
    private final List<String> features;

    public SkewCheck(TrainingTask<?, ?> task) {
        this.task = task;
        this.trainingSet = new TrainingSet<>(task);
        this.features = task.featureNames();
    }

    /**
     * What was found.
     *
     * @param checked        predictions compared
     * @param mismatches     those of which a feature differs, taken at the positions recorded with them
     * @param byArrivalOrder those of which a feature would differ had the order of arrival said what was known
     * @param unsettled      predictions not compared, because they knew of events that are not archived yet
     * @param byPath         how many were compared of each {@link ScoringPath}, by its name
     * @param told           the first mismatches, in words
     */
    public record Result(
            long checked,
            long mismatches,
            long byArrivalOrder,
            long unsettled,
            Map<String, Long> byPath,
            List<String> told) {}

    /** That of a use case; empty when nothing is learnt for it. */
    public static Optional<SkewCheck> of(UseCase useCase) {
        return ServiceLoader.load(TrainingTask.class).stream()
                .<TrainingTask<?, ?>>map(ServiceLoader.Provider::get)
                .filter(task -> useCase.events().contains(task.event()))
                .findFirst()
                .map(SkewCheck::new);
    }

    /**
     * Predictions beside what the training set has for them.
     *
     * @param checked    predictions compared
     * @param mismatches those of which a feature differs, taken at the positions recorded with them
     * @param told       the first mismatches, in words
     */
    public record Compared(long checked, long mismatches, List<String> told) {}

    /**
     * Compares only.
     *
     * @param archived what the archive's event tables hold: a prediction that knew more is left out
     * @throws IllegalStateException when no prediction was ever archived
     */
    public Compared compare(Archive archive, Cut archived) {
        return compare(new Settled(archive, task, archived));
    }

    private Compared compare(Archive settled) {
        Dataset<Row> replayed = trainingSet.replayed(settled).cache();
        try {
            Dataset<Row> differing = replayed.filter(differs());
            return new Compared(
                    replayed.count(),
                    differing.count(),
                    differing.limit(TOLD).collectAsList().stream()
                            .map(this::tell)
                            .toList());
        } finally {
            replayed.unpersist();
        }
    }

    /**
     * Compares, and counts what else there is to know.
     *
     * @param archived what the archive's event tables hold: a prediction that knew more is left out
     * @throws IllegalStateException when no prediction was ever archived
     */
    public Result run(Archive archive, Cut archived) {
        Archive settled = new Settled(archive, task, archived);
        Compared compared = compare(settled);
        long logged = archive.predictions().map(Dataset::count).orElse(0L);
        return new Result(
                compared.checked(),
                compared.mismatches(),
                trainingSet.replayedByArrival(settled).filter(differs()).count(),
                logged - compared.checked(),
                byPath(settled),
                compared.told());
    }

    private static Map<String, Long> byPath(Archive settled) {
        Map<String, Long> counts = new TreeMap<>();
        settled.predictions()
                .ifPresent(rows -> rows.groupBy("path")
                        .count()
                        .collectAsList()
                        .forEach(row -> counts.put(row.getString(0), row.getLong(1))));
        return counts;
    }

    private String tell(Row row) {
        double[] computed = doubles(row, FEATURES);
        double[] logged = doubles(row, LOGGED);
        StringBuilder told = new StringBuilder(row.getString(ID)).append(':');
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
        return row -> !same(doubles(row, FEATURES), doubles(row, LOGGED));
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

    /** Spark hands a row from one step to the next as it was made, where it need not be written in between. */
    private static double[] doubles(Row row, int column) {
        return row.get(column) instanceof double[] asMade
                ? asMade
                : row.<Double>getList(column).stream()
                        .mapToDouble(Double::doubleValue)
                        .toArray();
    }

    /** An archive without the predictions that knew of events it does not hold. */
    private record Settled(Archive all, TrainingTask<?, ?> task, Cut archived) implements Archive {
        @Override
        public Dataset<Row> events(EventType<?> type) {
            return all.events(type);
        }

        @Override
        public Optional<Dataset<Row>> predictions() {
            AsOf asOf = AsOf.of(task.views(), all);
            ArchivedRows<Prediction> rows =
                    ArchivedRows.predictions(task.views().get(0).useCase());
            Cut held = archived;
            return all.predictions()
                    .map(logged -> logged.filter((FilterFunction<Row>)
                            row -> asOf.within(held, rows.read(row).event())));
        }

        @Override
        public Map<Long, Cut> generations(String view) {
            return all.generations(view);
        }
    }
}
