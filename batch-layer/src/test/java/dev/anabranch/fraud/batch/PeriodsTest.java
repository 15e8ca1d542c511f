package dev.anabranch.fraud.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.anabranch.batch.model.HeldOut.HeldOutRow;
import dev.anabranch.batch.training.TestSpark;
import dev.anabranch.batch.training.TrainingSet;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;

/** The periods of the published protocol, and who is left out of them. */
class PeriodsTest {
    private static final EvaluationOptions OPTIONS =
            EvaluationOptions.parse(List.of("--data", "d", "--train-from", "2018-07-25", "--folds", "2"));

    @Test
    void aTestWeekBeginsADelayAfterItsTrainingWeek() {
        assertThat(OPTIONS.tests())
                .extracting(Periods::training, Periods::test)
                .containsExactly(
                        tuple("2018-07-25T00:00:00Z/2018-08-01T00:00:00Z", "2018-08-08T00:00:00Z/2018-08-15T00:00:00Z"),
                        tuple(
                                "2018-08-01T00:00:00Z/2018-08-08T00:00:00Z",
                                "2018-08-15T00:00:00Z/2018-08-22T00:00:00Z"));
    }

    @Test
    void everyLabelOfAValidationIsKnownBeforeTheFirstTestBegins() {
        long firstTest = OPTIONS.tests().get(0).testFrom();

        assertThat(OPTIONS.validations()).hasSize(2);
        assertThat(OPTIONS.validations())
                .allMatch(validation -> validation.testTo() + OPTIONS.delay().toMillis() <= firstTest);
        assertThat(OPTIONS.validations().get(0).test()).isEqualTo("2018-07-25T00:00:00Z/2018-08-01T00:00:00Z");
    }

    @Test
    void aCustomerWhoseFraudWasKnownWhenTheDayBeganIsLeftOutOfIt() {
        Periods week = OPTIONS.tests().get(0); // measured from August 8th on
        Dataset<Row> rows = rows(
                row("before-training", "2018-07-24T23:59:59.999Z", 1),
                row("before-training", "2018-08-08T12:00:00Z", 0),
                row("known", "2018-07-31T23:59:59.999Z", 1), // published on the 7th, the last moment
                row("known", "2018-08-08T00:00:00Z", 1),
                row("unknown", "2018-08-01T00:00:00Z", 1), // published at the first moment of the 8th
                row("unknown", "2018-08-08T23:59:59.999Z", 0),
                row("unknown", "2018-08-09T00:00:00Z", 0),
                row("good", "2018-08-07T23:59:59.999Z", 0),
                row("good", "2018-08-14T23:59:59.999Z", 0),
                row("good", "2018-08-15T00:00:00Z", 0));

        assertThat(week.heldOut(rows).rows())
                .extracting(
                        HeldOutRow::entity,
                        row -> Instant.ofEpochMilli(row.atMillis()).toString())
                .containsExactly(
                        tuple("before-training", "2018-08-08T12:00:00Z"),
                        tuple("unknown", "2018-08-08T23:59:59.999Z"),
                        tuple("good", "2018-08-14T23:59:59.999Z"));
    }

    @Test
    void anOptionThatMakesNoSenseIsNamedWithItsRule() {
        assertThatThrownBy(() -> EvaluationOptions.parse(List.of("--train-from", "2018-07-25")))
                .hasMessageStartingWith("Options --data and --train-from must be given");
        assertThatThrownBy(() -> EvaluationOptions.parse(List.of("--train-from", "July")))
                .hasMessage("Option --train-from must be a day such as 2018-07-25, got 'July'");
        assertThatThrownBy(() -> EvaluationOptions.parse(List.of("--folds", "0")))
                .hasMessage("Option --folds must be a number from 1 to 9999, got '0'");
        assertThatThrownBy(() -> EvaluationOptions.parse(List.of("--fold", "4")))
                .hasMessageStartingWith("Unknown option '--fold'");
        assertThatThrownBy(() -> EvaluationOptions.parse(List.of("--data")))
                .hasMessageStartingWith("Option --data must be followed by a value");
    }

    @Test
    void delayAndReportAreTakenAsGiven() {
        EvaluationOptions options = EvaluationOptions.parse(
                List.of("--data", "d", "--train-from", "2018-07-25", "--delay-days", "3", "--report", "figures.json"));

        assertThat(options.delay()).isEqualTo(Duration.ofDays(3));
        assertThat(options.report()).contains(Path.of("figures.json"));
    }

    private static Row row(String customer, String at, double target) {
        return RowFactory.create(customer + at, Instant.parse(at).toEpochMilli(), customer, target, new double[] {1});
    }

    private static Dataset<Row> rows(Row... rows) {
        return TestSpark.get()
                .createDataFrame(
                        List.of(rows),
                        new StructType()
                                .add(TrainingSet.ID, DataTypes.StringType)
                                .add(TrainingSet.AT_MILLIS, DataTypes.LongType)
                                .add(TrainingSet.ENTITY_KEY, DataTypes.StringType)
                                .add(TrainingSet.TARGET, DataTypes.DoubleType)
                                .add(TrainingSet.FEATURES, DataTypes.createArrayType(DataTypes.DoubleType)));
    }
}
