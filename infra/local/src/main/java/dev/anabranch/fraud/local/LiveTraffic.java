package dev.anabranch.fraud.local;

import dev.anabranch.fraud.FraudEvents;
import dev.anabranch.fraud.Transaction;
import dev.anabranch.fraud.simulator.CardTimeline;
import dev.anabranch.local.check.Api;
import dev.anabranch.local.check.Latencies;
import dev.anabranch.simulator.EventProducer;
import dev.anabranch.simulator.Pace;
import dev.anabranch.simulator.PaceClock;
import dev.anabranch.simulator.PacedPublisher;
import dev.anabranch.simulator.Progress;
import dev.anabranch.simulator.PublishListener;
import dev.anabranch.simulator.SimulatedEvent;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Payments as they happen. Most go straight to their topic and are scored in the stream; every fifth is what a shop would
 * do: asks for a score over REST, and hands the payment in over REST once it has one.
 *
 * <p>Open loop: a payment is asked about at its own moment, however long earlier answers take, and its latency counts
 * from that moment.
 */
final class LiveTraffic implements AutoCloseable {
    private static final int OVER_REST_ONE_IN = 5;

    private final Api api;
    private final EventProducer producer;
    private final PacedPublisher publisher;
    private final Iterator<SimulatedEvent<?>> events;
    private final ScheduledExecutorService shop =
            Executors.newSingleThreadScheduledExecutor(run -> daemon(run, "shop"));
    private final Thread publishing = daemon(this::publish, "live-traffic");
    private final Latencies scoreLatencies = new Latencies();
    private final AtomicLong pending = new AtomicLong();
    private final AtomicLong failures = new AtomicLong();
    private final AtomicReference<String> firstFailure = new AtomicReference<>();

    /** @param fromMillis when it starts, in epoch milliseconds */
    LiveTraffic(Api api, String bootstrapServers, CardTimeline timeline, long fromMillis, double perSecond) {
        this.api = api;
        producer = EventProducer.connect(
                bootstrapServers,
                List.of(FraudEvents.TRANSACTION, FraudEvents.FRAUD_LABEL),
                EventProducer.Tuning.PROMPT,
                PublishListener.NONE);
        Progress unseen = new Progress(new PrintStream(OutputStream.nullOutputStream()), false, "live");
        publisher = new PacedPublisher(producer, Pace.asItHappens(), PaceClock.SYSTEM, unseen);
        events = new StraightToTheTopic(timeline.live(fromMillis, perSecond));
    }

    void start() {
        publishing.start();
    }

    /** Ends it, and waits until everything on its way has arrived. */
    @Override
    public void close() {
        publisher.stop();
        try {
            publishing.join();
            shop.shutdownNow(); // payments of the near future, not yet asked about
            shop.awaitTermination(10, TimeUnit.SECONDS);
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
            while (pending.get() > 0 && System.nanoTime() < deadline) {
                Thread.sleep(20);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        producer.close();
    }

    /** REST score latencies, from the moment of the payment to the answer. */
    Latencies scoreLatencies() {
        return scoreLatencies;
    }

    /** Requests that were not answered with success. */
    long failures() {
        return failures.get();
    }

    /** What the first failure was; null when there was none. */
    String firstFailure() {
        return firstFailure.get();
    }

    private void publish() {
        try {
            publisher.publish(events, () -> Double.NaN);
        } catch (RuntimeException e) {
            failed("The live traffic ended: " + e.getMessage());
        }
    }

    private void sell(Transaction payment) {
        long due = payment.getEventTimeMillis();
        pending.incrementAndGet();
        Map<String, Object> question = new LinkedHashMap<>();
        question.put("transactionId", payment.getTransactionId());
        question.put("customerId", payment.getCustomerId());
        question.put("terminalId", payment.getTerminalId());
        question.put("amountCents", payment.getAmountCents());
        question.put("eventTimeMillis", due);
        api.post("/v1/fraud/score", question)
                .thenApply(answer -> {
                    scoreLatencies.record(nanosSince(due));
                    if (!answer.ok()) {
                        failed("score: " + answer);
                    }
                    return answer;
                })
                .thenCompose(answered -> api.post("/v1/events/transaction", question))
                .whenComplete((answer, error) -> {
                    if (error != null) {
                        failed(error.toString());
                    } else if (!answer.ok()) {
                        failed("event: " + answer);
                    }
                    pending.decrementAndGet();
                });
    }

    private void failed(String what) {
        failures.incrementAndGet();
        firstFailure.compareAndSet(null, what);
    }

    /** The events count in milliseconds, so that is how exact it is. */
    static long nanosSince(long epochMillis) {
        return Math.max(0, TimeUnit.MILLISECONDS.toNanos(System.currentTimeMillis() - epochMillis));
    }

    private static Thread daemon(Runnable run, String name) {
        Thread thread = new Thread(run, name);
        thread.setDaemon(true);
        return thread;
    }

    /** All events but those the shop sells over REST, which it is told of in time. */
    private final class StraightToTheTopic implements Iterator<SimulatedEvent<?>> {
        private final Iterator<SimulatedEvent<?>> all;

        StraightToTheTopic(Iterator<SimulatedEvent<?>> all) {
            this.all = all;
        }

        @Override
        public boolean hasNext() {
            return all.hasNext();
        }

        @Override
        public SimulatedEvent<?> next() {
            while (true) {
                SimulatedEvent<?> event = all.next();
                if (!(event.record() instanceof Transaction payment)) {
                    return event;
                }
                if (Math.floorMod(payment.getTransactionId().hashCode(), OVER_REST_ONE_IN) != 0) {
                    return event;
                }
                long wait = payment.getEventTimeMillis() - System.currentTimeMillis();
                shop.schedule(() -> sell(payment), Math.max(0, wait), TimeUnit.MILLISECONDS);
            }
        }
    }
}
