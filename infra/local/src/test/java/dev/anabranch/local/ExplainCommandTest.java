package dev.anabranch.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.contract.Prediction;
import dev.anabranch.explain.ArchivedTown;
import dev.anabranch.lakehouse.CatalogConfig;
import dev.anabranch.lakehouse.Lakehouse;
import dev.anabranch.model.PredictionId;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** On the archive of a platform that does not run. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ExplainCommandTest {
    @TempDir
    static Path directory;

    private static Home home;
    private static ArchivedTown town;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @BeforeAll
    static void archiveATown() throws Exception {
        home = new Home(directory);
        home.create();
        try (Lakehouse lakehouse = Lakehouse.open(CatalogConfig.of(home.catalog(), home.warehouse()))) {
            town = new ArchivedTown(lakehouse);
        }
    }

    @Test
    @Order(1)
    void aPredictionIsToldWithWhatItIsMadeOf() {
        Prediction made = town.predictions().get(3);

        assertThat(explain(made.getPredictionId())).isZero();

        assertThat(out.toString())
                .contains(
                        "prediction  " + made.getPredictionId(),
                        "score       " + made.getScore() + " logged, " + made.getScore() + " now",
                        "identical   all 22 features and the score, to the bit",
                        "log odds: ",
                        "fraud.customer of " + made.getQuestion().get("customerId"),
                        "customer.count.7d");
    }

    @Test
    @Order(2)
    void asJsonEveryDigitIsThere() {
        Prediction made = town.predictions().get(4);

        assertThat(explain("--json", made.getPredictionId())).isZero();

        assertThat(out.toString())
                .startsWith("{")
                .contains("\"identical\" : true", "\"logged\" : " + made.getScore(), "\"arrivalMillis\"");
    }

    @Test
    @Order(3)
    void aSampleIsMadeAgainAndCounted() {
        assertThat(explain("--sample", "10", "--seed", "3")).isZero();

        assertThat(out.toString())
                .contains(
                        "10 of 30 archived predictions of fraud, drawn by seed 3",
                        "identical        10",
                        "different        0",
                        "time for one     median ");
    }

    @Test
    @Order(4)
    void whatWasNeverMadeOrIsNotThereIsOneLine() {
        assertThat(explain("rest-1")).isEqualTo(1);
        assertThat(err.toString().lines()).hasSize(1);
        assertThat(err.toString()).startsWith("anabranch: A prediction is named <use case>-<stream or rest>-");
        assertThat(explain("--sample", "0")).isEqualTo(1);
        assertThat(err.toString()).contains("--sample must be 1 or more, got 0");
    }

    @Test
    @Order(5)
    void withoutAnArchiveItSaysWhereItLooked() {
        Path nowhere = directory.resolve("nowhere");

        assertThat(run("explain", "rest-1", "--dir", nowhere.toString())).isEqualTo(1);

        assertThat(err.toString()).contains("There is no archive in " + nowhere);
    }

    @Test
    @Order(6)
    void onePredictionThatDiffersFailsTheSampleAndIsNamed() {
        Prediction made = town.predictions().get(0);
        String id = PredictionId.ofAnswer("fraud", made.getMadeMillis(), new UUID(9, 9))
                .toString();
        try (Lakehouse lakehouse = Lakehouse.open(CatalogConfig.of(home.catalog(), home.warehouse()))) {
            ArchivedTown.archive(
                    lakehouse,
                    Prediction.newBuilder(made)
                            .setPredictionId(id)
                            .setScore(Math.nextUp(made.getScore()))
                            .build());
        }

        assertThat(explain("--sample", "1000")).isEqualTo(1);

        assertThat(out.toString())
                .contains("different        1", id, "  - The score was " + Math.nextUp(made.getScore()));
    }

    private int explain(String... args) {
        String[] all = new String[args.length + 3];
        all[0] = "explain";
        all[1] = "--dir";
        all[2] = directory.toString();
        System.arraycopy(args, 0, all, 3, args.length);
        return run(all);
    }

    private int run(String... args) {
        CommandLine line = Main.commandLine();
        line.setOut(new PrintWriter(out, true));
        line.setErr(new PrintWriter(err, true));
        return line.execute(args);
    }
}
