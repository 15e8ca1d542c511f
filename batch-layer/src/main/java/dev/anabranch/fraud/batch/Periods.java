package dev.anabranch.fraud.batch;

import dev.anabranch.batch.model.HeldOut;
import dev.anabranch.batch.training.TrainingSet;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;

/**
 * What is learnt from, and the later days it is measured on. Between the two lies the delay of the labels: a model that
 * scores today's payments cannot have learnt from last week's.
 *
 * @param trainFrom the first moment learnt from, in epoch milliseconds: midnight, UTC
 * @param trainTo   the first no longer learnt from
 * @param testFrom  the first moment measured on: midnight, UTC
 * @param testTo    the first no longer measured on
 * @param delay     how long after a payment its label is known
 */
record Periods(long trainFrom, long trainTo, long testFrom, long testTo, Duration delay) {
    private static final long DAY_MILLIS = Duration.ofDays(1).toMillis();

    /** So many days of training from a moment on, the delay, and then so many days to measure on. */
    static Periods from(long trainFrom, int trainDays, Duration delay, int testDays) {
        long trainTo = trainFrom + trainDays * DAY_MILLIS;
        long testFrom = trainTo + delay.toMillis();
        return new Periods(trainFrom, trainTo, testFrom, testFrom + testDays * DAY_MILLIS, delay);
    }

    /** The same, so much earlier. */
    Periods earlierBy(Duration time) {
        long millis = time.toMillis();
        return new Periods(trainFrom - millis, trainTo - millis, testFrom - millis, testTo - millis, delay);
    }

    /** The rows to learn from. */
    Dataset<Row> training(Dataset<Row> trainingSet) {
        return between(trainingSet, trainFrom, trainTo);
    }

    /**
     * The rows to measure on. On each day the customers are left out of whom a fraud, from the first day of training on,
     * was known when the day began: their cards are blocked by then, and finding them again is no merit.
     */
    HeldOut heldOut(Dataset<Row> trainingSet) {
        Map<String, Long> firstFraud = new HashMap<>();
        between(trainingSet, trainFrom, testTo)
                .where(functions.col(TrainingSet.TARGET).equalTo(1))
                .groupBy(TrainingSet.ENTITY_KEY)
                .agg(functions.min(TrainingSet.AT_MILLIS))
                .collectAsList()
                .forEach(row -> firstFraud.put(row.getString(0), row.getLong(1)));
        List<HeldOut.HeldOutRow> rows = HeldOut.of(between(trainingSet, testFrom, testTo)).rows().stream()
                .filter(row -> !isKnown(firstFraud.get(row.entity()), row.atMillis()))
                .toList();
        return new HeldOut(rows);
    }

    private boolean isKnown(Long fraudMillis, long atMillis) {
        long midnight = Math.floorDiv(atMillis, DAY_MILLIS) * DAY_MILLIS;
        return fraudMillis != null && fraudMillis < midnight - delay.toMillis();
    }

    private static Dataset<Row> between(Dataset<Row> trainingSet, long from, long to) {
        return trainingSet.where(functions
                .col(TrainingSet.AT_MILLIS)
                .geq(from)
                .and(functions.col(TrainingSet.AT_MILLIS).lt(to)));
    }

    /**
     * The periods that were recorded with a version.
     *
     * @param training as {@link #training()} has it
     * @param test     as {@link #test()} has it
     */
    static Periods recorded(String training, String test) {
        long[] learnt = span(training);
        long[] measured = span(test);
        return new Periods(learnt[0], learnt[1], measured[0], measured[1], Duration.ofMillis(measured[0] - learnt[1]));
    }

    private static long[] span(String recorded) {
        String[] ends = recorded.split("/");
        return new long[] {
            Instant.parse(ends[0]).toEpochMilli(), Instant.parse(ends[1]).toEpochMilli()
        };
    }

    String training() {
        return Instant.ofEpochMilli(trainFrom) + "/" + Instant.ofEpochMilli(trainTo);
    }

    String test() {
        return Instant.ofEpochMilli(testFrom) + "/" + Instant.ofEpochMilli(testTo);
    }
}
