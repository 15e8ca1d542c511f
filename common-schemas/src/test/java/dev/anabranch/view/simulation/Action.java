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
    /** How many make a schedule. */
    public static final int LENGTH = 400;

    /** What may happen, with how often it does on average. */
    public enum Kind {
        PRODUCE(30),
        FORWARD(14),
        COMMIT_FORWARD(8),
        CRASH_FORWARD(2),
        FOLD(20),
        COMMIT_FOLD(9),
        CRASH_FOLD(2),
        PAUSE(2),
        REVIVE(2),
        ARCHIVE(8),
        START_BATCH(4),
        PUBLISH(12),
        CRASH_BATCH(1),
        READ_BATCH(12),
        READ_SPEED(20),
        RESTART_READER(1),
        LOOK(8),
        PASS_TIME(3),
        COMPACT(5),
        QUERY(20);

        private final int weight;

        Kind(int weight) {
            this.weight = weight;
        }

        /** How often it happens in one schedule: troubles may stay away, and readers may be slow or quick. */
        private int weightInOneSchedule(SplittableRandom random) {
            int mood = random.nextInt(3);
            return switch (this) {
                case CRASH_FORWARD, CRASH_FOLD, PAUSE, CRASH_BATCH, RESTART_READER, PASS_TIME, COMPACT ->
                    2 * weight * mood;
                case READ_BATCH, READ_SPEED, LOOK -> mood == 0 ? weight / 2 : mood * 2 * weight;
                default -> 2 * weight;
            };
        }
    }

    /**
     * A schedule of {@link #LENGTH} actions; the same seed gives the same one. Each has moods of its own: were all alike,
     * what takes a slow reader, or a long time without a crash, would hardly ever be seen.
     */
    public static List<Action> schedule(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        Kind[] kinds = Kind.values();
        int[] weights = new int[kinds.length];
        int total = 0;
        for (Kind kind : kinds) {
            weights[kind.ordinal()] = kind.weightInOneSchedule(random);
            total += weights[kind.ordinal()];
        }
        List<Action> actions = new ArrayList<>(LENGTH);
        for (int i = 0; i < LENGTH; i++) {
            int at = random.nextInt(total);
            int kind = 0;
            while (at >= weights[kind]) {
                at -= weights[kind++];
            }
            actions.add(new Action(kinds[kind], bits(random), bits(random), bits(random)));
        }
        return actions;
    }

    private static int bits(SplittableRandom random) {
        return random.nextInt() & Integer.MAX_VALUE;
    }
}
