package dev.anabranch.view;

import dev.anabranch.contract.NumberedWire;
import java.io.IOException;
import java.util.Arrays;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.DecoderFactory;

/** Reads the cells of one scan, one after another: what neighbours have in common is read once. Used by one thread. */
final class CellReader<A> {
    private final View<A> view;
    private BinaryDecoder decoder;
    private byte[] lastKey = {};
    private CellKey last;

    CellReader(View<A> view) {
        this.view = view;
    }

    /** @throws IllegalArgumentException when key or value are damaged */
    Cell<A> read(byte[] key, byte[] value) {
        return read(key(key), value);
    }

    Cell<A> read(CellKey key, byte[] value) {
        NumberedWire.Payload cell = NumberedWire.SPEED_CELL.read(value);
        try {
            decoder = DecoderFactory.get().binaryDecoder(cell.array(), cell.from(), cell.length(), decoder);
            return new Cell<>(key, cell.number(), view.monoid().read(decoder));
        } catch (IOException e) {
            throw new IllegalArgumentException("Not a cell of " + view + " at " + key + ": " + e.getMessage(), e);
        }
    }

    private CellKey key(byte[] key) {
        int named = key.length - 2 * Long.BYTES; // entity and origin come before block and tile
        if (last != null && key.length == lastKey.length && Arrays.equals(key, 0, named, lastKey, 0, named)) {
            return last.besides(key);
        }
        lastKey = key;
        last = CellKey.fromBytes(key);
        return last;
    }
}
