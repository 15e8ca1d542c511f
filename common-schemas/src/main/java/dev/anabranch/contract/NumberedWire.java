package dev.anabranch.contract;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;
import org.apache.avro.specific.SpecificRecord;

/**
 * Records that are a number and bytes, which is what cells and rows are: the same bytes as {@link Wire}, read and written
 * by hand, because a reading decodes every cell of an entity. What was written with another schema than today's goes through
 * Avro. Thread safe.
 *
 * @param <T> the record
 */
public final class NumberedWire<T extends SpecificRecord> {
    public static final NumberedWire<SpeedCell> SPEED_CELL = new NumberedWire<>(
            SpeedCell.getClassSchema(), Wire.SPEED_CELL, SpeedCell::getLastOffset, SpeedCell::getAggregate);
    public static final NumberedWire<BatchRow> BATCH_ROW =
            new NumberedWire<>(BatchRow.getClassSchema(), Wire.BATCH_ROW, BatchRow::getGeneration, BatchRow::getTiles);

    /** Two marker bytes and the fingerprint of the schema. */
    private static final int HEADER = 10;

    private static final int LONGEST_NUMBER = 10;

    private final String name;
    private final Wire<T> wire;
    private final ToLongFunction<T> number;
    private final Function<T, ByteBuffer> bytes;
    private final byte[] header;

    NumberedWire(Schema schema, Wire<T> wire, ToLongFunction<T> number, Function<T, ByteBuffer> bytes) {
        List<Schema.Type> types =
                schema.getFields().stream().map(f -> f.schema().getType()).toList();
        if (!types.equals(List.of(Schema.Type.LONG, Schema.Type.BYTES))) {
            throw new IllegalArgumentException(
                    "Record " + schema.getName() + " must be a long and bytes to be read by hand, got " + types);
        }
        this.name = schema.getName();
        this.wire = wire;
        this.number = number;
        this.bytes = bytes;
        header = ByteBuffer.allocate(HEADER)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put((byte) 0xC3)
                .put((byte) 0x01)
                .putLong(SchemaNormalization.parsingFingerprint64(schema))
                .array();
    }

    /**
     * What a record holds, where it stands.
     *
     * @param number the number
     * @param array  holds the bytes; not to be written
     * @param from   where they begin
     * @param length how many
     */
    public record Payload(long number, byte[] array, int from, int length) {}

    /** @throws IllegalArgumentException when the bytes are no such record, as {@link Wire#decode} says it */
    public Payload read(byte[] record) {
        if (!hasHeader(record)) {
            T decoded = wire.decode(record);
            byte[] payload = Wire.bytes(bytes.apply(decoded));
            return new Payload(number.applyAsLong(decoded), payload, 0, payload.length);
        }
        int at = HEADER;
        long[] numbers = new long[2];
        for (int i = 0; i < 2; i++) {
            long raw = 0;
            int shift = 0;
            byte next;
            do {
                if (at == record.length || shift == 7 * LONGEST_NUMBER) {
                    throw damaged(at);
                }
                next = record[at++];
                raw |= (long) (next & 0x7F) << shift;
                shift += 7;
            } while (next < 0);
            numbers[i] = (raw >>> 1) ^ -(raw & 1);
        }
        if (numbers[1] < 0 || numbers[1] > record.length - at) {
            throw damaged(at);
        }
        return new Payload(numbers[0], record, at, (int) numbers[1]);
    }

    public byte[] write(long number, byte[] payload) {
        byte[] record = new byte[HEADER + length(number) + length(payload.length) + payload.length];
        System.arraycopy(header, 0, record, 0, HEADER);
        int at = put(payload.length, record, put(number, record, HEADER));
        System.arraycopy(payload, 0, record, at, payload.length);
        return record;
    }

    private boolean hasHeader(byte[] record) {
        return record.length >= HEADER && Arrays.equals(record, 0, HEADER, header, 0, HEADER);
    }

    private IllegalArgumentException damaged(int at) {
        return new IllegalArgumentException("Not a " + name + ": damaged or cut short at byte " + at);
    }

    private static int length(long number) {
        long zigzag = (number << 1) ^ (number >> 63);
        return (70 - Long.numberOfLeadingZeros(zigzag | 1)) / 7;
    }

    private static int put(long number, byte[] record, int from) {
        long rest = (number << 1) ^ (number >> 63);
        int at = from;
        while ((rest & ~0x7FL) != 0) {
            record[at++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        record[at++] = (byte) rest;
        return at;
    }
}
