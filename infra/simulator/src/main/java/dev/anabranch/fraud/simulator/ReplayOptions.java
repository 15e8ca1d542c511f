package dev.anabranch.fraud.simulator;

import dev.anabranch.simulator.Pace;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * What is replayed, where to, and how fast.
 *
 * @param data             a folder of {@code .csv.gz} files, or one
 * @param bootstrapServers the broker, as {@code host:port}
 * @param pace             when each event is due
 * @param lastEventAt      when given, all times are shifted so that the last transaction happens at this moment; labels
 *                         due later than it are not published
 * @param labelDelay       from a transaction to its label
 */
public record ReplayOptions(
        Path data, String bootstrapServers, Pace pace, Optional<Instant> lastEventAt, Duration labelDelay) {
    /** How long an investigation takes in the book. */
    public static final Duration LABEL_DELAY = Duration.ofDays(7);

    public ReplayOptions {
        LabelledEvents.requireDelay(labelDelay);
    }

    /** As it was recorded, with the book's delay. */
    public static ReplayOptions asRecorded(Path data, String bootstrapServers, Pace pace) {
        return new ReplayOptions(data, bootstrapServers, pace, Optional.empty(), LABEL_DELAY);
    }

    /** Shifted so that the last transaction happens at {@code now}. */
    public ReplayOptions shiftedTo(Instant now) {
        return new ReplayOptions(data, bootstrapServers, pace, Optional.of(now), labelDelay);
    }
}
