package dev.anabranch.lakehouse;

import dev.anabranch.contract.Prediction;
import dev.anabranch.event.EventType;
import java.util.ArrayList;
import java.util.List;
import org.apache.iceberg.Schema;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.types.TypeUtil;
import org.apache.iceberg.types.Types;

/**
 * What the tables of archived records look like: the fields of the Avro record under their own names, then when it
 * happened, then where it stood in the log and when it got there.
 */
public final class EventTables {
    /** When it happened, as a timestamp; the tables are partitioned by its day. */
    public static final String EVENT_TIME = "event_time";
    /** The partition of its topic. */
    public static final String KAFKA_PARTITION = "kafka_partition";
    /** The offset in its partition. */
    public static final String KAFKA_OFFSET = "kafka_offset";
    /** When the broker appended it, in epoch milliseconds. */
    public static final String ARRIVAL_MILLIS = "arrival_millis";

    /** The records of event topics that are no events. */
    public static final TableIdentifier DEAD_LETTERS = TableIdentifier.of("dead_letters", "records");

    private EventTables() {}

    /** {@code events.<type>}, with {@code _} for {@code -}. */
    public static TableIdentifier identifier(EventType<?> type) {
        return TableIdentifier.of("events", sqlName(type.name()));
    }

    /** {@code predictions.<use case>}, with {@code _} for {@code -}. */
    public static TableIdentifier predictionsIdentifier(String useCase) {
        return TableIdentifier.of("predictions", sqlName(useCase));
    }

    public static Schema schema(EventType<?> type) {
        return archived(type.schema());
    }

    public static Schema predictionsSchema() {
        return archived(Prediction.getClassSchema());
    }

    /** A name of ours as a name SQL takes without quotes. */
    public static String sqlName(String name) {
        return name.replace('-', '_').replace('.', '_');
    }

    private static Schema archived(org.apache.avro.Schema record) {
        AvroTypes types = new AvroTypes();
        List<Types.NestedField> columns = new ArrayList<>(types.fields(record));
        columns.add(types.required(EVENT_TIME, Types.TimestampType.withZone(), "When it happened."));
        columns.add(types.required(KAFKA_PARTITION, Types.IntegerType.get(), "The partition of its topic."));
        columns.add(types.required(KAFKA_OFFSET, Types.LongType.get(), "The offset in its partition."));
        columns.add(types.required(
                ARRIVAL_MILLIS, Types.LongType.get(), "When the broker appended it, in epoch milliseconds."));
        return TypeUtil.assignIncreasingFreshIds(new Schema(columns));
    }
}
