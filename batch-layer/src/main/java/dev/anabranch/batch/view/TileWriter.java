package dev.anabranch.batch.view;

import dev.anabranch.lakehouse.RowFiles;
import dev.anabranch.view.View;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.GenericRecord;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Row;

/** Adds up tiles that lie side by side and writes them to files of the view's table, one a day. Commits nothing. */
final class TileWriter<A> implements MapPartitionsFunction<Row, WrittenTiles> {
    private final View<A> view;
    private final Table table;
    private final long generation;

    /** @param table a serializable copy */
    TileWriter(View<A> view, Table table, long generation) {
        this.view = view;
        this.table = table;
        this.generation = generation;
    }

    /** @param sorted by day, entity and start */
    @Override
    public Iterator<WrittenTiles> call(Iterator<Row> sorted) {
        TileTable.Codec<A> codec = new TileTable.Codec<>(view);
        List<DataFile> done = new ArrayList<>();
        int task = TaskContext.getPartitionId();
        RowFiles files = new RowFiles(table, task);
        GenericRecord out = GenericRecord.create(table.schema());
        long tiles = 0;
        Row first = sorted.hasNext() ? sorted.next() : null;
        while (first != null) {
            A sum = null;
            Row next = null;
            while (sorted.hasNext()) {
                next = sorted.next();
                if (!sameTile(first, next)) {
                    break;
                }
                A left = sum == null ? codec.read(first.getAs(3)) : sum;
                sum = view.monoid().plus(left, codec.read(next.getAs(3)));
                next = null;
            }
            files.write(tile(out, first, sum == null ? first.getAs(3) : codec.write(sum)));
            tiles++;
            if (next != null && next.getInt(0) != first.getInt(0)) {
                done.addAll(files.complete()); // a file a day, and never more than one of them open
                files = new RowFiles(table, task);
            }
            first = next;
        }
        done.addAll(files.complete());
        return List.of(new WrittenTiles(done, tiles)).iterator();
    }

    private GenericRecord tile(GenericRecord out, Row row, byte[] aggregate) {
        out.setField(TileTable.ENTITY, row.getString(1));
        out.setField(TileTable.TILE_START, row.getLong(2));
        out.setField(TileTable.AGGREGATE, ByteBuffer.wrap(aggregate));
        out.setField(TileTable.GENERATION, generation);
        out.setField(TileTable.TILE_DAY, row.getInt(0));
        return out;
    }

    private static boolean sameTile(Row one, Row other) {
        return one.getLong(2) == other.getLong(2) && one.getString(1).equals(other.getString(1));
    }
}
