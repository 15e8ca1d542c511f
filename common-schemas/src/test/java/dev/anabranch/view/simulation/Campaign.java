package dev.anabranch.view.simulation;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.IntStream;

/** Many schedules, one after another or on several threads, each known by its seed. Counts while it runs. */
public final class Campaign {
    private final long firstSeed;
    private final long schedules;
    private final Set<Mutation> mutations;
    private final boolean stopAtFirst;
    private final AtomicLong next = new AtomicLong();
    private final LongAdder played = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final LongAdder exact = new LongAdder();
    private final LongAdder flagged = new LongAdder();
    private final LongAdder refused = new LongAdder();
    private final AtomicReference<Failed> first = new AtomicReference<>();

    /**
     * A schedule that failed.
     *
     * @param seed    what {@link Action#schedule} makes it from
     * @param message the promise that was broken
     */
    public record Failed(long seed, String message) {
        /** The shortest schedule that fails as well. */
        public List<Action> shortest(Set<Mutation> mutations) {
            return Shrinking.shortest(Action.schedule(seed), mutations);
        }
    }

    /**
     * @param firstSeed   of the first schedule; each of the others has the next one
     * @param stopAtFirst whether the first failure ends it
     */
    public Campaign(long firstSeed, long schedules, Set<Mutation> mutations, boolean stopAtFirst) {
        this.firstSeed = firstSeed;
        this.schedules = schedules;
        this.mutations = mutations;
        this.stopAtFirst = stopAtFirst;
    }

    /** Plays them all, or until the first that fails. */
    public void play(int threads) {
        List<Thread> others = IntStream.range(1, threads)
                .mapToObj(i -> new Thread(this::play, "campaign-" + i))
                .toList();
        others.forEach(Thread::start);
        play();
        for (Thread other : others) {
            try {
                other.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                next.set(schedules);
            }
        }
    }

    private void play() {
        for (long i = next.getAndIncrement(); i < schedules; i = next.getAndIncrement()) {
            long seed = firstSeed + i;
            Outcome outcome = Simulation.run(Action.schedule(seed), mutations);
            exact.add(outcome.exact());
            flagged.add(outcome.flagged());
            refused.add(outcome.refused());
            played.increment();
            outcome.failure().ifPresent(failure -> {
                failed.increment();
                Failed found = new Failed(seed, failure.message());
                first.accumulateAndGet(found, (a, b) -> a == null || b.seed() < a.seed() ? b : a);
                if (stopAtFirst) {
                    next.set(schedules);
                }
            });
        }
    }

    public long played() {
        return played.sum();
    }

    /** Schedules in which a promise was broken. */
    public long failed() {
        return failed.sum();
    }

    /** Answers that were compared with the naive fold. */
    public long exact() {
        return exact.sum();
    }

    /** Answers that said they were not exact. */
    public long flagged() {
        return flagged.sum();
    }

    /** Questions refused because the reader might have missed records. */
    public long refused() {
        return refused.sum();
    }

    /** The failed schedule with the smallest seed so far. */
    public Optional<Failed> first() {
        return Optional.ofNullable(first.get());
    }
}
