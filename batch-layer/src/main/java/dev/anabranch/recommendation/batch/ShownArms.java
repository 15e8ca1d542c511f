package dev.anabranch.recommendation.batch;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.countDistinct;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min_by;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.substring;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;

import dev.anabranch.batch.BatchRun;
import dev.anabranch.batch.experiment.ArmResults;
import dev.anabranch.contract.Experiment;
import dev.anabranch.experiment.ArmResult;
import dev.anabranch.experiment.ArmSums;
import dev.anabranch.experiment.Shares;
import dev.anabranch.experiment.Variant;
import dev.anabranch.lakehouse.EventTables;
import dev.anabranch.recommendation.RecommendationEvents;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * By what users made of what they were shown: an answer costs 1, and nothing once an item of it was turned to; by the other
 * loss, nothing once that was more than a view. So less is better, as everywhere.
 *
 * <p>Every answer counts from the moment it is given, as one that was not turned to until it is: rates are those of now and
 * rise for a day, in all arms alike. Arms are given to users, so users are the unit.
 */
final class ShownArms implements ArmResults {
    /** The names of the losses. */
    static final String NO_HIT = "no_hit";

    static final String NO_CONVERSION = "no_conversion";

    private static final List<String> LOSSES = List.of(NO_HIT, NO_CONVERSION);
    private static final String ARM = "arm";
    private static final String USER = "userId";
    private static final String ANSWER = "answerId";
    private static final String ANSWERS = "answers";

    @Override
    public List<ArmResult> of(BatchRun run, Experiment experiment) {
        return of(run.rows(RecommendationEvents.SHOWN), run.rows(RecommendationEvents.RESPONSE), experiment);
    }

    /** The same of rows of the two tables. */
    static List<ArmResult> of(Dataset<Row> shown, Dataset<Row> responses, Experiment experiment) {
        Column sinceItBegan =
                col("eventTimeMillis").geq(experiment.getPhaseMillis()); // a response comes after its answer
        Map<String, Row> found = byArm(judged(ofPhase(shown, experiment), responses.where(sinceItBegan)));
        List<ArmResult> results = new ArrayList<>();
        for (String loss : LOSSES) {
            Shares.of(experiment).forEach((arm, share) -> results.add(result(arm, loss, share, found.get(arm))));
        }
        return results;
    }

    /** An answer that stands in the log more than once counts once, as it stood first. */
    private static Dataset<Row> ofPhase(Dataset<Row> shown, Experiment experiment) {
        String prefix = new Variant(experiment.getNumber(), experiment.getPhase(), "").toString();
        Column first = struct(
                col(EventTables.ARRIVAL_MILLIS), col(EventTables.KAFKA_PARTITION), col(EventTables.KAFKA_OFFSET));
        return shown.where(col("eventTimeMillis").geq(experiment.getPhaseMillis()))
                .where(col("variant").startsWith(prefix))
                .withColumn(ARM, substring(col("variant"), prefix.length() + 1, Integer.MAX_VALUE))
                .groupBy(ARM, ANSWER)
                .agg(min_by(col(USER), first).as(USER));
    }

    private static Dataset<Row> judged(Dataset<Row> answers, Dataset<Row> responses) {
        Dataset<Row> turned = responses
                .groupBy(ANSWER)
                .agg(max("first").as("hit"), max("firstConversion").as("conversion"));
        return answers.join(turned, answers.col(ANSWER).equalTo(turned.col(ANSWER)), "left_outer")
                .select(
                        col(ARM),
                        col(USER),
                        lacks("hit").as(NO_HIT),
                        lacks("conversion").as(NO_CONVERSION));
    }

    private static Column lacks(String what) {
        return when(coalesce(col(what), lit(false)), 0.0).otherwise(1.0);
    }

    /** Sums over users, by arm. */
    private static Map<String, Row> byArm(Dataset<Row> judged) {
        Dataset<Row> users = judged.groupBy(ARM, USER)
                .agg(
                        count(lit(1)).as(ANSWERS),
                        sum(NO_HIT).as(NO_HIT),
                        sum(NO_CONVERSION).as(NO_CONVERSION));
        List<Column> sums = new ArrayList<>();
        sums.add(sum(ANSWERS).as(ANSWERS));
        sums.add(sum(col(ANSWERS).multiply(col(ANSWERS))).as("answersSquared"));
        for (String loss : LOSSES) {
            sums.add(sum(loss).as(loss));
            sums.add(sum(col(loss).multiply(col(loss))).as(loss + "_squared"));
            sums.add(sum(col(loss).multiply(col(ANSWERS))).as(loss + "_times_answers"));
        }
        Map<String, Row> arms = new HashMap<>();
        users.groupBy(ARM)
                .agg(countDistinct(USER).as("users"), sums.toArray(Column[]::new))
                .collectAsList()
                .forEach(row -> arms.put(row.getAs(ARM), row));
        return arms;
    }

    /** @param row null when the arm has answered nobody */
    private static ArmResult result(String arm, String loss, double share, Row row) {
        if (row == null) {
            return new ArmResult(arm, loss, false, share, ArmSums.EMPTY, 0, 0);
        }
        long users = row.getAs("users");
        long answers = row.getAs(ANSWERS);
        double lost = row.getAs(loss);
        ArmSums sums = new ArmSums(
                users,
                users,
                answers,
                answers,
                lost,
                row.<Double>getAs(loss + "_squared"),
                row.<Double>getAs(loss + "_times_answers"),
                row.<Long>getAs("answersSquared"));
        return new ArmResult(arm, loss, false, share, sums, answers - Math.round(lost), 0);
    }
}
