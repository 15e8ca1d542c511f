package dev.anabranch.recommendation.simulator;

import dev.anabranch.recommendation.RecommendationEvents;
import dev.anabranch.simulator.BrokenFileException;
import dev.anabranch.simulator.EventProducer;
import dev.anabranch.simulator.Pace;
import dev.anabranch.simulator.PaceClock;
import dev.anabranch.simulator.PacedPublisher;
import dev.anabranch.simulator.Progress;
import dev.anabranch.simulator.PublishListener;
import dev.anabranch.simulator.Published;
import dev.anabranch.simulator.SimulatedEvent;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.DoubleSupplier;

/** Publishes interactions and items: those of a data set, or any others, in the order they are given. */
public final class InteractionReplay {
    private final String bootstrapServers;
    private final Pace pace;
    private final Progress progress;

    /** @param progress where it tells how far it has come */
    public InteractionReplay(String bootstrapServers, Pace pace, PrintStream progress) {
        this.bootstrapServers = bootstrapServers;
        this.pace = pace;
        this.progress = Progress.on(progress, "replay");
    }

    /**
     * What was done. Published means acknowledged by the broker.
     *
     * @param problem why the files could not be read to their end: file, line, rule and value
     */
    public record Result(long interactions, long items, Duration took, Optional<String> problem) {}

    /**
     * Replays a data set from start to end.
     *
     * @param lastEventAt when given, all times are shifted so that the last interaction happens at this moment
     * @throws IOException when there is nothing to read
     * @throws dev.anabranch.simulator.NotPublishedException when the broker does not answer or acknowledge
     */
    public Result run(Path data, Optional<Instant> lastEventAt) throws IOException {
        long shift =
                lastEventAt.isPresent() ? lastEventAt.get().toEpochMilli() - RecordedInteractions.lastMillis(data) : 0;
        try (RecordedInteractions all = RecordedInteractions.open(data, shift)) {
            return run(all, all::done);
        }
    }

    /** Publishes what {@code events} gives until it ends. */
    public Result run(Iterator<SimulatedEvent<?>> events, DoubleSupplier done) {
        long started = System.nanoTime();
        try (EventProducer producer = EventProducer.connect(
                bootstrapServers,
                List.of(RecommendationEvents.INTERACTION, RecommendationEvents.ITEM),
                EventProducer.Tuning.BULK,
                PublishListener.NONE)) {
            Optional<String> problem = Optional.empty();
            try {
                Published published =
                        new PacedPublisher(producer, pace, PaceClock.SYSTEM, progress).publish(events, done);
                if (!published.complete()) {
                    problem = Optional.of("It was stopped before the end");
                }
            } catch (BrokenFileException e) {
                producer.flush();
                problem = Optional.of(e.getMessage());
            }
            return new Result(
                    producer.acknowledgedByTopic().get(RecommendationEvents.INTERACTION.topic()),
                    producer.acknowledgedByTopic().get(RecommendationEvents.ITEM.topic()),
                    Duration.ofNanos(System.nanoTime() - started),
                    problem);
        }
    }
}
