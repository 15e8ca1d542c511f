package dev.anabranch.lakehouse;

import dev.anabranch.contract.BatchHeader;
import dev.anabranch.contract.OriginOffset;
import dev.anabranch.view.Cut;
import dev.anabranch.view.Origin;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.iceberg.AppendFiles;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.data.GenericRecord;
import org.apache.iceberg.data.IcebergGenerics;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.types.Types;

/** {@code views.generations}: every generation there ever was, one row each, for whoever asks later. */
public final class GenerationTable {
    public static final TableIdentifier IDENTIFIER = TableIdentifier.of("views", "generations");

    private static final Types.StructType ORIGIN = Types.StructType.of(
            Types.NestedField.required(4, "topic", Types.StringType.get()),
            Types.NestedField.required(5, "partition", Types.IntegerType.get()),
            Types.NestedField.required(6, "offset", Types.LongType.get()));

    private static final Schema SCHEMA = new Schema(
            Types.NestedField.required(1, "view", Types.StringType.get()),
            Types.NestedField.required(2, "generation", Types.LongType.get()),
            Types.NestedField.required(3, "cut", Types.ListType.ofRequired(7, ORIGIN)),
            Types.NestedField.required(8, "tiles_from_millis", Types.LongType.get()),
            Types.NestedField.required(9, "fingerprint", Types.StringType.get()),
            Types.NestedField.required(
                    10, "snapshots", Types.MapType.ofRequired(11, 12, Types.StringType.get(), Types.LongType.get())),
            Types.NestedField.required(13, "created_millis", Types.LongType.get()));

    private final Lakehouse lakehouse;

    public GenerationTable(Lakehouse lakehouse) {
        this.lakehouse = lakehouse;
    }

    /**
     * Adds the row of a generation, unless it is there: a run that was stopped before it got here left it out.
     *
     * @param snapshots the archive snapshots it was computed from, by table
     */
    public void record(BatchHeader generation, Map<String, Long> snapshots) {
        Table table = lakehouse.table(IDENTIFIER, SCHEMA, PartitionSpec.unpartitioned());
        if (cuts(generation.getView()).containsKey(generation.getGeneration())) {
            return;
        }
        GenericRecord row = GenericRecord.create(table.schema());
        row.setField("view", generation.getView());
        row.setField("generation", generation.getGeneration());
        row.setField("cut", cut(table, generation));
        row.setField("tiles_from_millis", generation.getTilesFromMillis());
        row.setField("fingerprint", generation.getFingerprint());
        row.setField("snapshots", snapshots);
        row.setField("created_millis", generation.getCreatedMillis());
        RowFiles files = new RowFiles(table, 0);
        files.write(row);
        AppendFiles append = table.newAppend();
        files.complete().forEach(append::appendFile);
        append.commit();
    }

    /** The cut of each generation of a view, by its number; none when there is no generation yet. */
    public Map<Long, Cut> cuts(String view) {
        Map<Long, Cut> cuts = new HashMap<>();
        Optional<Table> table = lakehouse.find(IDENTIFIER);
        if (table.isEmpty()) {
            return cuts;
        }
        try (CloseableIterable<Record> rows = IcebergGenerics.read(table.get())
                .where(Expressions.equal("view", view))
                .select("generation", "cut")
                .build()) {
            for (Record row : rows) {
                cuts.put((Long) row.getField("generation"), cut((List<?>) row.getField("cut")));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + IDENTIFIER, e);
        }
        return cuts;
    }

    private static Cut cut(List<?> origins) {
        Map<Origin, Long> before = new HashMap<>();
        for (Object element : origins) {
            Record row = (Record) element;
            Origin origin = new Origin((String) row.getField("topic"), (Integer) row.getField("partition"));
            before.put(origin, (Long) row.getField("offset"));
        }
        return Cut.of(before);
    }

    private static List<GenericRecord> cut(Table table, BatchHeader generation) {
        Types.StructType type =
                table.schema().findType("cut").asListType().elementType().asStructType();
        List<GenericRecord> rows = new ArrayList<>();
        for (OriginOffset offset : generation.getCut()) {
            GenericRecord row = GenericRecord.create(type);
            row.setField("topic", offset.getTopic());
            row.setField("partition", offset.getPartition());
            row.setField("offset", offset.getOffset());
            rows.add(row);
        }
        return rows;
    }
}
