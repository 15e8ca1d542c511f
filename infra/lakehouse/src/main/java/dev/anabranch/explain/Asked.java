package dev.anabranch.explain;

import dev.anabranch.event.EventType;
import dev.anabranch.lakehouse.ArchivedEvent;
import dev.anabranch.lakehouse.EventTables;
import dev.anabranch.view.Contribution;
import dev.anabranch.view.Source;
import dev.anabranch.view.View;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.avro.specific.SpecificRecord;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.expressions.Expressions;

/** All that is asked about one view at once: concerns by entity, several of one entity being of different moments. */
final class Asked<A> {
    private final View<A> view;
    private final Map<String, List<Concern<A>>> concerns = new HashMap<>();
    private long earliestMillis = Long.MAX_VALUE;

    Asked(View<A> view) {
        this.view = view;
    }

    View<A> view() {
        return view;
    }

    void add(Concern<A> concern) {
        concerns.computeIfAbsent(concern.entity(), entity -> new ArrayList<>()).add(concern);
        earliestMillis = Math.min(earliestMillis, concern.earliestMillis());
    }

    /**
     * Which rows of a type's table may matter: those of the entities, where the columns tell, before the last position and
     * not before all windows. Rows let through are looked at again. A source's time is never past the event time, so what
     * happened before the windows is of no interest.
     */
    Expression rows(EventType<?> type) {
        long end = concerns.values().stream()
                .flatMap(List::stream)
                .mapToLong(concern -> concern.end(type.topic()))
                .max()
                .orElse(0);
        if (end == 0) {
            return Expressions.alwaysFalse();
        }
        Expression ofEntities = Expressions.alwaysFalse();
        for (Source<?, A> source : view.sourcesOf(type.topic())) {
            Optional<String> column = EntityColumn.of(source);
            ofEntities = Expressions.or(
                    ofEntities,
                    column.<Expression>map(name -> Expressions.in(name, concerns.keySet()))
                            .orElse(Expressions.alwaysTrue()));
        }
        return Expressions.and(
                Expressions.greaterThanOrEqual(EventTables.EVENT_TIME, Math.multiplyExact(earliestMillis, 1_000)),
                Expressions.lessThan(EventTables.KAFKA_OFFSET, end),
                ofEntities);
    }

    <E extends SpecificRecord> void take(EventType<E> type, ArchivedEvent<E> archived) {
        for (Contribution<A> contribution : view.contributions(type.topic(), archived.event())) {
            concerns.getOrDefault(contribution.entity(), List.of())
                    .forEach(concern -> concern.take(type, archived, contribution));
        }
    }
}
