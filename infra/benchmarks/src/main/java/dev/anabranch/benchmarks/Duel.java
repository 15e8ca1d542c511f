package dev.anabranch.benchmarks;

import dev.anabranch.local.Problem;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Two contenders in turns: ours, the peer, ours, the peer, and so on. What counts is the ratio of each round; ours against
 * itself, from one round to the next, says what a ratio is worth on this machine at this time.
 */
final class Duel {
    private Duel() {}

    /**
     * What came of it. Rates are units of work in a second of CPU; medians.
     *
     * @param ours   rate
     * @param peer   rate
     * @param ratio  of ours to the peer's
     * @param low    the smallest ratio of a round
     * @param high   the largest
     * @param noise  the largest ratio of ours to itself, a round before or after: 1 on a machine that is ours alone
     * @param rounds how many there were
     */
    record Result(double ours, double peer, double ratio, double low, double high, double noise, int rounds) {}

    /**
     * @param warmUpSeconds CPU time each spends before it counts
     * @param same          whether the two must come to the same results
     * @throws Problem when they must and do not, or have not done as many units of work
     */
    static Result of(ContenderProcess ours, ContenderProcess peer, int rounds, double warmUpSeconds, boolean same) {
        warmUp(ours, warmUpSeconds);
        warmUp(peer, warmUpSeconds);
        List<Outcome> first = new ArrayList<>();
        List<Outcome> second = new ArrayList<>();
        for (int round = 0; round < rounds; round++) {
            Outcome one = ours.round();
            Outcome other = peer.round();
            if (one.count() != other.count() || (same && one.digest() != other.digest())) {
                throw new Problem(ours.name() + " and " + peer.name() + " must come to the same, got "
                        + one.count() + " units of digest " + one.digest() + " and " + other.count() + " of "
                        + other.digest());
            }
            first.add(one);
            second.add(other);
        }
        return of(first, second);
    }

    static Result of(List<Outcome> ours, List<Outcome> peer) {
        double[] ratios = new double[ours.size()];
        double noise = 1;
        for (int i = 0; i < ratios.length; i++) {
            ratios[i] = ours.get(i).rate() / peer.get(i).rate();
            if (i > 0) {
                double step = ours.get(i).rate() / ours.get(i - 1).rate();
                noise = Math.max(noise, Math.max(step, 1 / step));
            }
        }
        Arrays.sort(ratios);
        return new Result(
                Figures.median(ours.stream().mapToDouble(Outcome::rate).toArray()),
                Figures.median(peer.stream().mapToDouble(Outcome::rate).toArray()),
                Figures.median(ratios),
                ratios[0],
                ratios[ratios.length - 1],
                noise,
                ratios.length);
    }

    private static void warmUp(ContenderProcess contender, double seconds) {
        double spent = 0;
        do {
            // What is over too soon for the clock was done again within its round, until that took as long as can be
            // told.
            spent += Math.max(contender.round().cpuSeconds(), ContenderMain.LEAST_NANOS / 1e9);
        } while (spent < seconds);
    }
}
