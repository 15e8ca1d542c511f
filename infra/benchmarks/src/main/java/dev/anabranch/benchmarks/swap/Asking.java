package dev.anabranch.benchmarks.swap;

import dev.anabranch.local.check.Api;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicLong;

/** Somebody who asks one replica for scores, one question after the other, until told to stop. */
final class Asking implements AutoCloseable {
    private static final int LEAST_CENTS = 10_000;
    private static final int MOST_CENTS = 50_000;

    /**
     * What came of one question.
     *
     * @param sentNanos     by {@link System#nanoTime}
     * @param receivedNanos by the same
     * @param version       that answered; 0 when nobody did
     * @param score         its score
     * @param amountCents   what was asked about
     */
    record Asked(long sentNanos, long receivedNanos, long version, double score, long amountCents) {}

    private final Api api;
    private final SplittableRandom random;
    private final List<Asked> all = new ArrayList<>();
    private final AtomicLong count = new AtomicLong();
    private final Thread thread = new Thread(this::run, "asking");
    private volatile long newest;
    private volatile boolean stopped;
    private volatile String failure;

    Asking(String address, SplittableRandom random) {
        this.api = new Api(address);
        this.random = random;
        thread.setDaemon(true);
        thread.start();
    }

    private void run() {
        while (!stopped) {
            long amount = random.nextLong(LEAST_CENTS, MOST_CENTS);
            Map<String, Object> question = Map.of(
                    "customerId", "c-" + random.nextInt(1_000),
                    "terminalId", "t-" + random.nextInt(1_000),
                    "amountCents", amount);
            long sent = System.nanoTime();
            long version = 0;
            double score = Double.NaN;
            try {
                Api.Answer answer = api.post("/v1/fraud/score", question).join();
                if (answer.ok()) {
                    version = answer.body().path("model").path("version").asLong();
                    score = answer.body().path("score").asDouble();
                } else {
                    failure = answer.status() + " " + answer.body();
                }
            } catch (CompletionException e) {
                failure = String.valueOf(e.getCause());
            }
            all.add(new Asked(sent, System.nanoTime(), version, score, amount));
            newest = version;
            count.incrementAndGet();
        }
    }

    /** The version of the newest answer; 0 when there was none. */
    long newest() {
        return newest;
    }

    long count() {
        return count.get();
    }

    /** How a question failed, if any did. */
    Optional<String> failure() {
        return Optional.ofNullable(failure);
    }

    /** All there were, in order; once it is closed. */
    List<Asked> all() {
        return all;
    }

    @Override
    public void close() throws InterruptedException {
        stopped = true;
        thread.join();
    }
}
