package dev.anabranch.recommendation.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.recommendation.Interaction;
import dev.anabranch.recommendation.Item;
import dev.anabranch.recommendation.RecommendationEvents;
import dev.anabranch.simulator.SimulatedEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ReadingCrowdTest {
    private static final long FROM = Duration.ofDays(20_000).toMillis();
    private static final ReadingCrowd.Settings SETTINGS = new ReadingCrowd.Settings(
            7, 50, 10, 100, FROM, FROM + Duration.ofDays(10).toMillis());

    @Test
    void theSameSeedGivesTheSameEventsAndAnotherSeedOthers() {
        List<SimulatedEvent<?>> events = all(SETTINGS);
        assertThat(all(SETTINGS)).isEqualTo(events);
        assertThat(all(new ReadingCrowd.Settings(
                        8, 50, 10, 100, FROM, FROM + Duration.ofDays(10).toMillis())))
                .isNotEqualTo(events);
    }

    @Test
    void everyEventKeepsItsRulesAndComesInTheOrderOfTime() {
        long last = FROM;
        for (SimulatedEvent<?> event : all(SETTINGS)) {
            assertThat(event.timeMillis()).isGreaterThanOrEqualTo(last).isLessThan(SETTINGS.untilMillis());
            last = event.timeMillis();
            if (event.record() instanceof Interaction interaction) {
                assertThat(RecommendationEvents.INTERACTION.check(interaction, last))
                        .isEmpty();
            } else {
                assertThat(RecommendationEvents.ITEM.check((Item) event.record(), last))
                        .isEmpty();
            }
        }
    }

    @Test
    void itemsComeBeforeTheyAreReadAndSomeGo() {
        Set<String> published = new HashSet<>();
        int withdrawn = 0;
        int conversions = 0;
        int interactions = 0;
        for (SimulatedEvent<?> event : all(SETTINGS)) {
            if (event.record() instanceof Item item) {
                published.add(item.getItemId());
                withdrawn += item.getAvailable() ? 0 : 1;
            } else {
                Interaction interaction = (Interaction) event.record();
                assertThat(published).contains(interaction.getItemId());
                interactions++;
                conversions += RecommendationEvents.isConversion(interaction.getType()) ? 1 : 0;
            }
        }
        assertThat(published.size()).isBetween(70, 170);
        assertThat(withdrawn).isPositive();
        assertThat(interactions).isGreaterThan(2_000);
        assertThat((double) conversions / interactions).isBetween(0.05, 0.4);
    }

    @Test
    void aCrowdOfNobodyIsRefusedByItsNumbers() {
        assertThatThrownBy(() -> new ReadingCrowd.Settings(1, 0, 1, 1, 0, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("got 0, 1.0, 1.0 from 0 until 1");
    }

    private static List<SimulatedEvent<?>> all(ReadingCrowd.Settings settings) {
        List<SimulatedEvent<?>> events = new ArrayList<>();
        new ReadingCrowd(settings).forEachRemaining(events::add);
        return events;
    }
}
