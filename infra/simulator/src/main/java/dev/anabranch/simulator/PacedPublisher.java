package dev.anabranch.simulator;

import java.time.Duration;
import java.util.Iterator;
import java.util.function.DoubleSupplier;

/** Publishes a stream of events, each when its pace says that it is due. {@link #stop} may be called by any thread. */
public final class PacedPublisher {
    private static final long LONGEST_PAUSE_NANOS = Duration.ofMillis(50).toNanos();
    private static final int LOOK_AT_CLOCK_EVERY = 1024;

    private final EventProducer producer;
    private final Pace pace;
    private final PaceClock clock;
    private final Progress progress;
    private volatile boolean stopped;

    public PacedPublisher(EventProducer producer, Pace pace, PaceClock clock, Progress progress) {
        this.producer = producer;
        this.pace = pace;
        this.clock = clock;
        this.progress = progress;
    }

    /** Ends {@link #publish} after the event it is at. What was sent is still acknowledged. */
    public void stop() {
        stopped = true;
    }

    /**
     * Publishes until the events end or {@link #stop} is called, and waits for every acknowledgement. When reading the
     * next event fails, those before it are acknowledged first.
     *
     * @param events in the order in which they are to be published
     * @param done   how much is done, from 0 to 1; NaN when the end is not known
     * @throws NotPublishedException when the broker did not acknowledge an event
     */
    public Published publish(Iterator<SimulatedEvent<?>> events, DoubleSupplier done) {
        long startNanos = clock.nanos();
        Pace.Start start = null;
        long index = 0;
        long eventMillis = 0;
        boolean ended = false;
        try {
            while (!stopped && !ended) {
                if (!events.hasNext()) {
                    ended = true;
                    continue;
                }
                SimulatedEvent<?> event = events.next();
                eventMillis = event.timeMillis();
                if (start == null) {
                    start = new Pace.Start(clock.nanos(), eventMillis);
                }
                if (awaitDue(start, index, eventMillis, done)) {
                    producer.send(event);
                    index++;
                    if (index % LOOK_AT_CLOCK_EVERY == 0) {
                        update(done, eventMillis);
                    }
                }
            }
        } catch (NotPublishedException e) {
            throw e; // waiting for acknowledgements would only hide which one was missing first
        } catch (RuntimeException e) {
            try {
                producer.flush();
            } catch (NotPublishedException alsoWrong) {
                e.addSuppressed(alsoWrong);
            }
            end(done, eventMillis);
            throw e;
        }
        producer.flush();
        end(done, eventMillis);
        Duration took = Duration.ofNanos(clock.nanos() - startNanos);
        return new Published(producer.acknowledgedByTopic(), took, ended);
    }

    /** Whether the event became due; false when the publisher was stopped before. */
    private boolean awaitDue(Pace.Start start, long index, long eventMillis, DoubleSupplier done) {
        long wait = pace.nanosUntilDue(start, index, eventMillis, clock);
        while (wait > 0) {
            update(done, eventMillis);
            clock.pause(Math.min(wait, LONGEST_PAUSE_NANOS));
            if (Thread.currentThread().isInterrupted()) {
                stopped = true;
            }
            if (stopped) {
                return false;
            }
            wait = pace.nanosUntilDue(start, index, eventMillis, clock);
        }
        return true;
    }

    private void end(DoubleSupplier done, long eventMillis) {
        progress.end(clock.nanos(), producer.sent(), producer.acknowledged(), done.getAsDouble(), eventMillis);
    }

    private void update(DoubleSupplier done, long eventMillis) {
        progress.update(clock.nanos(), producer.sent(), producer.acknowledged(), done.getAsDouble(), eventMillis);
    }
}
