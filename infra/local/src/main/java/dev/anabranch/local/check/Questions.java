package dev.anabranch.local.check;

import dev.anabranch.view.Contribution;
import dev.anabranch.view.View;
import dev.anabranch.view.Window;
import dev.anabranch.view.oracle.NaiveFold;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * The moments at which a view is asked about an entity: now, some days before, and where an event enters or leaves one of
 * the windows, to the millisecond.
 */
final class Questions {
    private static final List<Duration> BEFORE = List.of(Duration.ofDays(1), Duration.ofDays(3));

    /** How far back from the newest event questions go: batch rows answer for a week unless a view says otherwise. */
    private static final Duration REACH = Duration.ofDays(6);

    private final Random random;
    private final long nowMillis;
    private final long newestMillis;

    /**
     * @param nowMillis    no question is about later
     * @param newestMillis when the newest event happened: replayed history may have ended long ago
     */
    Questions(long seed, long nowMillis, long newestMillis) {
        this.random = new Random(seed);
        this.nowMillis = nowMillis;
        this.newestMillis = Math.min(newestMillis, nowMillis);
    }

    /** The moments for every entity: now first. */
    List<Long> forAll() {
        List<Long> moments = new ArrayList<>(List.of(nowMillis));
        if (newestMillis + 1 < nowMillis) {
            moments.add(newestMillis + 1);
        }
        BEFORE.forEach(before -> moments.add(Math.max(0, newestMillis - before.toMillis())));
        return moments;
    }

    /** Moments at which an event of the entity has just entered a window, or just left it. */
    <A> List<Long> atEdges(View<A> view, String entity, List<NaiveFold.Entry> events, int howMany) {
        List<Long> moments = new ArrayList<>();
        for (int attempt = 0; attempt < 4 * howMany && moments.size() < howMany && !events.isEmpty(); attempt++) {
            NaiveFold.Entry entry = events.get(random.nextInt(events.size()));
            Window window = view.windows().get(random.nextInt(view.windows().size()));
            for (Contribution<A> counts :
                    view.contributions(entry.position().origin().topic(), entry.event())) {
                long upper = counts.tileStart() + window.delay().toMillis();
                long edge =
                        random.nextBoolean() ? upper : upper + window.length().toMillis();
                long moment = edge + random.nextInt(2);
                if (counts.entity().equals(entity)
                        && moment <= nowMillis
                        && moment >= newestMillis - REACH.toMillis()) {
                    moments.add(moment);
                }
            }
        }
        return moments;
    }
}
