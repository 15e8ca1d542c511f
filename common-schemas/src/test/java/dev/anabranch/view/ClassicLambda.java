package dev.anabranch.view;

import dev.anabranch.view.oracle.NaiveFold;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The lambda architecture as published systems have it, for comparison: batch and speed are cut by <em>event time</em>,
 * tiles are as long as a hop, windows begin at one, the speed layer keeps its tiles for a fixed time, and delivers at
 * least once. An event older than the cut is the business of the next batch run.
 */
final class ClassicLambda<A> {
    private final View<A> view;
    private final long hopMillis;
    private final long speedKeptMillis;
    private final Map<String, TreeMap<Long, A>> batch = new HashMap<>();
    private final Map<String, TreeMap<Long, A>> speed = new HashMap<>();
    private long cutMillis;

    /** @param speedKept how long the speed layer keeps what happened */
    ClassicLambda(View<A> view, Duration hop, Duration speedKept) {
        this.view = view;
        hopMillis = hop.toMillis();
        speedKeptMillis = speedKept.toMillis();
    }

    /** The batch layer folds all that has arrived and happened before {@code cutMillis}, a multiple of the hop. */
    void runBatch(List<NaiveFold.Entry> arrived, long cutMillis) {
        this.cutMillis = cutMillis;
        batch.clear();
        for (NaiveFold.Entry entry : arrived) {
            for (Contribution<A> c : contributions(entry)) {
                if (c.tileStart() < cutMillis) {
                    add(batch, c);
                }
            }
        }
    }

    /** The speed layer folds an event; once more when it is delivered once more. */
    void fold(NaiveFold.Entry entry) {
        for (Contribution<A> c : contributions(entry)) {
            if (c.tileStart() >= cutMillis) {
                add(speed, c);
            }
        }
        long oldest = entry.arrivalMillis() - speedKeptMillis;
        speed.values().forEach(tiles -> tiles.headMap(oldest).clear());
    }

    private List<Contribution<A>> contributions(NaiveFold.Entry entry) {
        return view.contributions(entry.position().origin().topic(), entry.event());
    }

    private void add(Map<String, TreeMap<Long, A>> to, Contribution<A> c) {
        to.computeIfAbsent(c.entity(), e -> new TreeMap<>())
                .merge(hop(c.tileStart()), c.aggregate(), view.monoid()::plus);
    }

    /** Each window of the view: from the hop it begins in up to now. */
    List<A> answer(String entity, long nowMillis) {
        List<A> answers = new ArrayList<>();
        for (Window window : view.windows()) {
            long from = hop(window.fromMillis(nowMillis));
            A sum = view.monoid().empty();
            for (A tile :
                    tiles(batch, entity).subMap(from, Math.max(from, cutMillis)).values()) {
                sum = view.monoid().plus(sum, tile);
            }
            for (A tile :
                    tiles(speed, entity).tailMap(Math.max(from, cutMillis)).values()) {
                sum = view.monoid().plus(sum, tile);
            }
            answers.add(sum);
        }
        return answers;
    }

    private TreeMap<Long, A> tiles(Map<String, TreeMap<Long, A>> of, String entity) {
        return of.getOrDefault(entity, new TreeMap<>());
    }

    private long hop(long millis) {
        return Math.floorDiv(millis, hopMillis) * hopMillis;
    }
}
