package dev.anabranch.speed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.fraud.speed.FraudPath;
import dev.anabranch.recommendation.speed.RecommendationPath;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SpeedMainTest {
    @Test
    void allPathsRunUnlessSomeAreNamed() {
        List<SpeedPath> all = List.of(new FraudPath(), new RecommendationPath());
        assertThat(SpeedMain.chosen(all, Optional.empty())).isEqualTo(all);
        assertThat(SpeedMain.chosen(all, Optional.of(List.of("recommendation"))))
                .containsExactly(all.get(1));
    }

    @Test
    void twoPathsOfOneUseCaseAreNamed() {
        assertThatThrownBy(() -> SpeedMain.chosen(List.of(new FraudPath(), new Mine()), Optional.empty()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("A use case must have one SpeedPath on the class path, got "
                        + "dev.anabranch.fraud.speed.FraudPath and dev.anabranch.speed.SpeedMainTest$Mine of fraud");
    }

    private static final class Mine implements SpeedPath {
        @Override
        public String useCase() {
            return "fraud";
        }

        @Override
        public List<String> features() {
            return List.of();
        }

        @Override
        public void draw(SpeedTopology speed) {
            throw new AssertionError("nothing is drawn");
        }
    }
}
