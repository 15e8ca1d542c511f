package dev.anabranch.lakehouse;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.experiment.ArmResult;
import dev.anabranch.experiment.ArmSums;
import dev.anabranch.lakehouse.ExperimentResults.Found;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExperimentResultsTest {
    private static final ArmSums SUMS = new ArmSums(9, 4, 31, 7, 1.5, 0.75, 3.25, 15);
    private static final ArmResult CHAMPION = new ArmResult("champion", "brier", false, 0.9, SUMS, 3, 2.5);
    private static final ArmResult SHADOW = new ArmResult("shadow-8", "brier", true, 0, ArmSums.EMPTY, 0, 0);

    @TempDir
    Path folder;

    @Test
    void whatTheLastRunFoundHoldsAndAllBeforeItIsKept() {
        try (Lakehouse lakehouse = Lakehouse.open(CatalogConfig.under(folder))) {
            ExperimentResults results = new ExperimentResults(lakehouse);
            assertThat(results.newest("fraud", 3)).isEmpty();
            assertThat(results.of("fraud", 3)).isEmpty();

            Found last = new Found("fraud", 3, 2, List.of(CHAMPION, SHADOW), "run-2", 20);
            Found first = new Found("fraud", 3, 1, List.of(CHAMPION), "run-1", 10);
            results.add(last);
            results.add(first);
            results.add(new Found("fraud", 4, 1, List.of(SHADOW), "run-3", 30));
            results.add(new Found("pricing", 3, 1, List.of(SHADOW), "run-4", 40));

            assertThat(results.newest("fraud", 3)).contains(last);
            assertThat(results.of("fraud", 3)).containsExactly(first, last);
            assertThat(results.newest("fraud", 5)).isEmpty();
        }
    }

    @Test
    void theLastRunIsFoundThoughItsRowsStandInOneFileWithLaterOnes() {
        try (Lakehouse lakehouse = Lakehouse.open(CatalogConfig.under(folder))) {
            ExperimentResults results = new ExperimentResults(lakehouse);
            Found first = new Found("fraud", 3, 1, List.of(CHAMPION), "run-1", 10);
            Found later = new Found("fraud", 5, 1, List.of(SHADOW), "run-2", 20);
            Found second = new Found("fraud", 3, 1, List.of(SHADOW), "run-3", 15);
            results.addAll(List.of(second, first, later));

            assertThat(results.newest("fraud", 3)).contains(second);
            assertThat(results.newest("fraud", 5)).contains(later);
            assertThat(results.newest("fraud", 4)).isEmpty(); // between the bounds of the file
        }
    }
}
