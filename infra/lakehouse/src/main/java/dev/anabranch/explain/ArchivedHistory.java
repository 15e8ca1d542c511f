package dev.anabranch.explain;

import dev.anabranch.event.EventType;
import dev.anabranch.lakehouse.ArchivedEvent;
import dev.anabranch.lakehouse.ArchivedRecords;
import dev.anabranch.lakehouse.EventTables;
import dev.anabranch.lakehouse.Lakehouse;
import dev.anabranch.view.Source;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Collection;
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
    void tell(Collection<? extends Interested> asked) {
        Map<String, EventType<?>> types = new LinkedHashMap<>();
        for (Interested each : asked) {
            for (Source<?, ?> source : each.view().sources()) {
                types.putIfAbsent(source.type().topic(), source.type());
            }
        }
        types.values().forEach(type -> tell(type, asked));
    }

    private <E extends SpecificRecord> void tell(EventType<E> type, Collection<? extends Interested> asked) {
        Optional<Table> table = lakehouse.find(EventTables.identifier(type));
        List<? extends Interested> concerned = asked.stream()
                .filter(each -> each.view().topics().contains(type.topic()))
                .toList();
        if (table.isEmpty() || concerned.isEmpty()) {
            return;
        }
        Expression filter =
                concerned.stream().map(each -> each.rows(type)).reduce(Expressions.alwaysFalse(), Expressions::or);
        try (CloseableIterable<ArchivedEvent<E>> events =
                ArchivedRecords.of(type).read(table.get(), filter)) {
            for (ArchivedEvent<E> event : events) {
                concerned.forEach(each -> each.take(type, event));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + EventTables.identifier(type), e);
        }
    }
}
