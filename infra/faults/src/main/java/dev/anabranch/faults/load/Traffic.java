package dev.anabranch.faults.load;

import dev.anabranch.event.EventType;
import java.util.List;
import java.util.Map;
import org.apache.avro.specific.SpecificRecord;

/**
 * What a use case's events look like while the platform is under fire. Listed in
 * {@code META-INF/services/dev.anabranch.faults.load.Traffic}.
 *
 * <p>Events have numbers. What an event says, but for its time, follows from its number, and its id names the number: so
 * that each is known again in the log.
 */
public interface Traffic {
    String useCase();

    /** The type of the events that are sent by number. */
    EventType<?> type();

    /** The event with this number, happening at this time. */
    SpecificRecord event(long number, long timeMillis);

    /** The same as a body for REST. */
    Map<String, Object> json(long number, long timeMillis);

    /** The same as a producer writes it whose schema is one version ahead. */
    byte[] newer(long number, long timeMillis);

    /** The number of an event. */
    long numberOf(SpecificRecord event);

    /** What follows from the event later, of another type; null when nothing does. */
    FollowUp followUp(long number, long timeMillis, long nowMillis);

    /** Everybody the events are about, by view. */
    Map<String, List<String>> entities();

    /** The entities the event with this number is about, by view. */
    Map<String, String> entitiesOf(long number);

    /** The view and the measure of its longest window that counts every event once. */
    Counted counted();

    /** An event of another type. */
    record FollowUp(EventType<?> type, SpecificRecord event) {}

    /**
     * Where events are counted.
     *
     * @param view         the view
     * @param measure      the name of the measure, with its window
     * @param windowMillis how far that window looks back
     */
    record Counted(String view, String measure, long windowMillis) {}
}
