package dev.anabranch.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.anabranch.experiment.ConfidenceSequence.Interval;
import dev.anabranch.experiment.ExperimentVerdict.Comparison;
import dev.anabranch.experiment.ExperimentVerdict.Rule;
import dev.anabranch.experiment.ExperimentVerdict.Verdict;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ExperimentVerdictTest {
    private final List<ArmResult> results = new ArrayList<>();

    /** {@code entities} of two predictions each, whose losses sum to twice the mean, more or less 0.2. */
    private static ArmSums sums(int entities, double mean) {
        ArmSums sums = ArmSums.EMPTY;
        for (int i = 0; i < entities; i++) {
            sums = sums.plus(ArmSums.ofEntity(3, 2, 2 * mean + (i % 2 == 0 ? 0.2 : -0.2)));
        }
        return sums;
    }

    private void arm(String arm, boolean paired, int buckets, ArmSums sums) {
        results.add(new ArmResult(arm, "brier", paired, buckets / 10_000.0, sums, 0, 0));
    }

    private ExperimentVerdict verdict() {
        return ExperimentVerdict.of(results, Rule.USUAL);
    }

    @Test
    void lessLossThanTheChampionIsBetterAndMoreIsWorse() {
        arm("champion", false, 4_000, sums(400, 0.5));
        arm("challenger-7", false, 4_000, sums(400, 0.4));
        arm("holdout", false, 2_000, sums(200, 0.6));

        ExperimentVerdict verdict = verdict();

        assertThat(verdict.sampleRatio().mismatch()).isFalse();
        assertThat(verdict.comparisons()).extracting(Comparison::arm).containsExactly("challenger-7", "holdout");
        assertThat(verdict.comparisons())
                .extracting(Comparison::verdict)
                .containsExactly(Verdict.BETTER, Verdict.WORSE);
        Comparison challenger = verdict.comparisons().get(0);
        assertThat(challenger.mean()).isEqualTo(0.4, within(1e-12));
        assertThat(challenger.championMean()).isEqualTo(0.5, within(1e-12));
        assertThat(challenger.difference()).isEqualTo(-0.1, within(1e-12));
        assertThat(challenger.lower()).isLessThan(-0.1);
        assertThat(challenger.upper()).isBetween(-0.1, 0.0);
        assertThat(challenger.p()).isLessThan(0.05);
    }

    @Test
    void aDifferenceThatMayBeNothingIsUndecidedAndSaysWhatWouldBeSeen() {
        arm("champion", false, 5_000, sums(300, 0.5));
        arm("challenger-7", false, 5_000, sums(300, 0.501));

        Comparison challenger = verdict().comparisons().get(0);

        Interval interval = Rule.USUAL
                .sequence()
                .difference(sums(300, 0.501), sums(300, 0.5))
                .orElseThrow();
        FixedHorizon once = new FixedHorizon(0.05, 0.8);
        assertThat(challenger.verdict()).isEqualTo(Verdict.UNDECIDED);
        assertThat(challenger.labelledEntities()).isEqualTo(300);
        assertThat(challenger.championEntities()).isEqualTo(300);
        assertThat(challenger.detectable()).isEqualTo(once.detectable(interval.standardError()));
        assertThat(challenger.entitiesNeeded()).isEqualTo(once.entitiesFor(0.05 * 0.5, interval.standardError(), 600));
    }

    @Test
    void severalArmsShareTheAlphaOfOne() {
        arm("champion", false, 4_000, sums(400, 0.5));
        arm("challenger-7", false, 3_000, sums(300, 0.49));
        arm("challenger-8", false, 3_000, sums(300, 0.48));

        List<Comparison> both = verdict().comparisons();

        ConfidenceSequence half =
                new ConfidenceSequence(0.025, Rule.USUAL.sequence().tightestAt());
        for (int i = 0; i < both.size(); i++) {
            Interval interval =
                    half.difference(sums(300, 0.49 - i * 0.01), sums(400, 0.5)).orElseThrow();
            assertThat(both.get(i).lower()).isEqualTo(interval.lower());
            assertThat(both.get(i).upper()).isEqualTo(interval.upper());
            assertThat(both.get(i).p()).isEqualTo(Math.min(1, 2 * interval.p()));
        }
    }

    @Test
    void whatCannotBeToldYetIsNull() {
        arm("champion", false, 9_000, sums(900, 0.5));
        arm("challenger-7", false, 1_000, sums(99, 0.1));
        arm("shadow-8", false, 0, ArmSums.EMPTY);
        arm("shadow-8", true, 0, ArmSums.EMPTY);

        assertThat(verdict().comparisons())
                .extracting(Comparison::verdict)
                .containsExactly(Verdict.TOO_FEW, Verdict.TOO_FEW);
        Comparison challenger = verdict().comparisons().get(0);
        assertThat(challenger.mean()).isEqualTo(0.1, within(1e-2));
        assertThat(challenger.difference()).isNull();
        assertThat(challenger.p()).isNull();
        assertThat(challenger.detectable()).isNull();
        assertThat(verdict().comparisons().get(1).mean()).isNull();
    }

    @Test
    void aShadowIsComparedInPairsAndNotByItsOwnEntities() {
        arm("champion", false, 10_000, sums(500, 0.5));
        arm("shadow-8", false, 0, sums(700, 0.5));
        arm("shadow-8", true, 0, sums(450, -0.1));

        Comparison shadow = verdict().comparisons().get(0);

        assertThat(verdict().sampleRatio().mismatch()).isFalse(); // it has no share
        assertThat(verdict().comparisons()).hasSize(1);
        assertThat(shadow.paired()).isTrue();
        assertThat(shadow.verdict()).isEqualTo(Verdict.BETTER);
        assertThat(shadow.difference()).isEqualTo(-0.1, within(1e-12));
        assertThat(shadow.labelledEntities()).isEqualTo(450);
        assertThat(shadow.championEntities()).isEqualTo(450);
        assertThat(shadow.mean()).isEqualTo(0.5, within(1e-12));
    }

    @Test
    void armsWhoseEntitiesDidNotFallAsTheyWereToAreNotComparedButPairsAre() {
        arm("champion", false, 5_000, sums(1_000, 0.5));
        arm("challenger-7", false, 5_000, sums(700, 0.4));
        arm("shadow-8", false, 0, sums(1_700, 0.4));
        arm("shadow-8", true, 0, sums(1_000, -0.1));

        assertThat(verdict().sampleRatio().mismatch()).isTrue();
        assertThat(verdict().comparisons())
                .extracting(Comparison::verdict)
                .containsExactly(Verdict.MISMATCHED, Verdict.BETTER);
    }

    @Test
    void eachLossIsComparedByItself() {
        arm("champion", false, 5_000, sums(300, 0.5));
        arm("challenger-7", false, 5_000, sums(300, 0.4));
        results.add(new ArmResult("champion", "log_loss", false, 0.5, sums(300, 0.5), 0, 0));
        results.add(new ArmResult("challenger-7", "log_loss", false, 0.5, sums(300, 0.6), 0, 0));

        assertThat(verdict().sampleRatio().mismatch()).isFalse();
        assertThat(verdict().comparisons()).extracting(Comparison::metric).containsExactly("brier", "log_loss");
        assertThat(verdict().comparisons())
                .extracting(Comparison::verdict)
                .containsExactly(Verdict.BETTER, Verdict.WORSE);
    }

    @Test
    void withoutAChampionThereIsNothingToCompareWith() {
        arm("holdout", false, 200, ArmSums.EMPTY);
        assertThatThrownBy(this::verdict)
                .hasMessageStartingWith("The champion must be among the arms, got [ArmResult[");
    }

    @Test
    void anEffectOfNothingIsNotWorthFinding() {
        assertThatThrownBy(() -> new Rule(Rule.USUAL.sequence(), 0.8, 0))
                .hasMessage("The effect worth finding must be more than 0, got 0.0; try 0.05");
    }
}
