package dev.anabranch.speed;

import dev.anabranch.event.EventType;
import dev.anabranch.view.Source;
import dev.anabranch.view.View;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.Record;

/**
 * Sends each event to the entity it is about in a view; to each of them once, when there are several. It goes whether
 * or not it counts there: it may be scored there.
 */
final class Rekey<E extends SpecificRecord> extends ContextualProcessor<String, Passing<E>, String, Passing<E>> {
    private final List<? extends Source<?, ?>> sources;

    Rekey(EventType<E> type, View<?> view) {
        sources = view.sourcesOf(type.topic());
    }

    @Override
    public void process(Record<String, Passing<E>> record) {
        if (sources.size() == 1) {
            context()
                    .forward(
                            record.withKey(entity(sources.get(0), record.value().event())));
            return;
        }
        List<String> reached = new ArrayList<>(sources.size());
        for (Source<?, ?> source : sources) {
            String entity = entity(source, record.value().event());
            if (!reached.contains(entity)) {
                reached.add(entity);
                context().forward(record.withKey(entity));
            }
        }
    }

    private static <S extends SpecificRecord> String entity(Source<S, ?> source, SpecificRecord event) {
        return source.entity().apply(source.type().cast(event));
    }
}
