package dev.anabranch.benchmarks;

import dev.anabranch.local.Problem;
import java.util.ArrayList;
import java.util.List;

/**
 * Two contenders in turns: ours, the peer, ours, the peer, and so on. What counts is the ratio of each round; ours against
 * itself, from one round to the next, says what a ratio is worth on this machine at this time.
 */
final class Duel {
    private Duel() {}

    /**
     * What came of it, by rounds. Rates are units of work in a second of CPU.
     *
     * @param ours  rates
     * @param peer  rates
     * @param ratio of ours to the peer's
     */
    record Result(Rounds ours, Rounds peer, Rounds ratio) {}

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
        Rounds own = Rounds.of(ours, Outcome::rate);
        Rounds other = Rounds.of(peer, Outcome::rate);
        return new Result(own, other, own.over(other));
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
