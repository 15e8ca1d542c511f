package dev.anabranch.local.check;

import dev.anabranch.event.EventType;
import dev.anabranch.lakehouse.ArchivedEvent;
import dev.anabranch.lakehouse.ArchivedRecords;
import dev.anabranch.lakehouse.CatalogConfig;
import dev.anabranch.lakehouse.EventTables;
import dev.anabranch.lakehouse.Lakehouse;
import dev.anabranch.lakehouse.SnapshotCut;
import dev.anabranch.view.Cut;
import dev.anabranch.view.Origin;
import dev.anabranch.view.oracle.NaiveFold;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.apache.avro.specific.SpecificRecord;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.IcebergGenerics;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.io.CloseableIterable;

/** The archive of a running platform, read beside the processes that write it; nothing is created. */
public final class ArchivedLog implements AutoCloseable {
    private static final String TOPIC = "topic";

    private final Lakehouse lakehouse;

    public ArchivedLog(CatalogConfig catalog) {
        lakehouse = Lakehouse.open(catalog);
    }

    /**
     * What a table holds of a topic.
     *
     * @param cut     up to where the topic is archived
     * @param offsets the positions of the rows, by partition
     */
    record Rows(Cut cut, Map<Origin, SeenOffsets> offsets) {
        SeenOffsets of(Origin origin) {
            return offsets.getOrDefault(origin, new SeenOffsets());
        }
    }

    /** Up to where a type is archived. */
    public Cut cut(EventType<?> type) {
        return lakehouse.find(EventTables.identifier(type)).map(SnapshotCut::of).orElse(Cut.NOTHING);
    }

    /** The positions of all rows of a type, and the cut that was committed with the last of them. */
    Rows events(EventType<?> type) {
        Optional<Table> table = lakehouse.find(EventTables.identifier(type));
        if (table.isEmpty() || table.get().currentSnapshot() == null) {
            return new Rows(Cut.NOTHING, Map.of());
        }
        long snapshot = table.get().currentSnapshot().snapshotId();
        Cut cut = SnapshotCut.of(table.get(), table.get().currentSnapshot());
        return new Rows(cut, offsets(table.get(), snapshot, Expressions.alwaysTrue(), type.topic()));
    }

    /** The positions of the dead letters of a type. */
    Rows deadLetters(EventType<?> type) {
        Optional<Table> table = lakehouse.find(EventTables.DEAD_LETTERS);
        if (table.isEmpty() || table.get().currentSnapshot() == null) {
            return new Rows(Cut.NOTHING, Map.of());
        }
        long snapshot = table.get().currentSnapshot().snapshotId();
        Cut cut = SnapshotCut.of(table.get(), table.get().currentSnapshot());
        return new Rows(cut, offsets(table.get(), snapshot, Expressions.equal(TOPIC, type.topic()), type.topic()));
    }

    private static Map<Origin, SeenOffsets> offsets(Table table, long snapshot, Expression where, String topic) {
        Map<Origin, SeenOffsets> seen = new TreeMap<>();
        IcebergGenerics.ScanBuilder scan = IcebergGenerics.read(table)
                .useSnapshot(snapshot)
                .where(where)
                .select(EventTables.KAFKA_PARTITION, EventTables.KAFKA_OFFSET);
        try (CloseableIterable<Record> rows = scan.build()) {
            for (Record row : rows) {
                Origin origin = new Origin(topic, (Integer) row.getField(EventTables.KAFKA_PARTITION));
                seen.computeIfAbsent(origin, o -> new SeenOffsets()).add((Long) row.getField(EventTables.KAFKA_OFFSET));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + table.name() + ": " + e.getMessage(), e);
        }
        return seen;
    }

    /** The events of a type that stand before {@code begin}, each to {@code each}, in no particular order. */
    <E extends SpecificRecord> void before(Cut begin, EventType<E> type, Consumer<NaiveFold.Entry> each) {
        Optional<Expression> where = before(begin.onlyTopics(List.of(type.topic())));
        Optional<Table> table = lakehouse.find(EventTables.identifier(type));
        if (where.isEmpty() || table.isEmpty()) {
            return;
        }
        try (CloseableIterable<ArchivedEvent<E>> rows = ArchivedRecords.of(type).read(table.get(), where.get())) {
            rows.forEach(row -> each.accept(new NaiveFold.Entry(row.position(), row.arrivalMillis(), row.event())));
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + table.get().name() + ": " + e.getMessage(), e);
        }
    }

    private static Optional<Expression> before(Cut begin) {
        return begin.origins().entrySet().stream()
                .map(one -> (Expression) Expressions.and(
                        Expressions.equal(
                                EventTables.KAFKA_PARTITION, one.getKey().partition()),
                        Expressions.lessThan(EventTables.KAFKA_OFFSET, one.getValue())))
                .reduce(Expressions::or);
    }

    @Override
    public void close() {
        lakehouse.close();
    }
}
