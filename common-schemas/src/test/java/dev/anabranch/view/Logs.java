package dev.anabranch.view;

import dev.anabranch.fraud.FraudEvents;
import dev.anabranch.fraud.FraudLabel;
import dev.anabranch.fraud.Transaction;
import dev.anabranch.view.oracle.NaiveFold;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Seeded logs with everything in them that makes a merge hard: several origins, gaps, late and simultaneous events. */
final class Logs {
    static final List<String> ENTITIES = List.of("c-1", "c-2", "c-10");
    /** Event times lie in [0, SPAN). */
    static final int SPAN = 3000;

    private Logs() {}

    static List<NaiveFold.Entry> random(Random random) {
        return random(random, random.nextInt(200), 3);
    }

    /** Some hundred events of each entity. */
    static List<NaiveFold.Entry> busy(Random random) {
        return random(random, 300 + random.nextInt(300), 3);
    }

    /** Every event arrives when it happens. */
    static List<NaiveFold.Entry> punctual(Random random) {
        return random(random, random.nextInt(200), Integer.MAX_VALUE);
    }

    /** @param lateOneIn one event in so many is late by anything, the others by a little; in the greatest number none */
    private static List<NaiveFold.Entry> random(Random random, int events, int lateOneIn) {
        Map<Origin, Long> next = new HashMap<>();
        List<NaiveFold.Entry> log = new ArrayList<>();
        long now = 0;
        for (int i = 0; i < events; i++) {
            now += random.nextInt(30);
            boolean label = random.nextInt(4) == 0;
            Origin origin = new Origin(
                    label ? FraudEvents.FRAUD_LABEL.topic() : FraudEvents.TRANSACTION.topic(), random.nextInt(3));
            long offset = next.getOrDefault(origin, 0L) + gap(random);
            next.put(origin, offset + 1);
            long late = lateOneIn == Integer.MAX_VALUE
                    ? 0
                    : random.nextInt(lateOneIn) == 0 ? random.nextInt(SPAN) : random.nextInt(20);
            long time = Math.max(0, Math.min(SPAN - 1, now - late));
            String entity = ENTITIES.get(random.nextInt(ENTITIES.size()));
            log.add(new NaiveFold.Entry(
                    new Position(origin, offset),
                    now,
                    label
                            ? new FraudLabel("t" + i, now, time, entity, "w-1", random.nextBoolean())
                            : new Transaction("t" + i, time, entity, "w-1", (long) random.nextInt(100_000))));
        }
        return log;
    }

    /** Mostly 0, sometimes to the edge of a block or a block further. */
    private static long gap(Random random) {
        return switch (random.nextInt(8)) {
            case 0 -> 1;
            case 1 -> random.nextInt(600);
            case 2 -> Cut.BLOCK - 1;
            default -> 0;
        };
    }

    /** A moment to ask about: anywhere, and often at or one off the time of an event. */
    static long moment(Random random, List<NaiveFold.Entry> log) {
        if (log.isEmpty() || random.nextInt(3) == 0) {
            return random.nextInt(2 * SPAN);
        }
        NaiveFold.Entry entry = log.get(random.nextInt(log.size()));
        long time = entry.event() instanceof Transaction transaction
                ? transaction.getEventTimeMillis()
                : ((FraudLabel) entry.event()).getTransactionTimeMillis();
        long[] edges = {0, 100, 1000, 70, 370, 600};
        return Math.max(0, time + edges[random.nextInt(edges.length)] + random.nextInt(3) - 1);
    }

    /** For each origin a random share of its events. */
    static Cut progress(Random random, List<NaiveFold.Entry> log) {
        Map<Origin, Long> ends = new HashMap<>();
        log.forEach(e -> ends.merge(e.position().origin(), e.position().offset() + 1, Math::max));
        Map<Origin, Long> progress = new HashMap<>();
        ends.forEach((origin, end) ->
                progress.put(origin, random.nextInt(3) == 0 ? end : (long) (random.nextDouble() * (end + 1))));
        return Cut.of(progress);
    }
}
