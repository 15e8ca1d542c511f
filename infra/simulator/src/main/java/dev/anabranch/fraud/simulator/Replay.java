package dev.anabranch.fraud.simulator;

import dev.anabranch.fraud.FraudEvents;
import dev.anabranch.simulator.BrokenFileException;
import dev.anabranch.simulator.EventProducer;
import dev.anabranch.simulator.PaceClock;
import dev.anabranch.simulator.PacedPublisher;
import dev.anabranch.simulator.Progress;
import dev.anabranch.simulator.PublishListener;
import dev.anabranch.simulator.Published;
import dev.anabranch.simulator.SimulatedEvent;
import dev.anabranch.simulator.TimeOrder;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Publishes the transactions of files, in time order, with the label of each at its delay after it. {@link #stop} may be
 * called by any thread.
 */
public final class Replay {
    private final ReplayOptions options;
    private volatile boolean stopped;
    private volatile PacedPublisher publisher;

    public Replay(ReplayOptions options) {
        this.options = options;
    }

    /** Replays from start to end. */
    public static ReplayResult run(ReplayOptions options, PrintStream progress) throws IOException {
        return new Replay(options).run(Progress.on(progress, "replay"), PublishListener.NONE);
    }

    /** Ends {@link #run} after the event it is at. */
    public void stop() {
        stopped = true;
        PacedPublisher running = publisher;
        if (running != null) {
            running.stop();
        }
    }

    /**
     * Replays until the files end, break a rule, or {@link #stop} is called. What was read until then is published and
     * stays so; labels are published as far as the stream came.
     *
     * @throws IOException when there is nothing to read
     * @throws dev.anabranch.simulator.NotPublishedException when the broker does not answer or did not acknowledge an
     *     event
     */
    public ReplayResult run(Progress progress, PublishListener listener) throws IOException {
        long shift = shiftMillis();
        try (CardTransactionFiles transactions = CardTransactionFiles.open(options.data());
                CardTransactionFiles labelled = CardTransactionFiles.open(options.data());
                EventProducer producer = EventProducer.connect(
                        options.bootstrapServers(),
                        List.of(FraudEvents.TRANSACTION, FraudEvents.FRAUD_LABEL),
                        EventProducer.Tuning.BULK,
                        listener)) {
            long started = System.nanoTime();
            publisher = new PacedPublisher(producer, options.pace(), PaceClock.SYSTEM, progress);
            if (stopped) {
                publisher.stop();
            }
            Optional<String> problem = Optional.empty();
            boolean ended = false;
            try {
                Published published = publisher.publish(events(transactions, labelled, shift), transactions::done);
                ended = published.complete();
            } catch (BrokenFileException e) {
                problem = Optional.of(e.getMessage());
            }
            return result(producer, transactions.rows(), started, ended, problem);
        }
    }

    private ReplayResult result(
            EventProducer producer, long rows, long startedNanos, boolean ended, Optional<String> problem) {
        long transactions = producer.acknowledgedByTopic().get(FraudEvents.TRANSACTION.topic());
        long labels = producer.acknowledgedByTopic().get(FraudEvents.FRAUD_LABEL.topic());
        boolean shifted = options.lastEventAt().isPresent();
        return new ReplayResult(
                rows,
                transactions,
                labels,
                ended && shifted ? rows - labels : 0,
                Duration.ofNanos(System.nanoTime() - startedNanos),
                !ended && problem.isEmpty(),
                problem);
    }

    private Iterator<SimulatedEvent<?>> events(
            Iterator<LabelledTransaction> transactions, Iterator<LabelledTransaction> labelled, long shift) {
        Iterator<SimulatedEvent<?>> labels =
                LabelledEvents.labels(TimeOrder.map(labelled, row -> row.shiftedBy(shift)), options.labelDelay());
        return TimeOrder.merge(
                options.lastEventAt()
                        .map(last -> TimeOrder.upTo(last.toEpochMilli(), labels))
                        .orElse(labels),
                LabelledEvents.transactions(TimeOrder.map(transactions, row -> row.shiftedBy(shift))));
    }

    private long shiftMillis() throws IOException {
        if (options.lastEventAt().isEmpty()) {
            return 0;
        }
        OptionalLong last = CardTransactionFiles.lastTimeMillis(options.data());
        return last.isEmpty() ? 0 : options.lastEventAt().get().toEpochMilli() - last.getAsLong();
    }
}
