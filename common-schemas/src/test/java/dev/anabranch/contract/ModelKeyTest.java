package dev.anabranch.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ModelKeyTest {
    @Test
    void aKeyIsReadBackAsItWasWritten() {
        assertThat(List.of(ModelKey.live("fraud"), ModelKey.version("fraud", 7), ModelKey.experiment("fraud")))
                .allSatisfy(key -> assertThat(ModelKey.parse(key.toString())).contains(key))
                .extracting(ModelKey::toString)
                .containsExactly("fraud", "fraud@7", "fraud/experiment");
    }

    @Test
    void whatIsNoKeyIsNone() {
        assertThat(List.of("", "fraud@", "fraud@7/experiment", "fraud/other", "@7"))
                .allSatisfy(text -> assertThat(ModelKey.parse(text)).isEmpty());
    }
}
