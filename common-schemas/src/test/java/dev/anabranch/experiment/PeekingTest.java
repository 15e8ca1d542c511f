package dev.anabranch.experiment;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.experiment.ConfidenceSequence.Interval;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Experiments by the thousand, looked at after every fifty entities: how often is a difference seen where there is none,
 * and how soon where there is one? Those who look the same way at the usual interval are fooled.
 */
class PeekingTest {
    private static final int EXPERIMENTS = 1_000;
    private static final int ENTITIES = 2_000;
    private static final int BETWEEN_LOOKS = 50;
    private static final double ALPHA = 0.05;
    private static final double USUAL = 1.959964; // standard errors that a single look takes for sure

    /** Less is expected, for these experiments end. */
    private static final double AT_MOST = 0.05;

    private final ConfidenceSequence sequence = new ConfidenceSequence(ALPHA, 1_000);

    /**
     * Two arms, filled entity by entity.
     *
     * @param share of the entities that the challenger gets
     * @param offBy how far the challenger is off, in log odds
     */
    private record Design(double odds, double share, double offBy) {}

    /** The looks at which a difference was first seen, one for each experiment that saw one. */
    private static final class Seen {
        private final List<Integer> always = new ArrayList<>();
        private final List<Integer> usual = new ArrayList<>();
        private double lossesOfChampions;
        private double lossesOfChallengers;

        double byAlways() {
            return (double) always.size() / EXPERIMENTS;
        }

        /** How much more the challengers lose, as a share. */
        double worse() {
            return lossesOfChallengers / lossesOfChampions - 1;
        }

        double byUsual() {
            return (double) usual.size() / EXPERIMENTS;
        }

        String told(String what) {
            int[] when = always.stream().mapToInt(Integer::intValue).sorted().toArray();
            return String.format(
                    "%s: seen in %.1f %% of the experiments by the confidence sequence (median at %s entities), in %.1f %%"
                            + " by the usual interval; the challenger loses %.1f %% more",
                    what,
                    100 * byAlways(),
                    when.length == 0 ? "-" : when[when.length / 2],
                    100 * byUsual(),
                    100 * worse());
        }
    }

    @Test
    void whereThereIsNoDifferenceLookingAgainAndAgainSeesOneInNoMoreThanOneInTwenty() {
        Seen seen = run(new Design(-2, 0.5, 0), 11);
        System.out.println(seen.told("no difference, halves"));
        assertThat(seen.byAlways()).isLessThanOrEqualTo(AT_MOST);
        assertThat(seen.byUsual()).isGreaterThan(0.2);
    }

    /** There are fewer looks: the arm has a hundred entities when there are a thousand. */
    @Test
    void noMoreSoWhenOneArmHasATenthOfTheEntities() {
        Seen seen = run(new Design(-2, 0.1, 0), 12);
        System.out.println(seen.told("no difference, a tenth"));
        assertThat(seen.byAlways()).isLessThanOrEqualTo(AT_MOST);
        assertThat(seen.byUsual()).isGreaterThan(0.1);
    }

    @Test
    void noMoreSoWhenOneInFiftyIsPositive() {
        Seen seen = run(new Design(-4.5, 0.5, 0), 13);
        System.out.println(seen.told("no difference, one in fifty"));
        assertThat(seen.byAlways()).isLessThanOrEqualTo(AT_MOST);
        assertThat(seen.byUsual()).isGreaterThan(0.15);
    }

    @Test
    void noMoreSoWhenOneInThreeHundredIsPositive() {
        Seen seen = run(new Design(-6.3, 0.5, 0), 16);
        System.out.println(seen.told("no difference, one in three hundred"));
        assertThat(seen.byAlways()).isLessThanOrEqualTo(AT_MOST);
        assertThat(seen.byUsual()).isGreaterThan(0.1);
    }

    @Test
    void aDifferenceIsFoundTheMoreOftenTheGreaterItIs() {
        Seen some = run(new Design(-2, 0.5, 0.8), 14);
        System.out.println(some.told("a difference"));
        assertThat(some.worse()).isBetween(0.12, 0.15);
        assertThat(some.byAlways()).isGreaterThan(0.55);
        Seen more = run(new Design(-2, 0.5, 1.1), 14);
        System.out.println(more.told("a greater one"));
        assertThat(more.worse()).isBetween(0.2, 0.3);
        assertThat(more.byAlways()).isGreaterThan(0.95);
    }

    /** The entities are there from the first day and come again: time stands still while the sums go on. */
    @Test
    void noMoreSoWhenTheSameEntitiesComeAgainAndAgain() {
        assertThat(comingAgain("alike within each", 1, 0.7)).isLessThanOrEqualTo(AT_MOST);
    }

    /** What is new of an entity is as good as a new entity then, and the looks are as far from each other as can be. */
    @Test
    void norWhenWhatTheyDoHasNothingToDoWithWhoTheyAre() {
        assertThat(comingAgain("independent", 0, 0)).isLessThanOrEqualTo(AT_MOST);
    }

    /** @return in what share of the experiments a difference was seen at one of forty looks */
    private double comingAgain(String what, double spread, double error) {
        int entities = 600;
        int seen = 0;
        int byUsual = 0;
        for (int experiment = 0; experiment < EXPERIMENTS; experiment++) {
            Crowd crowd = new Crowd(1_000_003L * 15 + experiment, -2, spread, error);
            Crowd.Entity[] all = new Crowd.Entity[entities];
            double[] losses = new double[entities];
            Arrays.setAll(all, i -> crowd.arrive());
            boolean always = false;
            boolean usual = false;
            for (int round = 1; round <= 40; round++) {
                ArmSums[] arms = {ArmSums.EMPTY, ArmSums.EMPTY};
                for (int i = 0; i < entities; i++) {
                    losses[i] += crowd.loss(all[i], 0, 1);
                    arms[i % 2] = arms[i % 2].plus(ArmSums.ofEntity(round, round, losses[i]));
                }
                Interval interval = sequence.difference(arms[1], arms[0]).orElseThrow();
                always |= leavesOutZero(interval);
                usual |= Math.abs(interval.difference()) > USUAL * interval.standardError();
            }
            seen += always ? 1 : 0;
            byUsual += usual ? 1 : 0;
        }
        System.out.printf(
                "no difference, the same entities, %s: seen in %.1f %% by the confidence sequence, in %.1f %% by the usual"
                        + " interval%n",
                what, 100.0 * seen / EXPERIMENTS, 100.0 * byUsual / EXPERIMENTS);
        return (double) seen / EXPERIMENTS;
    }

    private Seen run(Design design, long seed) {
        Seen seen = new Seen();
        for (int experiment = 0; experiment < EXPERIMENTS; experiment++) {
            Crowd crowd = new Crowd(1_000_003L * seed + experiment, design.odds, 1, 0.7);
            ArmSums champion = ArmSums.EMPTY;
            ArmSums challenger = ArmSums.EMPTY;
            int always = 0;
            int usual = 0;
            for (int entities = 1; entities <= ENTITIES; entities++) {
                Crowd.Entity entity = crowd.arrive();
                if (crowd.random().nextDouble() < design.share) {
                    challenger = challenger.plus(crowd.sums(entity, design.offBy));
                } else {
                    champion = champion.plus(crowd.sums(entity, 0));
                }
                if (entities % BETWEEN_LOOKS > 0) {
                    continue;
                }
                Interval interval = sequence.difference(challenger, champion).orElse(null);
                if (interval == null) {
                    continue;
                }
                if (always == 0 && leavesOutZero(interval)) {
                    always = entities;
                }
                if (usual == 0 && Math.abs(interval.difference()) > USUAL * interval.standardError()) {
                    usual = entities;
                }
            }
            if (always > 0) {
                seen.always.add(always);
            }
            if (usual > 0) {
                seen.usual.add(usual);
            }
            seen.lossesOfChampions += champion.mean().orElseThrow();
            seen.lossesOfChallengers += challenger.mean().orElseThrow();
        }
        return seen;
    }

    private static boolean leavesOutZero(Interval interval) {
        return interval.lower() > 0 || interval.upper() < 0;
    }
}
