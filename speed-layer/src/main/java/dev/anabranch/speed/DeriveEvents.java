package dev.anabranch.speed;

import dev.anabranch.event.EventType;
import dev.anabranch.view.Position;
import dev.anabranch.view.Reading;
import dev.anabranch.view.View;
import dev.anabranch.view.ViewReader;
import dev.anabranch.view.WindowValues;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;

/** Lets other events follow from each event and from what the views say of its entity at that moment. */
final class DeriveEvents<E extends SpecificRecord, D extends SpecificRecord>
        extends ContextualProcessor<String, Passing<E>, String, D> {
    private final EventType<E> type;
    private final EventType<D> derived;
    private final Derivation<E, D> derivation;
    private final List<View<?>> views;
    private final Mirrors mirrors;
    private final Counter overtaken;
    private final Counter inexact;
    private final Map<View<?>, ViewReader<?>> readers = new HashMap<>();

    /** @param mirrors whether the batch parts that are read are whole */
    DeriveEvents(
            EventType<E> type,
            EventType<D> derived,
            Derivation<E, D> derivation,
            List<View<?>> views,
            Mirrors mirrors,
            MeterRegistry metrics) {
        this.type = type;
        this.derived = derived;
        this.derivation = derivation;
        this.views = views;
        this.mirrors = mirrors;
        overtaken = doubtful("overtaken", derived, metrics);
        inexact = doubtful("inexact", derived, metrics);
    }

    private static Counter doubtful(String reason, EventType<?> derived, MeterRegistry metrics) {
        return Counter.builder("anabranch.speed.derived.doubtful")
                .description("Events that nothing could follow from, or of which less was known than there was")
                .tag("event.type", derived.name())
                .tag("reason", reason)
                .register(metrics);
    }

    /** The batch layer knew of the event before the stream came to it. */
    private static final class OvertakenException extends RuntimeException {
        private static final long serialVersionUID = 1;

        OvertakenException() {
            super(null, null, false, false);
        }
    }

    @Override
    public void init(ProcessorContext<String, D> context) {
        super.init(context);
        views.forEach(view -> readers.put(
                view,
                new ViewReader<>(
                        view,
                        ViewStores.open(context, ViewStores.batch(view)),
                        ViewStores.open(context, ViewStores.cells(view)))));
    }

    @Override
    public void process(Record<String, Passing<E>> record) {
        Passing<E> passing = record.value();
        try {
            derivation
                    .of(passing.event(), passing.position(), before(record.key(), passing.position()))
                    .ifPresent(
                            made -> context().forward(new Record<>(derived.key(made), made, passing.arrivalMillis())));
        } catch (OvertakenException e) {
            overtaken.increment();
        }
    }

    private Derivation.Before before(String entity, Position position) {
        return new Derivation.Before() {
            @Override
            public <A> WindowValues<A> of(View<A> view, long atMillis) {
                Reading<A> reading = mirrors.checked(
                        reader(view).read(entity, atMillis),
                        view,
                        context().taskId().partition());
                if (reading.cut().includes(position)) {
                    throw new OvertakenException();
                }
                if (!reading.exact()) {
                    inexact.increment();
                }
                return reading.merged();
            }
        };
    }

    @SuppressWarnings("unchecked") // put there with the view it reads
    private <A> ViewReader<A> reader(View<A> view) {
        ViewReader<?> reader = readers.get(view);
        if (reader == null) {
            throw new IllegalArgumentException("View " + view + " must be named to be read where " + derived
                    + " follows from " + type + ", got only " + views);
        }
        return (ViewReader<A>) reader;
    }
}
