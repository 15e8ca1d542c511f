package dev.anabranch.explain;

import dev.anabranch.event.EventType;
import dev.anabranch.lakehouse.ArchivedEvent;
import dev.anabranch.lakehouse.ArchivedRecords;
import dev.anabranch.lakehouse.EventTables;
import dev.anabranch.lakehouse.Lakehouse;
import dev.anabranch.view.Source;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.avro.specific.SpecificRecord;
import org.apache.iceberg.Table;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.io.CloseableIterable;

/** Reads the events of some entities from the archive: each table once, only days that a window reaches. */
final class ArchivedHistory {
    private final Lakehouse lakehouse;

    ArchivedHistory(Lakehouse lakehouse) {
        this.lakehouse = lakehouse;
    }

    /** Gives each concern the events it is about. */
    void tell(List<Concern<?>> concerns) {
        Map<String, EventType<?>> types = new LinkedHashMap<>();
        for (Concern<?> concern : concerns) {
            for (Source<?, ?> source : concern.view().sources()) {
                types.putIfAbsent(source.type().topic(), source.type());
            }
        }
        types.values().forEach(type -> tell(type, concerns));
    }

    private <E extends SpecificRecord> void tell(EventType<E> type, List<Concern<?>> concerns) {
        Optional<Table> table = lakehouse.find(EventTables.identifier(type));
        List<Concern<?>> concerned = concerns.stream()
                .filter(concern -> concern.view().topics().contains(type.topic()))
                .toList();
        if (table.isEmpty() || concerned.isEmpty()) {
            return;
        }
        try (CloseableIterable<ArchivedEvent<E>> events =
                ArchivedRecords.of(type).read(table.get(), filter(type, concerned))) {
            for (ArchivedEvent<E> event : events) {
                concerned.forEach(concern -> concern.take(type, event));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + EventTables.identifier(type), e);
        }
    }

    /** A source's time is never past the event time, so what happened before the windows is of no interest. */
    private static Expression filter(EventType<?> type, List<Concern<?>> concerns) {
        Expression filter = Expressions.alwaysFalse();
        for (Concern<?> concern : concerns) {
            long earliestMicros = Math.multiplyExact(concern.earliestMillis(), 1_000);
            filter = Expressions.or(
                    filter,
                    Expressions.and(
                            Expressions.greaterThanOrEqual(EventTables.EVENT_TIME, earliestMicros),
                            concern.rows(type)));
        }
        return filter;
    }
}
