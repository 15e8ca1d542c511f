package dev.anabranch.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class GoalTest {
    @Test
    void aFigureThatIsNearerToItsGoalThanTheNoiseIsLargeIsNoVerdict() {
        Goal goal = Goal.atLeast(2.0, "times");
        assertThat(goal.verdict(2.5, 1.1)).isEqualTo("met");
        assertThat(goal.verdict(1.5, 1.1)).isEqualTo("missed");
        assertThat(goal.verdict(2.1, 1.1)).isEqualTo("too noisy, no verdict");
        assertThat(goal.verdict(1.9, 1.1)).isEqualTo("too noisy, no verdict");
        assertThat(Goal.atMost(2.0, "us").verdict(1.0, 1.1)).isEqualTo("met");
        assertThat(Goal.atMost(2.0, "us").verdict(3.0, 1.1)).isEqualTo("missed");
    }

    @Test
    void roundsThatDisagreeAboutAGoalAreNoVerdict() {
        Goal goal = Goal.atMost(1.05, "");
        assertThat(goal.verdict(Rounds.of(0.9, 1.05))).isEqualTo("met");
        assertThat(goal.verdict(Rounds.of(1.2, 1.1))).isEqualTo("missed");
        assertThat(goal.verdict(Rounds.of(1.0, 1.1))).isEqualTo("too noisy, no verdict");
    }

    @Test
    void aCostThatGoesWithTheSquareOfASizeHasTheExponentTwo() {
        Growth growth = new Growth(
                List.of(1.0, 10.0, 100.0), List.of(Rounds.of(3, 1), Rounds.of(300, 1), Rounds.of(30_000, 1)));
        assertThat(growth.exponents()).hasToString("1.00 (0.00 to 2.00)");
        assertThatThrownBy(() -> new Growth(List.of(1.0, 2.0), List.of(Rounds.of(1), Rounds.of(0))))
                .hasMessageContaining("more than 0");
    }

    @Test
    void theRatioIsTheMedianOfTheRoundsAndTheNoiseIsOursAgainstItself() {
        Duel.Result result = Duel.of(
                List.of(new Outcome(10, 0, 1), new Outcome(10, 0, 2), new Outcome(10, 0, 1)),
                List.of(new Outcome(10, 0, 2), new Outcome(10, 0, 2), new Outcome(10, 0, 4)));
        assertThat(result.ratio()).hasToString("2.00 (1.00 to 4.00)");
        assertThat(result.ours().noise()).isEqualTo(2.0);
        assertThat(result.ours().median()).isEqualTo(10.0);
        assertThat(result.peer().median()).isEqualTo(5.0);
    }

    @Test
    void theSameWorkBesideOursTellsTheNoiseRoundByRound() {
        Rounds rounds = Rounds.of(10, 20, 10);
        assertThat(rounds.noise(Rounds.of(10, 16, 11))).isEqualTo(1.25);
        assertThat(Rounds.of(1, 4).median()).isEqualTo(2.5);
    }

    @Test
    void ratiosOfDifferentRoundsAreRefused() {
        assertThatThrownBy(() -> Rounds.of(1, 2).over(Rounds.of(1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("2 and 1");
    }

    @Test
    void figuresHaveThreeDigitsThatCount() {
        assertThat(Figures.shortly(2_512_345)).isEqualTo("2.51 M");
        assertThat(Figures.shortly(934_400)).isEqualTo("934 k");
        assertThat(Figures.shortly(0.2701)).isEqualTo("0.27");
        assertThat(Figures.shortly(100)).isEqualTo("100");
        assertThat(Figures.shortly(20)).isEqualTo("20");
    }
}
