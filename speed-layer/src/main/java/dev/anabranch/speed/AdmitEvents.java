package dev.anabranch.speed;

import dev.anabranch.event.Admission;
import dev.anabranch.event.EventType;
import dev.anabranch.view.Origin;
import dev.anabranch.view.Position;
import io.micrometer.core.instrument.Counter;
import java.util.Optional;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Records of an event topic in, events with their position out. What is no event is skipped and counted here; the
 * archive keeps it, with the reason.
 */
final class AdmitEvents<E extends SpecificRecord> extends ContextualProcessor<byte[], byte[], String, Passing<E>> {
    private static final Logger LOG = LoggerFactory.getLogger(AdmitEvents.class);

    private final EventType<E> type;
    private final Counter refused;
    private Origin origin;

    AdmitEvents(EventType<E> type, Counter refused) {
        this.type = type;
        this.refused = refused;
    }

    @Override
    public void process(Record<byte[], byte[]> record) {
        Position position = position();
        Admission<E> admission = type.admit(record.key(), record.value(), record.timestamp());
        if (admission instanceof Admission.Admitted<E> admitted) {
            E event = admitted.event();
            Passing<E> passing =
                    new Passing<>(event, record.value(), position, record.timestamp(), Optional.of(Readings.NONE));
            context().forward(new Record<>(type.key(event), passing, record.timestamp()));
        } else if (admission instanceof Admission.Refused<E> no) {
            refused.increment();
            LOG.debug("{} is no {}: {}", position, type, no.reason());
        } else {
            throw new IllegalStateException("A record is admitted or refused, got " + admission);
        }
    }

    private Position position() {
        RecordMetadata at = context().recordMetadata().orElseThrow();
        if (origin == null || origin.partition() != at.partition()) {
            origin = new Origin(type.topic(), at.partition());
        }
        return new Position(origin, at.offset());
    }
}
