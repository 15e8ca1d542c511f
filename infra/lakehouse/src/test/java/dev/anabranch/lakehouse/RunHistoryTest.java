package dev.anabranch.lakehouse;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunHistoryTest {
    @TempDir
    Path folder;

    @Test
    void runsComeBackAsTheyWereRecordedNewestFirst() {
        try (Lakehouse lakehouse = Lakehouse.open(CatalogConfig.under(folder))) {
            RunHistory history = new RunHistory(lakehouse);
            assertThat(history.newest(Optional.empty(), 10)).isEmpty();
            RunHistory.Run first = run("a", "fraud", 10, null);
            RunHistory.Run failed = run("b", "fraud", 30, "java.io.IOException: the disk is full");
            RunHistory.Run other = run("c", "recommendation", 20, null);
            List.of(first, failed, other).forEach(history::record);

            assertThat(history.newest(Optional.empty(), 10)).containsExactly(failed, other, first);
            assertThat(history.newest(Optional.empty(), 2)).containsExactly(failed, other);
            assertThat(history.newest(Optional.of("fraud"), 10)).containsExactly(failed, first);
        }
    }

    private static RunHistory.Run run(String id, String useCase, long started, String error) {
        return new RunHistory.Run(
                id,
                useCase,
                "schedule",
                false,
                started,
                started + 5,
                error == null ? RunHistory.SUCCEEDED : RunHistory.FAILED,
                error,
                Map.of("events.transaction", 7L),
                Map.of("events.transaction-0", 1024L),
                List.of(new RunHistory.Stage("advance fraud.customer", started, 4, 100)));
    }
}
