package dev.anabranch.faults.inject;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.faults.inject.KilledBatchRun.Stage;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class KilledBatchRunTest {
    @Test
    void theLogTellsWhichStageIsUnderWay() {
        assertThat(underWay("")).isEmpty();
        assertThat(underWay("Main - starting Spark\n")).containsExactly(Stage.VIEWS);
        assertThat(underWay("Main - starting Spark\nMain - advance a: 7 rows\n"))
                .containsExactly(Stage.VIEWS, Stage.PUBLISHING);
        assertThat(underWay("- starting Spark\n- advance a: 7 rows\n- publish a: 3 rows\n"))
                .isEmpty();
        assertThat(underWay("- advance a: 1\n- publish a: 1\n- advance b: 1\n")).containsExactly(Stage.PUBLISHING);
        assertThat(underWay("- advance a: 1\n- publish a: 1\n- training set: 9\n"))
                .containsExactly(Stage.TRAINING);
        assertThat(underWay("- advance a: 1\n- publish a: 1\n- training set: 9\n- done in 3 s\n"))
                .isEmpty();
    }

    private static List<Stage> underWay(String log) {
        return Arrays.stream(Stage.values())
                .filter(stage -> stage.underWay(log))
                .toList();
    }
}
