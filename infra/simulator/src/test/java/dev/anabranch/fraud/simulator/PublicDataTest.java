package dev.anabranch.fraud.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The public data set itself, which is not part of the project: where it is absent, this is skipped. */
class PublicDataTest {
    private Path fraud;

    @BeforeEach
    void find() {
        // Tests run in infra/simulator; the data lies beside the project.
        fraud = Path.of(System.getProperty("anabranch.data", "../../../shared/data"), "fraud");
        assumeTrue(
                Files.isDirectory(fraud),
                () -> "There is no data set in " + fraud.toAbsolutePath().normalize() + "; set -Danabranch.data");
    }

    @Test
    void theFirstMonthHasTheRowsAndFraudsThatItsDescriptionNames() throws IOException {
        long frauds = 0;
        try (CardTransactionFiles april = CardTransactionFiles.open(fraud.resolve("transactions-2018-04.csv.gz"))) {
            while (april.hasNext()) {
                frauds += april.next().fraud() ? 1 : 0;
            }
            assertThat(april.rows()).isEqualTo(288_062);
        }
        assertThat(frauds).isEqualTo(1_702);
    }

    @Test
    void allMonthsHaveTheTotalsThatTheirDescriptionNames() throws IOException {
        long[] byScenario = new long[4];
        long frauds = 0;
        try (CardTransactionFiles all = CardTransactionFiles.open(fraud)) {
            while (all.hasNext()) {
                LabelledTransaction transaction = all.next();
                byScenario[transaction.scenario()]++;
                frauds += transaction.fraud() ? 1 : 0;
            }
            assertThat(all.rows()).isEqualTo(1_754_155);
        }
        assertThat(frauds).isEqualTo(14_681);
        assertThat(byScenario).containsExactly(1_754_155 - 14_681, 973, 9_077, 4_631);
    }
}
