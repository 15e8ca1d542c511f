package dev.anabranch.faults.load;

import com.fasterxml.jackson.databind.JsonNode;
import dev.anabranch.local.check.Api;
import dev.anabranch.local.check.EventLog;
import dev.anabranch.local.check.MergeCheck;
import dev.anabranch.usecase.UseCases;
import dev.anabranch.view.View;
import dev.anabranch.view.oracle.NaiveFold;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.function.Predicate;
import org.apache.kafka.common.errors.TimeoutException;

/**
 * Holds answers against the log while everything goes on: an answer that says it is exact must equal the fold over the part
 * of the log it knows, and may not call itself fresher than it is. Thread safe.
 */
public final class Verification implements AutoCloseable {
    private static final int MOST_WAITING = 20_000;
    private static final int FALSEHOODS_TOLD = 5;

    private final List<View<?>> views;
    private final Predicate<String> sampled;
    private final EventLog log;
    private final LogScan scan;
    private final MergeCheck merge;
    private final Random random;
    private final BlockingQueue<Given> waiting = new ArrayBlockingQueue<>(MOST_WAITING);
    private final List<String> falselyFresh = new ArrayList<>();
    private volatile long mismatches;
    private long staleness;
    private long falsehoods;
    private long roundsMissed;

    private record Given(View<?> view, String entity, JsonNode answer) {}

    /**
     * @param sampled the entities whose events are kept in memory
     * @param api     a replica, asked when the log is at rest
     */
    public Verification(
            Traffic traffic, Ledger ledger, String bootstrapServers, Predicate<String> sampled, Api api, long seed) {
        this.views = UseCases.named(traffic.useCase()).orElseThrow().views();
        this.sampled = sampled;
        this.random = new Random(seed);
        log = new EventLog(
                bootstrapServers,
                UseCases.named(traffic.useCase()).orElseThrow().events(),
                views,
                sampled);
        scan = new LogScan(traffic, ledger, bootstrapServers);
        merge = new MergeCheck(api);
    }

    /** Takes an answer somebody was given, to be compared later; leaves it when there are too many already. */
    public void take(String view, String entity, JsonNode answer) {
        if (sampled.test(entity)) {
            waiting.offer(new Given(UseCases.view(view).orElseThrow(), entity, answer));
        }
    }

    /** Reads the log as far as it goes. */
    public synchronized void readLog() {
        log.readToEnd();
        scan.readToEnd();
    }

    /** Compares the answers taken since the last time. Misses this time when the log cannot be read. */
    public synchronized void compare() {
        List<Given> some = new ArrayList<>();
        waiting.drainTo(some);
        try {
            readLog();
        } catch (TimeoutException e) {
            roundsMissed++; // the broker is away: what was taken is compared when it is back
            some.forEach(waiting::offer);
            return;
        }
        for (Given one : some) {
            checkFreshness(one);
            merge.take(one.view, one.entity, one.answer);
        }
        merge.compare(log);
        mismatches = merge.result().mismatches();
    }

    /** How many answers were wrong when they were compared last. */
    public long mismatchesSoFar() {
        return mismatches;
    }

    /**
     * An event of the entity that the answer lacks, although it arrived before the newest arrival the answer tells of, from
     * whichever partition, shows that it called itself fresher than it was.
     */
    private void checkFreshness(Given one) {
        JsonNode provenance = one.answer.get("provenance");
        JsonNode newest = provenance.get("freshness").get("newestArrivalMillis");
        if (newest == null) {
            return;
        }
        staleness++;
        var known = MergeCheck.asOf(provenance);
        for (NaiveFold.Entry entry : log.of(one.view, one.entity)) {
            if (!known.includes(entry.position()) && entry.arrivalMillis() < newest.asLong() && counts(one, entry)) {
                falsehoods++;
                if (falselyFresh.size() < FALSEHOODS_TOLD) {
                    falselyFresh.add(one.view + " '" + one.entity + "': said to have all events that arrived before "
                            + newest.asLong() + " and lacked " + entry.position() + ", which arrived at "
                            + entry.arrivalMillis());
                }
                return;
            }
        }
    }

    /** An event that adds nothing to the entity leaves no trace there. */
    private static boolean counts(Given one, NaiveFold.Entry entry) {
        String topic = entry.position().origin().topic();
        return one.view.contributions(topic, entry.event()).stream()
                .anyMatch(contribution -> contribution.entity().equals(one.entity));
    }

    /** Compares with all of the log once nothing happens any more. */
    public synchronized void compareAtRest(int most, long patienceMillis) throws InterruptedException {
        readLog();
        long now = System.currentTimeMillis();
        for (View<?> view : views) {
            List<String> known = new ArrayList<>(log.entities(view));
            Collections.shuffle(known, random);
            merge.compareAtRest(log, view, known.subList(0, Math.min(most, known.size())), now, patienceMillis);
        }
    }

    public synchronized MergeCheck.Result merged() {
        return merge.result();
    }

    /** How many answers were looked at for their freshness. */
    public synchronized long stalenessChecked() {
        return staleness;
    }

    /** How many called themselves fresher than they were. */
    public synchronized long falselyFresh() {
        return falsehoods;
    }

    /** The first of them, in words. */
    public synchronized List<String> falselyFreshTold() {
        return List.copyOf(falselyFresh);
    }

    /** How often the log could not be read. */
    public synchronized long roundsMissed() {
        return roundsMissed;
    }

    /** How many partitions the numbered events have. */
    public int partitions() {
        return scan.partitions();
    }

    @Override
    public synchronized void close() {
        log.close();
        scan.close();
    }
}
