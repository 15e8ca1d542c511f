package dev.anabranch.batch.view;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import dev.anabranch.batch.BatchSession;
import dev.anabranch.event.EventType;
import dev.anabranch.lakehouse.EventTables;
import dev.anabranch.lakehouse.SnapshotCut;
import dev.anabranch.view.Cut;
import dev.anabranch.view.Origin;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.util.SnapshotUtil;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;

/**
 * The rows of an event table between two cuts.
 *
 * <p>What it costs follows what lies between them, not what lies before: only the files that were appended after the
 * last snapshot that holds nothing past the first cut are read. When that snapshot has been expired, all of the table is
 * looked at, and the bounds in the metadata of its files leave most of them out.
 */
final class ArchiveSlice {
    private final BatchSession session;

    ArchiveSlice(BatchSession session) {
        this.session = session;
    }

    /**
     * @param snapshotId of the event table
     * @param from       the first offsets wanted
     * @param to         the first offsets no longer wanted
     */
    Dataset<Row> read(EventType<?> type, long snapshotId, Cut from, Cut to) {
        Cut first = from.onlyTopics(List.of(type.topic()));
        Table table = session.lakehouse().events(type);
        Dataset<Row> rows = session.events(type, snapshotId);
        if (!first.equals(Cut.NOTHING)) {
            for (Snapshot ancestor : SnapshotUtil.ancestorsOf(snapshotId, table::snapshot)) {
                String cut = ancestor.summary().get(SnapshotCut.PROPERTY);
                if (cut != null && first.covers(SnapshotCut.read(cut))) {
                    rows = ancestor.snapshotId() == snapshotId
                            ? rows.limit(0)
                            : appended(type, ancestor.snapshotId(), snapshotId);
                    break;
                }
            }
        }
        return rows.where(between(type.topic(), first, to));
    }

    private Dataset<Row> appended(EventType<?> type, long after, long upTo) {
        return session.spark()
                .read()
                .option("start-snapshot-id", after)
                .option("end-snapshot-id", upTo)
                .table(BatchSession.sqlName(EventTables.identifier(type)));
    }

    private static Column between(String topic, Cut from, Cut to) {
        Column any = lit(false);
        for (Map.Entry<Origin, Long> end : to.origins().entrySet()) {
            Origin origin = end.getKey();
            if (origin.topic().equals(topic) && from.before(origin) < end.getValue()) {
                any = any.or(col(EventTables.KAFKA_PARTITION)
                        .equalTo(origin.partition())
                        .and(col(EventTables.KAFKA_OFFSET).geq(from.before(origin)))
                        .and(col(EventTables.KAFKA_OFFSET).lt(end.getValue())));
            }
        }
        return any;
    }

    /**
     * How many rows there are, and when the last of them happened.
     *
     * @param newestEventMillis the latest event time, in epoch milliseconds; 0 when there is no row
     */
    record Extent(long rows, long newestEventMillis) {
        static Extent of(Dataset<Row> rows) {
            Row extent = rows.agg(
                            functions.count(lit(1)), functions.max(functions.unix_micros(col(EventTables.EVENT_TIME))))
                    .first();
            return new Extent(extent.getLong(0), extent.isNullAt(1) ? 0 : Math.floorDiv(extent.getLong(1), 1_000L));
        }

        Extent plus(Extent other) {
            return new Extent(rows + other.rows, Math.max(newestEventMillis, other.newestEventMillis));
        }
    }
}
