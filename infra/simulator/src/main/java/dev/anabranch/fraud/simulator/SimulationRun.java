package dev.anabranch.fraud.simulator;

import dev.anabranch.fraud.FraudEvents;
import dev.anabranch.simulator.EventProducer;
import dev.anabranch.simulator.Pace;
import dev.anabranch.simulator.PaceClock;
import dev.anabranch.simulator.PacedPublisher;
import dev.anabranch.simulator.Progress;
import dev.anabranch.simulator.PublishListener;
import dev.anabranch.simulator.Published;
import dev.anabranch.simulator.SimulatedEvent;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Iterator;
import java.util.List;
import java.util.function.DoubleSupplier;

/**
 * Publishes a simulation: first its history, as fast as it goes, then what happens live. {@link #stop} may be called by
 * any thread and ends whichever runs.
 */
public final class SimulationRun {
    private final CardTimeline timeline;
    private final String bootstrapServers;
    private volatile boolean stopped;
    private volatile PacedPublisher publisher;

    public SimulationRun(CardTimeline timeline, String bootstrapServers) {
        this.timeline = timeline;
        this.bootstrapServers = bootstrapServers;
    }

    /**
     * A run of the book's size and label delay, whose history ends now and begins so many whole days of UTC before today.
     *
     * @param historyDays whole days of history, beside what of today has passed; 1 or more
     */
    public static SimulationRun ofTheBook(long seed, int historyDays, Instant now, String bootstrapServers) {
        if (historyDays < 1) {
            throw new IllegalArgumentException("History must have 1 day or more, got " + historyDays);
        }
        LocalDate firstDay = now.atZone(ZoneOffset.UTC).toLocalDate().minusDays(historyDays);
        String name = "sim" + seed + "-" + Long.toString(now.getEpochSecond(), Character.MAX_RADIX);
        CardSimulation simulation = new CardSimulation(CardSimulation.Settings.ofTheBook(seed, name, firstDay));
        CardTimeline timeline = new CardTimeline(simulation, now.toEpochMilli(), ReplayOptions.LABEL_DELAY);
        return new SimulationRun(timeline, bootstrapServers);
    }

    public CardTimeline timeline() {
        return timeline;
    }

    /** Ends {@link #publishHistory} or {@link #publishLive} after the event it is at; neither can run again. */
    public void stop() {
        stopped = true;
        PacedPublisher running = publisher;
        if (running != null) {
            running.stop();
        }
    }

    /**
     * Publishes the history. When it returns, all of it is acknowledged.
     *
     * @throws dev.anabranch.simulator.NotPublishedException when the broker does not answer or did not acknowledge an
     *     event
     */
    public Published publishHistory(Progress progress, PublishListener listener) {
        CardSimulation.Settings settings = timeline.simulation().settings();
        long firstMillis = settings.firstDay().toEpochDay() * CardSimulation.DAY_MILLIS;
        Reached reached = new Reached(timeline.history(), firstMillis, timeline.endMillis());
        return publish(reached, Pace.max(), EventProducer.Tuning.BULK, progress, listener, reached);
    }

    /**
     * Publishes a part of the history, as {@link CardTimeline#between} has it. When it returns, all of it is acknowledged.
     *
     * @throws dev.anabranch.simulator.NotPublishedException as {@link #publishHistory}
     */
    public Published publishBetween(long fromMillis, long toMillis, Progress progress) {
        Reached reached = new Reached(timeline.between(fromMillis, toMillis), fromMillis, toMillis);
        return publish(reached, Pace.max(), EventProducer.Tuning.BULK, progress, PublishListener.NONE, reached);
    }

    /**
     * Publishes what comes after the history, each event at its own time by the machine's clock, until {@link #stop} is
     * called. Labels that fell due since the history's end are published at once.
     *
     * @param from      when the transactions start; not before the history's end
     * @param perSecond transactions a second
     */
    public Published publishLive(Instant from, double perSecond, Progress progress, PublishListener listener) {
        return publish(
                timeline.live(from.toEpochMilli(), perSecond),
                Pace.asItHappens(),
                EventProducer.Tuning.PROMPT,
                progress,
                listener,
                () -> Double.NaN);
    }

    private Published publish(
            Iterator<SimulatedEvent<?>> events,
            Pace pace,
            EventProducer.Tuning tuning,
            Progress progress,
            PublishListener listener,
            DoubleSupplier done) {
        try (EventProducer producer = EventProducer.connect(
                bootstrapServers, List.of(FraudEvents.TRANSACTION, FraudEvents.FRAUD_LABEL), tuning, listener)) {
            publisher = new PacedPublisher(producer, pace, PaceClock.SYSTEM, progress);
            if (stopped) {
                publisher.stop();
            }
            return publisher.publish(events, done);
        }
    }

    /** How far the history has come, by the time of the event it is at. */
    private static final class Reached implements Iterator<SimulatedEvent<?>>, DoubleSupplier {
        private final Iterator<SimulatedEvent<?>> events;
        private final long firstMillis;
        private final long lastMillis;
        private long atMillis;

        Reached(Iterator<SimulatedEvent<?>> events, long firstMillis, long lastMillis) {
            this.events = events;
            this.firstMillis = firstMillis;
            this.lastMillis = lastMillis;
            this.atMillis = firstMillis;
        }

        @Override
        public boolean hasNext() {
            boolean more = events.hasNext();
            atMillis = more ? atMillis : lastMillis;
            return more;
        }

        @Override
        public SimulatedEvent<?> next() {
            SimulatedEvent<?> event = events.next();
            atMillis = event.timeMillis();
            return event;
        }

        @Override
        public double getAsDouble() {
            return (double) (atMillis - firstMillis) / Math.max(1, lastMillis - firstMillis);
        }
    }
}
