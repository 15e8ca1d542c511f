package dev.anabranch.batch.view;

import dev.anabranch.lakehouse.EventTables;
import dev.anabranch.view.View;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.types.Types;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * What the table of a view looks like. Each generation adds what is new as tiles of its own, so the tile of an entity
 * is the sum of its rows; whole days fall away when they are too old.
 */
final class TileTable {
    static final String ENTITY = "entity";
    static final String TILE_START = "tile_start";
    static final String AGGREGATE = "aggregate";
    static final String GENERATION = "generation";
    static final String TILE_DAY = "tile_day";

    static final long DAY_MILLIS = 86_400_000;

    static final Schema SCHEMA = new Schema(
            Types.NestedField.required(1, ENTITY, Types.StringType.get(), "Whom the tile is about."),
            Types.NestedField.required(2, TILE_START, Types.LongType.get(), "Its start, in epoch milliseconds."),
            Types.NestedField.required(3, AGGREGATE, Types.BinaryType.get(), "As the view's monoid writes it."),
            Types.NestedField.required(4, GENERATION, Types.LongType.get(), "The generation that added it."),
            Types.NestedField.required(5, TILE_DAY, Types.DateType.get(), "The UTC day of its start."));

    static final PartitionSpec SPEC =
            PartitionSpec.builderFor(SCHEMA).identity(TILE_DAY).build();

    /** Tiles on their way through Spark. */
    static final StructType ROW = new StructType()
            .add(TILE_DAY, DataTypes.IntegerType, false)
            .add(ENTITY, DataTypes.StringType, false)
            .add(TILE_START, DataTypes.LongType, false)
            .add(AGGREGATE, DataTypes.BinaryType, false);

    private TileTable() {}

    /** {@code views.<use case>_<name>}, with {@code _} for {@code -}. */
    static TableIdentifier identifier(String view) {
        return TableIdentifier.of("views", EventTables.sqlName(view));
    }

    static int day(long tileStart) {
        return Math.toIntExact(Math.floorDiv(tileStart, DAY_MILLIS));
    }

    /** Aggregates as bytes and back. For one thread. */
    static final class Codec<A> implements Serializable {
        private final View<A> view;
        private transient BinaryEncoder encoder;
        private transient BinaryDecoder decoder;

        Codec(View<A> view) {
            this.view = view;
        }

        byte[] write(A aggregate) {
            try {
                ByteArrayOutputStream bytes = new ByteArrayOutputStream(16);
                encoder = EncoderFactory.get().directBinaryEncoder(bytes, encoder);
                view.monoid().write(aggregate, encoder);
                encoder.flush();
                return bytes.toByteArray();
            } catch (IOException e) {
                throw new UncheckedIOException("Memory does not fail to be written", e);
            }
        }

        /** @throws IllegalArgumentException when the bytes are no aggregate of the view */
        A read(byte[] bytes) {
            try {
                decoder = DecoderFactory.get().binaryDecoder(bytes, decoder);
                return view.monoid().read(decoder);
            } catch (IOException e) {
                throw new IllegalArgumentException("Not an aggregate of " + view + ": " + e.getMessage(), e);
            }
        }
    }
}
