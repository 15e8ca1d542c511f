package dev.anabranch.benchmarks.freshness;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.anabranch.benchmarks.Connection;
import dev.anabranch.fraud.FraudEvents;
import dev.anabranch.fraud.FraudViews;
import dev.anabranch.fraud.Transaction;
import dev.anabranch.local.Problem;
import dev.anabranch.local.check.Api;
import dev.anabranch.local.check.Latencies;
import dev.anabranch.simulator.EventProducer;
import dev.anabranch.simulator.PublishListener;
import dev.anabranch.simulator.SimulatedEvent;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Payments, each the first of a customer and a terminal that nobody knows, and somebody for each of the two who asks until the
 * answer has it. The customer's view is keyed as the topic is; the terminal's takes a second topic, to be keyed anew.
 */
final class Probes implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(30);
    /** Between two questions: all that is measured is up to that much too long. */
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

    private static final long AMOUNT_CENTS = 4_200;
    /** Terminals are told about up to a week ago: before that nobody knows what was fraud. */
    private static final Duration AGE = FraudViews.INVESTIGATION.plusDays(1);

    /** What became of a round of them. */
    record Round(Latencies customer, Latencies terminal) {}

    private final String address;
    private final BlockingQueue<Connection> idle = new LinkedBlockingQueue<>();
    private final EventProducer producer;
    private final RoundTrip roundTrip;
    private final ExecutorService watchers = Executors.newCachedThreadPool();
    private int named;

    Probes(String address, String bootstrapServers, RoundTrip roundTrip) {
        this.address = address;
        this.roundTrip = roundTrip;
        producer = EventProducer.connect(
                bootstrapServers, List.of(FraudEvents.TRANSACTION), EventProducer.Tuning.PROMPT, PublishListener.NONE);
    }

    /**
     * Sends them on time, however long earlier ones take, and waits for the last. What is counted begins when each was due.
     *
     * @throws Problem when one is in no answer after 30 s
     */
    Round round(int count, Duration apart) throws InterruptedException, ExecutionException {
        Round round = new Round(new Latencies(), new Latencies());
        Future<?>[] watching = new Future<?>[2 * count];
        long start = System.nanoTime();
        for (int i = 0; i < count; i++) {
            long due = start + i * apart.toNanos();
            while (System.nanoTime() < due) {
                LockSupport.parkNanos(due - System.nanoTime());
            }
            String name = "probe-" + named++;
            roundTrip.send(due);
            producer.send(new SimulatedEvent<>(
                    FraudEvents.TRANSACTION,
                    new Transaction(
                            name,
                            System.currentTimeMillis() - AGE.toMillis(),
                            "customer-" + name,
                            "terminal-" + name,
                            AMOUNT_CENTS)));
            watching[2 * i] = watch(
                    Api.viewPath(FraudViews.CUSTOMER.name(), "customer-" + name), "count.30d", due, round.customer);
            watching[2 * i + 1] = watch(
                    Api.viewPath(FraudViews.TERMINAL.name(), "terminal-" + name),
                    "count.30d.delay.7d",
                    due,
                    round.terminal);
        }
        for (Future<?> each : watching) {
            each.get();
        }
        return round;
    }

    private Future<?> watch(String path, String measure, long due, Latencies seen) {
        byte[] question = Connection.get(path);
        return watchers.submit(() -> {
            Connection waiting = idle.poll();
            Connection connection = waiting == null ? new Connection(address) : waiting;
            while (JSON.readTree(connection.ask(question))
                            .path("measures")
                            .path(measure)
                            .asLong()
                    < 1) {
                if (System.nanoTime() - due > PATIENCE_NANOS) {
                    throw new Problem("A payment must be in an answer within 30 s, and is not in that of " + path);
                }
                LockSupport.parkNanos(PAUSE_NANOS);
            }
            seen.record(System.nanoTime() - due);
            idle.add(connection);
            return null;
        });
    }

    @Override
    public void close() throws IOException {
        watchers.shutdownNow();
        for (Connection each : idle) {
            each.close();
        }
        producer.close();
    }
}
