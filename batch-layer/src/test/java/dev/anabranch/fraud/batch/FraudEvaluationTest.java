package dev.anabranch.fraud.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole evaluation, from files to figures. */
@Tag("long")
class FraudEvaluationTest {
    @TempDir
    static Path data;

    @TempDir
    Path elsewhere;

    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();

    @BeforeAll
    static void simulate() throws Exception {
        SimulatedFiles.write(data, 50);
    }

    @Test
    void modelsAreChosenTrainedMeasuredPrintedAndReported() throws Exception {
        Path report = elsewhere.resolve("report.json");
        LocalDate trainFrom = SimulatedFiles.FIRST_DAY.plusDays(28);

        int exit = evaluation()
                .run(List.of(
                        "--data",
                        data.toString(),
                        "--train-from",
                        trainFrom.toString(),
                        "--folds",
                        "1",
                        "--report",
                        report.toString()));

        assertThat(exit).isZero();
        JsonNode json = new ObjectMapper().readTree(report.toFile());
        String chosen = json.get("chosen").asText();
        assertThat(json.fieldNames())
                .toIterable()
                .containsExactlyInAnyOrder("logistic-regression", "random-forest", "chosen");
        assertThat(json.get(chosen).get("auc").asDouble()).isBetween(0.6, 1.0);
        assertThat(json.get(chosen).get("average_precision").asDouble()).isBetween(0.1, 1.0);
        assertThat(json.get(chosen).get("card_precision_100").asDouble()).isBetween(0.0, 1.0);
        assertThat(printed.toString(StandardCharsets.UTF_8))
                .contains("transactions and as many labels archived", chosen + " (chosen)", "views and training set")
                .contains("test: learns from " + trainFrom, "measured on " + trainFrom.plusDays(14))
                .as("validation ends when its labels are known before the first test")
                .contains("validation: learns from " + trainFrom.minusDays(14));
    }

    @Test
    void aTownWhoseFraudChangesIsFollowedToFigures() throws Exception {
        Path report = elsewhere.resolve("drift.json");

        int exit = evaluation().run(List.of("--drift", "--customers", "300", "--report", report.toString()));

        assertThat(exit).isZero();
        JsonNode json = new ObjectMapper().readTree(report.toFile());
        assertThat(json.get("drift_by_day")).hasSize(60);
        assertThat(json.get("average_precision_before").get("frozen").asDouble())
                .as("what is learnt is not noise")
                .isGreaterThan(0.3);
        assertThat(json.get("average_precision_after").get("frozen").asDouble())
                .as("who has never seen it does not find it")
                .isLessThan(json.get("average_precision_before").get("frozen").asDouble() / 2);
        assertThat(json.get("ratio_after").asDouble()).isGreaterThan(1.4);
        assertThat(printed.toString(StandardCharsets.UTF_8)).contains("learnt online from");
    }

    @Test
    void optionsOfDriftThatMakeNoSenseAreRefusedByName() {
        assertThatThrownBy(() -> evaluation().run(List.of("--drift", "--customers", "100")))
                .hasMessage("Option --customers must be a number from 200 to 999999, got '100'");
        assertThatThrownBy(() -> evaluation().run(List.of("--drift", "--seed")))
                .hasMessageStartingWith("Option --seed must be followed by a value");
        assertThatThrownBy(() -> evaluation().run(List.of("--drift", "--data", "x")))
                .hasMessageStartingWith("Unknown option '--data'");
    }

    @Test
    void daysTheDataDoesNotCoverAreRefusedByName() {
        assertThatThrownBy(() -> evaluation().run(List.of("--data", data.toString(), "--train-from", "2018-07-25")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("The data must cover 2018-07-11")
                .hasMessageContaining("got 2018-04-01");
    }

    private FraudEvaluation evaluation() {
        return new FraudEvaluation(
                FraudTrainerTest.config(
                        Map.of("anabranch.fraud.training.algorithms", "logistic-regression,random-forest")),
                new PrintStream(printed, true, StandardCharsets.UTF_8));
    }
}
