package dev.anabranch.fraud.local;

import dev.anabranch.fraud.FraudEvents;
import dev.anabranch.fraud.FraudViews;
import dev.anabranch.fraud.Transaction;
import dev.anabranch.local.check.Api;
import dev.anabranch.local.check.Latencies;
import dev.anabranch.simulator.EventProducer;
import dev.anabranch.simulator.PublishListener;
import dev.anabranch.simulator.SimulatedEvent;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How long from the moment a payment is made until an answer shows it. Each probe is the first payment of a customer
 * nobody knows yet; the customer is asked about again and again until the answer knows one payment.
 *
 * <p>Open loop: probes leave on time, however long earlier ones take, and count from the moment they were due.
 */
final class FreshnessProbe implements AutoCloseable {
    private static final long EVERY_MILLIS = 200;
    private static final long GIVE_UP_MILLIS = 30_000;
    private static final long SHORTEST_PAUSE_MILLIS = 2;
    private static final long AMOUNT_CENTS = 1_00;

    private final Api api;
    private final String name;
    private final EventProducer producer;
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
    private final ExecutorService watchers = Executors.newCachedThreadPool();
    private final Latencies latencies = new Latencies();
    private final AtomicLong lost = new AtomicLong();
    private long startMillis;
    private long count;

    /** @param name what the ids of its customers begin with */
    FreshnessProbe(Api api, String bootstrapServers, String name) {
        this.api = api;
        this.name = name;
        producer = EventProducer.connect(
                bootstrapServers, List.of(FraudEvents.TRANSACTION), EventProducer.Tuning.PROMPT, PublishListener.NONE);
    }

    void start() {
        startMillis = System.currentTimeMillis();
        clock.scheduleAtFixedRate(this::probe, 0, EVERY_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** From the moment each probe was due to the answer that shows it. */
    Latencies latencies() {
        return latencies;
    }

    /** Probes that no answer showed within 30 s. */
    long lost() {
        return lost.get();
    }

    private void probe() {
        long number = count++;
        long due = startMillis + number * EVERY_MILLIS;
        String customer = name + "-customer-" + number;
        producer.send(new SimulatedEvent<>(
                FraudEvents.TRANSACTION,
                new Transaction(name + "-" + number, due, customer, name + "-terminal-" + number, AMOUNT_CENTS)));
        watchers.execute(() -> watch(customer, due));
    }

    private void watch(String customer, long due) {
        String path = Api.viewPath(FraudViews.CUSTOMER.name(), customer);
        long waited = LiveTraffic.nanosSince(due);
        while (waited < TimeUnit.MILLISECONDS.toNanos(GIVE_UP_MILLIS)) {
            if (shows(path)) {
                latencies.record(LiveTraffic.nanosSince(due));
                return;
            }
            try {
                // Until it is asked about again: exact to a twentieth, so that slow answers do not breed more
                // questions.
                Thread.sleep(Math.max(SHORTEST_PAUSE_MILLIS, TimeUnit.NANOSECONDS.toMillis(waited) / 20));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
            waited = LiveTraffic.nanosSince(due);
        }
        lost.incrementAndGet();
    }

    private boolean shows(String path) {
        try {
            return api.getNow(path).get("measures").get("count.1d").asDouble() == 1;
        } catch (Api.FailedException e) {
            return false; // counts as time that passes
        }
    }

    /** Ends it, and waits for the probes that are on their way. */
    @Override
    public void close() {
        clock.shutdown();
        try {
            clock.awaitTermination(5, TimeUnit.SECONDS);
            watchers.shutdown();
            if (!watchers.awaitTermination(GIVE_UP_MILLIS, TimeUnit.MILLISECONDS)) {
                watchers.shutdownNow();
            }
        } catch (InterruptedException e) {
            watchers.shutdownNow();
            Thread.currentThread().interrupt();
        }
        producer.close();
    }
}
