package dev.anabranch.batch.model;

import dev.anabranch.batch.training.TrainingSet;
import dev.anabranch.model.OnnxScorer;
import dev.anabranch.model.UnusableModelException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Labelled rows that no model has learnt from, in the order of time, to measure models on. They are held in memory: a
 * million rows of 22 features are some 300 MB.
 */
public final class HeldOut {
    /** No rows: nothing can be told by them. */
    public static final HeldOut NONE = new HeldOut(List.of());

    private static final int BATCH = 4096;

    private final List<HeldOutRow> rows;

    /**
     * One row.
     *
     * @param id       of its event
     * @param atMillis when it happened, in epoch milliseconds
     * @param entity   the key of its event: whom it is about
     * @param target   its label: 1 or 0
     * @param features what was known then
     */
    public record HeldOutRow(String id, long atMillis, String entity, double target, double[] features) {}

    public HeldOut(List<HeldOutRow> rows) {
        this.rows = rows.stream()
                .sorted(Comparator.comparingLong(HeldOutRow::atMillis).thenComparing(HeldOutRow::id))
                .toList();
    }

    /** @param trainingSet rows of a {@link TrainingSet} */
    public static HeldOut of(Dataset<Row> trainingSet) {
        return new HeldOut(trainingSet
                .select(
                        TrainingSet.ID,
                        TrainingSet.AT_MILLIS,
                        TrainingSet.ENTITY_KEY,
                        TrainingSet.TARGET,
                        TrainingSet.FEATURES)
                .collectAsList()
                .stream()
                .map(row -> new HeldOutRow(
                        row.getString(0),
                        row.getLong(1),
                        row.getString(2),
                        row.getDouble(3),
                        row.<Double>getList(4).stream()
                                .mapToDouble(Double::doubleValue)
                                .toArray()))
                .toList());
    }

    public List<HeldOutRow> rows() {
        return rows;
    }

    public double[] targets() {
        return rows.stream().mapToDouble(HeldOutRow::target).toArray();
    }

    /** Whom each row is about, as a number from 0; rows of one entity have the same. */
    int[] entities() {
        Map<String, Integer> numbers = new HashMap<>();
        return rows.stream()
                .mapToInt(row -> {
                    Integer next = numbers.size();
                    Integer known = numbers.putIfAbsent(row.entity(), next);
                    return known == null ? next : known;
                })
                .toArray();
    }

    public long positives() {
        return rows.stream().filter(row -> row.target == 1).count();
    }

    /**
     * What a model says to each row: the artifact's scores, for they are the ones that will be served.
     *
     * @throws UnusableModelException when the artifact is none, or says something that is no number
     */
    public double[] scores(byte[] artifact) throws UnusableModelException {
        double[] scores = new double[rows.size()];
        try (OnnxScorer scorer = new OnnxScorer(artifact)) {
            for (int from = 0; from < scores.length; from += BATCH) {
                List<HeldOutRow> batch = rows.subList(from, Math.min(from + BATCH, scores.length));
                double[] some =
                        scorer.score(batch.stream().map(HeldOutRow::features).toArray(double[][]::new));
                System.arraycopy(some, 0, scores, from, some.length);
            }
        } catch (IllegalArgumentException e) {
            throw new UnusableModelException(e.getMessage(), e);
        }
        for (int i = 0; i < scores.length; i++) {
            if (!Double.isFinite(scores[i])) {
                throw new UnusableModelException("A score must be a number, got " + scores[i] + " for the row of "
                        + rows.get(i).id());
            }
        }
        return scores;
    }

    @Override
    public String toString() {
        return rows.size() + " rows, "
                + Arrays.stream(targets()).filter(t -> t == 1).count() + " of them positive";
    }
}
