package dev.anabranch.speed;

import dev.anabranch.event.EventType;
import dev.anabranch.view.View;
import dev.anabranch.view.ViewReader;
import dev.anabranch.view.WindowValues;
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
    private final Map<View<?>, ViewReader<?>> readers = new HashMap<>();

    DeriveEvents(EventType<E> type, EventType<D> derived, Derivation<E, D> derivation, List<View<?>> views) {
        this.type = type;
        this.derived = derived;
        this.derivation = derivation;
        this.views = views;
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
        long at = type.eventTimeMillis(passing.event());
        derivation
                .of(passing.event(), passing.position(), new Derivation.Before() {
                    @Override
                    public <A> WindowValues<A> of(View<A> view) {
                        return reader(view).read(record.key(), at).merged();
                    }
                })
                .ifPresent(made -> context().forward(new Record<>(derived.key(made), made, passing.arrivalMillis())));
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
