package dev.anabranch.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.contract.ScoringPath;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class PredictionIdTest {
    @Test
    void aNameSaysWhoseItIsWhereItWasMadeAndWhen() {
        PredictionId inTheStream = PredictionId.ofEvent("card-fraud", 1_700_000_000_123L, 3, 81_723);
        PredictionId overRest = PredictionId.ofAnswer("fraud", 1_700_000_000_124L, new UUID(7, 9));

        assertThat(inTheStream).hasToString("card-fraud-stream-1700000000123-3-81723");
        assertThat(PredictionId.parse(inTheStream.toString())).contains(inTheStream);
        assertThat(PredictionId.parse(overRest.toString())).contains(overRest);
        assertThat(overRest.path()).isEqualTo(ScoringPath.REST);
    }

    @Test
    void whatNamesNoPredictionIsNotTakenForOne() {
        assertThat(List.of(
                        "", "fraud", "stream-t3-0-2", "rest-1", "fraud-rest-x-1", "fraud-rest-1-", "fraud-batch-1-1"))
                .allSatisfy(text -> assertThat(PredictionId.parse(text)).isEmpty());
    }
}
