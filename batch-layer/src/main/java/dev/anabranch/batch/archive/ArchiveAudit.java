package dev.anabranch.batch.archive;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.anabranch.event.EventType;
import dev.anabranch.lakehouse.EventTables;
import dev.anabranch.lakehouse.Lakehouse;
import dev.anabranch.lakehouse.SnapshotCut;
import dev.anabranch.usecase.UseCase;
import dev.anabranch.view.Cut;
import dev.anabranch.view.Origin;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.Map;
import java.util.TreeMap;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.data.IcebergGenerics;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.io.CloseableIterable;

/**
 * Counts what is archived of a use case's events, reading every row: which positions there are, and whether any of them is
 * there twice. {@code BatchMain audit <use case>} runs it, without Spark.
 */
public final class ArchiveAudit {
    private final Lakehouse lakehouse;

    public ArchiveAudit(Lakehouse lakehouse) {
        this.lakehouse = lakehouse;
    }

    /**
     * What is archived of one partition of a topic.
     *
     * @param cut      the first offset that is not archived
     * @param offsets  the offsets of its rows
     * @param repeated rows whose position another row has, too
     */
    public record Held(long cut, BitSet offsets, long repeated) {}

    /** The events of each partition. A partition of which nothing is archived is absent. */
    public Map<Origin, Held> events(UseCase useCase) {
        Map<Origin, Held> held = new TreeMap<>();
        for (EventType<?> type : useCase.events()) {
            Table table = lakehouse.events(type);
            held.putAll(read(table, Expressions.alwaysTrue(), type.topic()));
        }
        return held;
    }

    /** The dead letters of each partition of the use case's events. */
    public Map<Origin, Held> deadLetters(UseCase useCase) {
        Map<Origin, Held> held = new TreeMap<>();
        TableIdentifier identifier = EventTables.DEAD_LETTERS;
        if (lakehouse.catalog().tableExists(identifier)) {
            Table table = lakehouse.catalog().loadTable(identifier);
            for (EventType<?> type : useCase.events()) {
                held.putAll(read(table, Expressions.equal("topic", type.topic()), type.topic()));
            }
        }
        return held;
    }

    private static Map<Origin, Held> read(Table table, Expression where, String topic) {
        Map<Origin, BitSet> seen = new TreeMap<>();
        Map<Origin, Long> repeated = new TreeMap<>();
        Cut cut = SnapshotCut.of(table);
        cut.origins().keySet().stream()
                .filter(origin -> origin.topic().equals(topic))
                .forEach(origin -> seen.put(origin, new BitSet()));
        try (CloseableIterable<Record> rows =
                IcebergGenerics.read(table).where(where).build()) {
            for (Record row : rows) {
                Origin origin = new Origin(topic, (int) row.getField(EventTables.KAFKA_PARTITION));
                int offset = Math.toIntExact((long) row.getField(EventTables.KAFKA_OFFSET));
                BitSet offsets = seen.computeIfAbsent(origin, o -> new BitSet());
                if (offsets.get(offset)) {
                    repeated.merge(origin, 1L, Long::sum);
                }
                offsets.set(offset);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + table.name(), e);
        }
        Map<Origin, Held> held = new TreeMap<>();
        seen.forEach((origin, offsets) ->
                held.put(origin, new Held(cut.before(origin), offsets, repeated.getOrDefault(origin, 0L))));
        return held;
    }

    /**
     * Writes what is archived as JSON: {@code {"events": {"<topic>-<partition>": {"cut": 7, "repeated": 0, "offsets":
     * [[0, 5], [6, 7]]}}, "dead_letters": {...}}}. Offsets are ranges, their ends not included.
     */
    public void write(UseCase useCase, Path file) {
        ObjectMapper json = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
        ObjectNode report = json.createObjectNode();
        put(report.putObject("events"), events(useCase));
        put(report.putObject("dead_letters"), deadLetters(useCase));
        try {
            json.writeValue(file.toFile(), report);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write " + file, e);
        }
    }

    private static void put(ObjectNode node, Map<Origin, Held> held) {
        held.forEach((origin, of) -> {
            ObjectNode one = node.putObject(origin.toString());
            one.put("cut", of.cut()).put("repeated", of.repeated());
            ArrayNode ranges = one.putArray("offsets");
            BitSet offsets = of.offsets();
            for (int from = offsets.nextSetBit(0); from >= 0; ) {
                int to = offsets.nextClearBit(from);
                ranges.addArray().add(from).add(to);
                from = offsets.nextSetBit(to);
            }
        });
    }
}
