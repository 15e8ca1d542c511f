package dev.anabranch.view.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SimulationTest {
    private static final int SCHEDULES = 3_000;
    private static final Set<Mutation> NONE = EnumSet.noneOf(Mutation.class);

    @Test
    void everyAnswerOfEveryScheduleEqualsTheNaiveFold() {
        Campaign campaign = new Campaign(1, SCHEDULES, NONE, true);
        campaign.play(1);
        assertThat(campaign.first())
                .as(() -> "shortest: " + campaign.first().orElseThrow().shortest(NONE))
                .isEmpty();
        assertThat(campaign.exact()).isGreaterThan(SCHEDULES * 10L); // the check must have had something to check
        assertThat(campaign.flagged()).isPositive();
        assertThat(campaign.refused()).isPositive();
    }

    @ParameterizedTest
    @EnumSource(Mutation.class)
    void everyWayToBreakTheProtocolIsFoundAndShrunk(Mutation mutation) {
        Set<Mutation> broken = EnumSet.of(mutation);
        Campaign campaign = new Campaign(1, 20 * SCHEDULES, broken, true);
        campaign.play(1);
        assertThat(campaign.first()).as("%s goes unnoticed", mutation).isPresent();
        List<Action> shortest = campaign.first().orElseThrow().shortest(broken);
        assertThat(Simulation.run(shortest, broken).failure()).isPresent();
        assertThat(Simulation.run(shortest, NONE).failure()).isEmpty();
        assertThat(shortest.size()).isLessThan(Action.LENGTH / 2);
    }
}
