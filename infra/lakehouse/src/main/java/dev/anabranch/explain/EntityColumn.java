package dev.anabranch.explain;

import dev.anabranch.event.EventType;
import dev.anabranch.lakehouse.EventTables;
import dev.anabranch.view.Source;
import dev.anabranch.view.View;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificRecord;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.expressions.Expressions;

/**
 * Which column of an archive table holds the entity that a view's source takes from an event. A source is code; it is
 * asked once, with an event whose text fields hold their own names, which name it gives back.
 */
final class EntityColumn {
    private EntityColumn() {}

    /** Empty when the entity is not the plain value of one column: then every row has to be looked at. */
    static <E extends SpecificRecord> Optional<String> of(Source<E, ?> source) {
        String given;
        try {
            given = source.entity().apply(source.type().cast(probe(source.type().schema())));
        } catch (RuntimeException e) {
            return Optional.empty(); // it wants more of an event than names
        }
        return source.type().schema().getFields().stream()
                .map(Schema.Field::name)
                .filter(name -> marker(name).equals(given))
                .findFirst();
    }

    /**
     * Which rows of a type's table may have to do with entities of a view. A source's time is never past the event time, so
     * what happened before the windows is of no interest.
     *
     * @param earliestMillis the first millisecond that a window looks at
     * @param end            the first offset that nobody knew, in any partition
     */
    static <A> Expression rows(
            View<A> view, EventType<?> type, Collection<String> entities, long earliestMillis, long end) {
        if (end == 0) {
            return Expressions.alwaysFalse();
        }
        Expression ofEntities = Expressions.alwaysFalse();
        for (Source<?, A> source : view.sourcesOf(type.topic())) {
            ofEntities = Expressions.or(
                    ofEntities,
                    of(source)
                            .<Expression>map(column -> Expressions.in(column, entities))
                            .orElse(Expressions.alwaysTrue()));
        }
        return Expressions.and(
                Expressions.greaterThanOrEqual(EventTables.EVENT_TIME, Math.multiplyExact(earliestMillis, 1_000)),
                Expressions.lessThan(EventTables.KAFKA_OFFSET, end),
                ofEntities);
    }

    private static String marker(String field) {
        return "the field " + field;
    }

    private static SpecificRecord probe(Schema schema) {
        SpecificRecord event = (SpecificRecord) SpecificData.get().newRecord(null, schema);
        for (Schema.Field field : schema.getFields()) {
            event.put(field.pos(), value(field));
        }
        return event;
    }

    private static Object value(Schema.Field field) {
        return switch (field.schema().getType()) {
            case STRING -> marker(field.name());
            case LONG -> 0L;
            case INT -> 0;
            case DOUBLE -> 0.0;
            case FLOAT -> 0f;
            case BOOLEAN -> false;
            case ARRAY -> List.of();
            default -> null;
        };
    }
}
