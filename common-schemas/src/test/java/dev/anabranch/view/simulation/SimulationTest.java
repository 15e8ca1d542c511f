package dev.anabranch.view.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SimulationTest {
    private static final int LENGTH = 400;
    private static final int SCHEDULES = 3_000;
    private static final Set<Mutation> NONE = EnumSet.noneOf(Mutation.class);

    @Test
    void everyAnswerOfEveryScheduleEqualsTheNaiveFold() {
        long exact = 0;
        long flagged = 0;
        for (long seed = 1; seed <= SCHEDULES; seed++) {
            List<Action> schedule = Action.schedule(seed, LENGTH);
            Outcome outcome = Simulation.run(schedule, NONE);
            assertThat(outcome.failure())
                    .as(() -> "shortest: " + Shrinking.shortest(schedule, NONE))
                    .isEmpty();
            exact += outcome.exact();
            flagged += outcome.flagged();
        }
        assertThat(exact).isGreaterThan(SCHEDULES * 10L); // the check must have had something to check
        assertThat(flagged).isPositive();
    }

    @ParameterizedTest
    @EnumSource(Mutation.class)
    void everyWayToBreakTheProtocolIsFoundAndShrunk(Mutation mutation) {
        Set<Mutation> broken = EnumSet.of(mutation);
        Optional<List<Action>> found = LongStream.rangeClosed(1, 20 * SCHEDULES)
                .mapToObj(seed -> Action.schedule(seed, LENGTH))
                .filter(schedule -> Simulation.run(schedule, broken).failure().isPresent())
                .findFirst();
        assertThat(found).as("%s goes unnoticed", mutation).isPresent();
        List<Action> shortest = Shrinking.shortest(found.get(), broken);
        assertThat(Simulation.run(shortest, broken).failure()).isPresent();
        assertThat(Simulation.run(shortest, NONE).failure()).isEmpty();
        assertThat(shortest.size()).isLessThan(LENGTH / 2);
    }
}
