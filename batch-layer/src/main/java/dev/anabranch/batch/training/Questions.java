package dev.anabranch.batch.training;

import dev.anabranch.view.Known;
import dev.anabranch.view.Position;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * The rows that go from view to view asking what was known at one moment, and gather the answers on their way.
 *
 * <p>First the columns of {@link #ASKED}; then for each view its entity and, where it was recorded, the cut that was
 * known; then for each view that has answered the aggregates of its windows. Columns are read by index: a row is touched
 * several times, and there are millions.
 */
final class Questions {
    static final int ID = 0;
    static final int AT = 1;
    static final int TOPIC = 2;
    static final int PARTITION = 3;
    static final int OFFSET = 4;
    static final int ARRIVAL = 5;
    static final int KEY = 6;
    static final int EVENT = 7;
    static final int TARGET = 8;
    static final int LOGGED = 9;

    /**
     * {@code topic}, {@code kafka_partition}, {@code kafka_offset} and {@code arrival_millis} say what counts as earlier
     * where no cut was recorded; {@code event} is what was asked about, encoded; {@code target} is its label, if any;
     * {@code logged} holds the features that were logged, if any.
     */
    private static final StructType ASKED = new StructType()
            .add("id", DataTypes.StringType, false)
            .add("at_millis", DataTypes.LongType, false)
            .add("topic", DataTypes.StringType, false)
            .add("kafka_partition", DataTypes.IntegerType, false)
            .add("kafka_offset", DataTypes.LongType, false)
            .add("arrival_millis", DataTypes.LongType, false)
            .add("entity_key", DataTypes.StringType, false)
            .add("event", DataTypes.BinaryType, false)
            .add("target", DataTypes.DoubleType, true)
            .add("logged", DataTypes.createArrayType(DataTypes.DoubleType, false), true);

    private Questions() {}

    /** The columns of a question about {@code views} views, the first {@code answered} of which have answered. */
    static StructType schema(int views, int answered) {
        StructType schema = ASKED;
        for (int view = 0; view < views; view++) {
            schema = schema.add(entityName(view), DataTypes.StringType, false)
                    .add("known_" + view, DataTypes.BinaryType, true);
        }
        for (int view = 0; view < answered; view++) {
            schema = schema.add("values_" + view, DataTypes.BinaryType, false);
        }
        return schema;
    }

    static String entityName(int view) {
        return "entity_" + view;
    }

    static int entity(int view) {
        return ASKED.size() + 2 * view;
    }

    static int known(int view) {
        return ASKED.size() + 2 * view + 1;
    }

    static int values(int views, int view) {
        return ASKED.size() + 2 * views + view;
    }

    /** What was known of a view's entity when the question was asked. */
    static Known known(Row question, int view) {
        if (question.isNullAt(known(view))) {
            Position position =
                    Position.of(question.getString(TOPIC), question.getInt(PARTITION), question.getLong(OFFSET));
            return Known.before(position, question.getLong(ARRIVAL));
        }
        return Known.upTo(CutBytes.read(question.getAs(known(view))));
    }

    /** The question with its label and, view by view, the cut that was recorded. */
    static Row found(Row question, double target, List<byte[]> known) {
        Object[] columns = columns(question, question.size());
        columns[TARGET] = target;
        for (int view = 0; view < known.size(); view++) {
            columns[known(view)] = known.get(view);
        }
        return RowFactory.create(columns);
    }

    /** The question with one more answer. */
    static Row answered(Row question, byte[] values) {
        Object[] columns = columns(question, question.size() + 1);
        columns[question.size()] = values;
        return RowFactory.create(columns);
    }

    private static Object[] columns(Row row, int size) {
        Object[] columns = new Object[row.size()];
        for (int i = 0; i < columns.length; i++) {
            columns[i] = row.get(i);
        }
        return Arrays.copyOf(columns, size);
    }
}
