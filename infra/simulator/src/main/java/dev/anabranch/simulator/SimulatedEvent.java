package dev.anabranch.simulator;

import dev.anabranch.event.EventType;
import java.nio.charset.StandardCharsets;
import org.apache.avro.specific.SpecificRecord;

/**
 * One event that is to be published: the record, and the type that knows its topic, key, time and encoding.
 *
 * @param <E> the record's class
 */
public record SimulatedEvent<E extends SpecificRecord>(EventType<E> type, E record) {
    /** When it happens, in epoch milliseconds. */
    public long timeMillis() {
        return type.eventTimeMillis(record);
    }

    public String topic() {
        return type.topic();
    }

    public String key() {
        return type.key(record);
    }

    byte[] keyBytes() {
        return key().getBytes(StandardCharsets.UTF_8);
    }

    byte[] valueBytes() {
        return type.encode(record);
    }
}
