package dev.anabranch.batch.experiment;

import static org.apache.spark.sql.functions.avg;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.greatest;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.log;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.max_by;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.min_by;
import static org.apache.spark.sql.functions.negate;
import static org.apache.spark.sql.functions.regexp_extract;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.substring;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;

import dev.anabranch.contract.Experiment;
import dev.anabranch.experiment.ArmResult;
import dev.anabranch.experiment.ArmSums;
import dev.anabranch.experiment.Loss;
import dev.anabranch.experiment.Shares;
import dev.anabranch.experiment.Variant;
import dev.anabranch.lakehouse.EventTables;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Archived predictions and outcomes in, what each arm of a phase came to out. It touches no table.
 *
 * <p>A prediction that stands in the log more than once counts once, as it stood first. Of the findings about one the
 * greatest number holds; without a finding it counts as exposed and not as labelled. A shadow is also put beside the
 * champion on each event that both were asked about in the same way, in the stream or over REST: an answer over REST knew
 * less. A pair is labelled when both its predictions are, and alike.
 *
 * <p>Predictions belong to the phase by the variant they bear, and are looked for among those made since it began. The
 * stream's are made when their event arrives; those of events that waited while the phase began are left out, of all arms
 * alike.
 */
final class ArmResultsStep {

    /** How far the clocks of those who predict and of the broker may be apart. */
    private static final Duration CLOCKS = Duration.ofMinutes(5);

    private static final String ARM = "arm";
    private static final String ENTITY = "entity";
    private static final String EVENT = "eventId";
    private static final String PATH = "path";
    private static final String ID = "predictionId";
    private static final String SCORE = "score";
    /** Null while it is not known what came true. */
    private static final String POSITIVE = "positive";

    private static final String PREDICTIONS = "predictions";
    private static final String LABELLED = "labelled";
    private static final String POSITIVES = "positives";
    private static final String SCORES = "scores";

    private final Experiment experiment;
    private final String entityField;
    private final Map<String, Double> shares;

    /** @param entityField the field of the question that arms are given by; predictions without it are left out */
    ArmResultsStep(Experiment experiment, String entityField) {
        this.experiment = experiment;
        this.entityField = entityField;
        this.shares = Shares.of(experiment);
    }

    /**
     * @param predictions rows of {@link EventTables#predictionsSchema}
     * @param outcomes    rows of the table of outcomes
     * @return by each loss, the champion, then the other arms; after each shadow itself beside the champion
     */
    List<ArmResult> apply(Dataset<Row> predictions, Dataset<Row> outcomes) {
        Dataset<Row> judged = judged(ofPhase(predictions), newest(outcomes)).persist();
        try {
            Map<String, Row> alone = byArm(judged);
            Map<String, Row> besideChampion = byArm(pairs(judged));
            List<ArmResult> results = new ArrayList<>();
            for (Loss loss : Loss.values()) {
                shares.forEach((arm, share) -> {
                    results.add(result(arm, loss, false, share, alone.get(arm)));
                    if (Variant.isShadow(arm)) {
                        results.add(result(arm, loss, true, share, besideChampion.get(arm)));
                    }
                });
            }
            return results;
        } finally {
            judged.unpersist();
        }
    }

    private Dataset<Row> ofPhase(Dataset<Row> predictions) {
        String prefix = new Variant(experiment.getNumber(), experiment.getPhase(), "").toString();
        Column first = struct(
                col(EventTables.ARRIVAL_MILLIS), col(EventTables.KAFKA_PARTITION), col(EventTables.KAFKA_OFFSET));
        return predictions
                .where(col("madeMillis").geq(experiment.getPhaseMillis()))
                .where(col("variant").startsWith(prefix))
                .where(col("model").equalTo(experiment.getModel()))
                .withColumn(ARM, substring(col("variant"), prefix.length() + 1, Integer.MAX_VALUE))
                .withColumn(ENTITY, col("question").getItem(entityField))
                .where(col(ENTITY).isNotNull())
                .groupBy(ARM, ID)
                .agg(min_by(struct(col(ENTITY), col(EVENT), col(PATH), col(SCORE)), first)
                        .as("made"))
                .select(col(ARM), col(ID), col("made.*"));
    }

    /** What is known of each prediction now. */
    private Dataset<Row> newest(Dataset<Row> outcomes) {
        Column number = regexp_extract(col("outcomeId"), "-(\\d+)$", 1).cast("long");
        return outcomes.where(col(EventTables.ARRIVAL_MILLIS).geq(experiment.getPhaseMillis() - CLOCKS.toMillis()))
                .groupBy(ID)
                .agg(max_by(col(POSITIVE), number).as(POSITIVE));
    }

    private static Dataset<Row> judged(Dataset<Row> predictions, Dataset<Row> newest) {
        Dataset<Row> judged = predictions
                .join(newest, predictions.col(ID).equalTo(newest.col(ID)), "left_outer")
                .select(col(ARM), col(ENTITY), col(EVENT), col(PATH), col(SCORE), col(POSITIVE));
        for (Loss loss : Loss.values()) {
            judged = judged.withColumn(loss.metric(), when(col(POSITIVE).isNotNull(), column(loss)));
        }
        return judged;
    }

    /** As {@link Loss#of} has it. */
    private static Column column(Loss loss) {
        Column ofWhatCameTrue = when(col(POSITIVE), col(SCORE)).otherwise(lit(1.0).minus(col(SCORE)));
        return switch (loss) {
            case LOG_LOSS -> negate(log(greatest(lit(Loss.LEAST_PROBABILITY), ofWhatCameTrue)));
            case BRIER -> lit(1.0).minus(ofWhatCameTrue).multiply(lit(1.0).minus(ofWhatCameTrue));
        };
    }

    /** One row for each shadow and event that the champion was asked about in the same way; the loss is how much more it lost. */
    private Dataset<Row> pairs(Dataset<Row> judged) {
        Dataset<Row> champion =
                asked(judged.where(col(ARM).equalTo(Variant.CHAMPION))).drop(ARM);
        for (String column : champion.columns()) {
            if (!List.of(ENTITY, EVENT, PATH).contains(column)) {
                champion = champion.withColumnRenamed(column, ofChampion(column));
            }
        }
        Dataset<Row> pairs = asked(judged.where(col(ARM).isin(shadows())))
                .join(champion, new String[] {ENTITY, EVENT, PATH}, "inner")
                .withColumn(POSITIVE, when(col(POSITIVE).equalTo(col(ofChampion(POSITIVE))), col(POSITIVE)));
        for (Loss loss : Loss.values()) {
            pairs = pairs.withColumn(
                    loss.metric(),
                    when(col(POSITIVE).isNotNull(), col(loss.metric()).minus(col(ofChampion(loss.metric())))));
        }
        return pairs;
    }

    private Object[] shadows() {
        return shares.keySet().stream().filter(Variant::isShadow).toArray();
    }

    private static String ofChampion(String column) {
        return "champion_" + column;
    }

    /** One row for each arm, event and way of asking; several answers over REST are one, of their mean. */
    private static Dataset<Row> asked(Dataset<Row> judged) {
        List<Column> means = new ArrayList<>();
        means.add(avg(when(col(POSITIVE).isNotNull(), col(SCORE))).as(SCORE));
        means.add(when(min(POSITIVE).equalTo(max(POSITIVE)), max(POSITIVE)).as(POSITIVE));
        for (Loss loss : Loss.values()) {
            means.add(avg(loss.metric()).as(loss.metric()));
        }
        return aggregate(judged.where(col(EVENT).notEqual("")), means, ARM, ENTITY, EVENT, PATH);
    }

    /** Sums over entities, by arm. */
    private static Map<String, Row> byArm(Dataset<Row> judged) {
        List<Column> ofEntity = new ArrayList<>();
        ofEntity.add(count(lit(1)).as(PREDICTIONS));
        ofEntity.add(count(POSITIVE).as(LABELLED));
        ofEntity.add(count(when(col(POSITIVE), lit(1))).as(POSITIVES));
        ofEntity.add(orZero(sum(when(col(POSITIVE).isNotNull(), col(SCORE)))).as(SCORES));
        for (Loss loss : Loss.values()) {
            ofEntity.add(orZero(sum(loss.metric())).as(loss.metric()));
        }
        List<Column> ofArm = new ArrayList<>();
        ofArm.add(count(lit(1)).as("entities"));
        ofArm.add(count(when(col(LABELLED).gt(0), lit(1))).as("labelledEntities"));
        ofArm.add(sum(PREDICTIONS).as(PREDICTIONS));
        ofArm.add(sum(LABELLED).as(LABELLED));
        ofArm.add(sum(col(LABELLED).multiply(col(LABELLED))).as("countSquared"));
        ofArm.add(sum(POSITIVES).as(POSITIVES));
        ofArm.add(sum(SCORES).as(SCORES));
        for (Loss loss : Loss.values()) {
            Column y = col(loss.metric());
            ofArm.add(sum(y).as(loss.metric()));
            ofArm.add(sum(y.multiply(y)).as(squared(loss)));
            ofArm.add(sum(y.multiply(col(LABELLED))).as(timesCount(loss)));
        }
        Map<String, Row> arms = new HashMap<>();
        aggregate(aggregate(judged, ofEntity, ARM, ENTITY), ofArm, ARM)
                .collectAsList()
                .forEach(row -> arms.put(row.getAs(ARM), row));
        return arms;
    }

    private static Dataset<Row> aggregate(Dataset<Row> rows, List<Column> columns, String... by) {
        Column[] others = columns.subList(1, columns.size()).toArray(Column[]::new);
        Column[] keys = List.of(by).stream().map(key -> col(key)).toArray(Column[]::new);
        return rows.groupBy(keys).agg(columns.get(0), others);
    }

    private static Column orZero(Column sum) {
        return coalesce(sum, lit(0.0));
    }

    private static String squared(Loss loss) {
        return loss.metric() + "_squared";
    }

    private static String timesCount(Loss loss) {
        return loss.metric() + "_times_count";
    }

    /** @param row null when the arm has no prediction */
    private static ArmResult result(String arm, Loss loss, boolean paired, double share, Row row) {
        if (row == null) {
            return new ArmResult(arm, loss.metric(), paired, share, ArmSums.EMPTY, 0, 0);
        }
        ArmSums sums = new ArmSums(
                row.<Long>getAs("entities"),
                row.<Long>getAs("labelledEntities"),
                row.<Long>getAs(PREDICTIONS),
                row.<Long>getAs(LABELLED),
                row.<Double>getAs(loss.metric()),
                row.<Double>getAs(squared(loss)),
                row.<Double>getAs(timesCount(loss)),
                row.<Long>getAs("countSquared"));
        return new ArmResult(
                arm, loss.metric(), paired, share, sums, row.<Long>getAs(POSITIVES), row.<Double>getAs(SCORES));
    }
}
