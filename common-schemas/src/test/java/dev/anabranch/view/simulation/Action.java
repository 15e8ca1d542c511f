package dev.anabranch.view.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * One thing that happens.
 *
 * @param kind what
 * @param a    which one, how much or when: read modulo what there is at that moment, so that an action keeps its meaning
 *     when others before it are left out
 * @param b    the same
 * @param c    the same
 */
public record Action(Kind kind, int a, int b, int c) {
    /** What may happen, with how often it does. */
    public enum Kind {
        PRODUCE(30),
        FORWARD(18),
        COMMIT_FORWARD(6),
        CRASH_FORWARD(2),
        FOLD(30),
        COMMIT_FOLD(9),
        CRASH_FOLD(2),
        PAUSE(1),
        REVIVE(1),
        ARCHIVE(7),
        START_BATCH(3),
        PUBLISH(18),
        CRASH_BATCH(1),
        READ_BATCH(12),
        READ_SPEED(24),
        RESTART_READER(1),
        QUERY(20);

        private final int weight;

        Kind(int weight) {
            this.weight = weight;
        }
    }

    /** A schedule of {@code length} actions; the same seed gives the same one. */
    public static List<Action> schedule(long seed, int length) {
        SplittableRandom random = new SplittableRandom(seed);
        int total = 0;
        for (Kind kind : Kind.values()) {
            total += kind.weight;
        }
        List<Action> actions = new ArrayList<>(length);
        for (int i = 0; i < length; i++) {
            int at = random.nextInt(total);
            Kind kind = null;
            for (Kind candidate : Kind.values()) {
                at -= candidate.weight;
                if (at < 0) {
                    kind = candidate;
                    break;
                }
            }
            actions.add(new Action(kind, bits(random), bits(random), bits(random)));
        }
        return actions;
    }

    private static int bits(SplittableRandom random) {
        return random.nextInt() & Integer.MAX_VALUE;
    }
}
