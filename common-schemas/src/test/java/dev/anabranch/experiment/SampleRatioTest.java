package dev.anabranch.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.SplittableRandom;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class SampleRatioTest {
    private static final double[] SHARES = {0.8, 0.1, 0.1};
    private static final int EXPERIMENTS = 1_000;

    /** The wealth as a product: each entity is predicted from those before it. */
    @Property
    void theWealthIsThatOfPredictingEntityByEntity(@ForAll @Size(max = 200) List<@IntRange(max = 2) Integer> arrivals) {
        long[] entities = new long[SHARES.length];
        double wealth = 1;
        int before = 0;
        for (int arm : arrivals) {
            double share = SHARES[arm];
            wealth *= (100 * share + entities[arm]) / (100 + before++) / share;
            entities[arm]++;
        }
        double p = Math.min(1, 1 / wealth);
        assertThat(SampleRatio.of(entities, SHARES).p()).isEqualTo(p, within(1e-9 * p));
    }

    @Example
    void sharesThatAreKeptRaiseNoAlarmHoweverOftenOneLooks() {
        int alarms = 0;
        for (int experiment = 0; experiment < EXPERIMENTS; experiment++) {
            alarms += firstAlarm(experiment, 20_000, 1) < Integer.MAX_VALUE ? 1 : 0;
        }
        System.out.println("alarms where the shares are kept: " + alarms + " of " + EXPERIMENTS);
        assertThat(alarms).isLessThanOrEqualTo(4); // one is expected at most; five or more in one of 270 rounds
    }

    @Example
    void aTenthOfOneArmThatIsLostRaisesTheAlarm() {
        int alarms = 0;
        for (int experiment = 0; experiment < EXPERIMENTS; experiment++) {
            alarms += firstAlarm(experiment, 40_000, 0.9) < Integer.MAX_VALUE ? 1 : 0;
        }
        System.out.println("alarms where a tenth of the champion's is lost: " + alarms + " of " + EXPERIMENTS);
        assertThat(alarms).isGreaterThan(950);
    }

    /** Looks after every fifty entities that came. */
    private static int firstAlarm(int experiment, int arrivals, double keptOfTheFirst) {
        SplittableRandom random = new SplittableRandom(17_000_023L + experiment);
        long[] entities = new long[SHARES.length];
        for (int i = 1; i <= arrivals; i++) {
            int bucket = random.nextInt(10_000);
            int arm = bucket < 8_000 ? 0 : bucket < 9_000 ? 1 : 2;
            if (arm > 0 || random.nextDouble() < keptOfTheFirst) {
                entities[arm]++;
            }
            if (i % 50 == 0 && SampleRatio.of(entities, SHARES).mismatch()) {
                return i;
            }
        }
        return Integer.MAX_VALUE;
    }

    @Example
    void nobodyYetIsNoMismatchAndSomebodyWhereNobodyWasToBeIsOne() {
        assertThat(SampleRatio.of(new long[] {0, 0, 0}, SHARES)).isEqualTo(new SampleRatio(1, false));
        assertThat(SampleRatio.of(new long[] {50, 1}, new double[] {1, 0})).isEqualTo(new SampleRatio(0, true));
        assertThat(SampleRatio.of(new long[] {50_000}, new double[] {1}).p()).isEqualTo(1, within(1e-6));
    }

    @Property
    void logGammaIsTheLogarithmOfTheFactorial(@ForAll @IntRange(min = 1, max = 170) int n) {
        double factorial = 1;
        for (int i = 2; i < n; i++) {
            factorial *= i;
        }
        assertThat(LogGamma.of(n)).isEqualTo(Math.log(factorial), within(1e-13 * (1 + Math.log(factorial))));
    }

    @Example
    void logGammaBetweenTheWholeNumbersIsAsInTheTables() {
        assertThat(LogGamma.of(0.5)).isEqualTo(Math.log(Math.PI) / 2, within(1e-14));
        assertThat(LogGamma.of(1.5)).isEqualTo(Math.log(Math.PI) / 2 - Math.log(2), within(1e-14));
        assertThat(LogGamma.of(0.01)).isEqualTo(4.599479878042022, within(1e-13));
    }
}
