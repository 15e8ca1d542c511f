package dev.anabranch.batch.archive;

import dev.anabranch.lakehouse.CutTable;
import dev.anabranch.lakehouse.EventTables;
import dev.anabranch.lakehouse.Lakehouse;
import dev.anabranch.lakehouse.RowFiles;
import dev.anabranch.view.Cut;
import dev.anabranch.view.Origin;
import dev.anabranch.view.Position;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.GenericRecord;
import org.apache.iceberg.types.Types;

/**
 * Records that count as nothing, kept with the reason, once each.
 *
 * <p>The table has a cut of its own, which moves with its rows. An archiver that reads a refused record again, because
 * it stopped between this commit and that of the rows around it, sees there that the record is already kept.
 */
final class DeadLetters {

    static final Schema SCHEMA = new Schema(
            Types.NestedField.required(1, "topic", Types.StringType.get()),
            Types.NestedField.required(2, "kafka_partition", Types.IntegerType.get()),
            Types.NestedField.required(3, "kafka_offset", Types.LongType.get()),
            Types.NestedField.required(4, "arrival_millis", Types.LongType.get()),
            Types.NestedField.optional(5, "record_key", Types.BinaryType.get()),
            Types.NestedField.optional(6, "record_value", Types.BinaryType.get()),
            Types.NestedField.required(7, "reason", Types.StringType.get()));

    /** @param key and {@code value} may be null */
    record Letter(Position position, long arrivalMillis, byte[] key, byte[] value, String reason) {}

    private final CutTable table;

    DeadLetters(Lakehouse lakehouse) {
        table = new CutTable(lakehouse.table(EventTables.DEAD_LETTERS, SCHEMA, PartitionSpec.unpartitioned()));
    }

    /**
     * Keeps those letters that are not kept already.
     *
     * @param letters in the order of their offsets within each origin
     * @return how many were kept now
     */
    int keep(List<Letter> letters) {
        while (!letters.isEmpty()) {
            Cut cut = table.cut();
            List<Letter> fresh = letters.stream()
                    .filter(letter -> !cut.includes(letter.position()))
                    .toList();
            if (fresh.isEmpty()) {
                return 0;
            }
            List<DataFile> files = write(fresh);
            if (table.append(files, cut, ends(fresh))) {
                return fresh.size();
            }
            RowFiles.discard(table.table(), files); // another archiver keeps the same letters: see which are left
        }
        return 0;
    }

    private List<DataFile> write(List<Letter> letters) {
        Table target = table.table();
        RowFiles files = new RowFiles(target, 0);
        GenericRecord row = GenericRecord.create(target.schema());
        for (Letter letter : letters) {
            row.setField("topic", letter.position.origin().topic());
            row.setField("kafka_partition", letter.position.origin().partition());
            row.setField("kafka_offset", letter.position.offset());
            row.setField("arrival_millis", letter.arrivalMillis);
            row.setField("record_key", letter.key == null ? null : ByteBuffer.wrap(letter.key));
            row.setField("record_value", letter.value == null ? null : ByteBuffer.wrap(letter.value));
            row.setField("reason", letter.reason);
            files.write(row);
        }
        return files.complete();
    }

    private static Map<Origin, Long> ends(List<Letter> letters) {
        Map<Origin, Long> ends = new HashMap<>();
        letters.forEach(letter -> ends.merge(letter.position.origin(), letter.position.offset() + 1, Math::max));
        return ends;
    }
}
