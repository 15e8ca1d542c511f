package dev.anabranch.view;

import dev.anabranch.contract.ArrayDecoder;
import dev.anabranch.contract.NumberedWire;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;

/**
 * What one entity did in one tile within one block of offsets of one origin: the unit the speed view is kept in, so
 * that any published cut has each cell wholly on one side.
 *
 * @param key        which
 * @param lastOffset the offset of the last event folded into it
 * @param aggregate  what was folded
 */
public record Cell<A>(CellKey key, long lastOffset, A aggregate) {
    /**
     * This cell with one more event.
     *
     * @throws IllegalStateException when the event does not come after the last one folded: folding it again would
     *     count it twice
     */
    public Cell<A> plus(View<A> view, Position position, A event) {
        if (position.offset() <= lastOffset) {
            throw new IllegalStateException("Cell " + key + " of " + view + " holds events up to offset " + lastOffset
                    + " and must be given later ones, got " + position.offset());
        }
        return new Cell<>(key, position.offset(), view.monoid().plus(aggregate, event));
    }

    /** @throws IllegalArgumentException when {@code value} is damaged */
    static <A> Cell<A> fromBytes(View<A> view, CellKey key, byte[] value) {
        NumberedWire.Payload cell = NumberedWire.SPEED_CELL.read(value);
        try {
            ArrayDecoder in = new ArrayDecoder().show(cell.array(), cell.from(), cell.length());
            return new Cell<>(key, cell.number(), view.monoid().read(in));
        } catch (IOException e) {
            throw new IllegalArgumentException("Not a cell of " + view + " at " + key + ": " + e.getMessage(), e);
        }
    }

    byte[] toBytes(View<A> view) {
        try {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream(24);
            BinaryEncoder out = EncoderFactory.get().directBinaryEncoder(bytes, null);
            view.monoid().write(aggregate, out);
            out.flush();
            return NumberedWire.SPEED_CELL.write(lastOffset, bytes.toByteArray());
        } catch (IOException e) {
            throw new UncheckedIOException("Memory does not fail to be written", e);
        }
    }
}
