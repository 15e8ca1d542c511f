package dev.anabranch.batch.view;

import dev.anabranch.batch.Lakehouse;
import dev.anabranch.batch.RowFiles;
import dev.anabranch.view.Origin;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
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
final class GenerationTable {
    static final TableIdentifier IDENTIFIER = TableIdentifier.of("views", "generations");

    private static final Types.StructType ORIGIN = Types.StructType.of(
            Types.NestedField.required(4, "topic", Types.StringType.get()),
            Types.NestedField.required(5, "partition", Types.IntegerType.get()),
            Types.NestedField.required(6, "offset", Types.LongType.get()));

    static final Schema SCHEMA = new Schema(
            Types.NestedField.required(1, "view", Types.StringType.get()),
            Types.NestedField.required(2, "generation", Types.LongType.get()),
            Types.NestedField.required(3, "cut", Types.ListType.ofRequired(7, ORIGIN)),
            Types.NestedField.required(8, "tiles_from_millis", Types.LongType.get()),
            Types.NestedField.required(9, "fingerprint", Types.StringType.get()),
            Types.NestedField.required(
                    10, "snapshots", Types.MapType.ofRequired(11, 12, Types.StringType.get(), Types.LongType.get())),
            Types.NestedField.required(13, "created_millis", Types.LongType.get()));

    private final Table table;

    GenerationTable(Lakehouse lakehouse) {
        table = lakehouse.table(IDENTIFIER, SCHEMA, PartitionSpec.unpartitioned());
    }

    /** Adds the row of a generation, unless it is there: a run that was stopped before it got here left it out. */
    void record(ViewGeneration generation) {
        if (has(generation)) {
            return;
        }
        GenericRecord row = GenericRecord.create(table.schema());
        row.setField("view", generation.view());
        row.setField("generation", generation.number());
        row.setField("cut", cut(generation));
        row.setField("tiles_from_millis", generation.tilesFromMillis());
        row.setField("fingerprint", generation.fingerprint());
        row.setField("snapshots", generation.snapshots());
        row.setField("created_millis", generation.createdMillis());
        RowFiles files = new RowFiles(table, 0);
        files.write(row);
        AppendFiles append = table.newAppend();
        files.complete().forEach(append::appendFile);
        append.commit();
    }

    private boolean has(ViewGeneration generation) {
        table.refresh();
        try (CloseableIterable<Record> rows = IcebergGenerics.read(table)
                .where(Expressions.and(
                        Expressions.equal("view", generation.view()),
                        Expressions.equal("generation", generation.number())))
                .build()) {
            return rows.iterator().hasNext();
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + IDENTIFIER, e);
        }
    }

    private List<GenericRecord> cut(ViewGeneration generation) {
        Types.StructType origin =
                table.schema().findType("cut").asListType().elementType().asStructType();
        return generation.cut().origins().entrySet().stream()
                .map(entry -> row(origin, entry))
                .toList();
    }

    private static GenericRecord row(Types.StructType type, Map.Entry<Origin, Long> entry) {
        GenericRecord row = GenericRecord.create(type);
        row.setField("topic", entry.getKey().topic());
        row.setField("partition", entry.getKey().partition());
        row.setField("offset", entry.getValue());
        return row;
    }
}
