package dev.anabranch.explain;

import dev.anabranch.event.EventType;
import dev.anabranch.lakehouse.ArchivedEvent;
import dev.anabranch.view.Contribution;
import dev.anabranch.view.View;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.specific.SpecificRecord;
import org.apache.iceberg.expressions.Expression;

/** All that is asked about one view at once: concerns by entity, several of one entity being of different moments. */
final class Asked<A> implements Interested {
    private final View<A> view;
    private final Map<String, List<Concern<A>>> concerns = new HashMap<>();
    private long earliestMillis = Long.MAX_VALUE;

    Asked(View<A> view) {
        this.view = view;
    }

    @Override
    public View<A> view() {
        return view;
    }

    void add(Concern<A> concern) {
        concerns.computeIfAbsent(concern.entity(), entity -> new ArrayList<>()).add(concern);
        earliestMillis = Math.min(earliestMillis, concern.earliestMillis());
    }

    @Override
    public Expression rows(EventType<?> type) {
        long end = concerns.values().stream()
                .flatMap(List::stream)
                .mapToLong(concern -> concern.end(type.topic()))
                .max()
                .orElse(0);
        return EntityColumn.rows(view, type, concerns.keySet(), earliestMillis, end);
    }

    @Override
    public <E extends SpecificRecord> void take(EventType<E> type, ArchivedEvent<E> archived) {
        for (Contribution<A> contribution : view.contributions(type.topic(), archived.event())) {
            concerns.getOrDefault(contribution.entity(), List.of())
                    .forEach(concern -> concern.take(type, archived, contribution));
        }
    }
}
