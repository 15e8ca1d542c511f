package dev.anabranch.contract;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.apache.avro.io.Decoder;
import org.apache.avro.util.Utf8;

/**
 * Reads Avro's binary encoding where it stands in an array, to the same values as Avro's own decoder. That one sets up a
 * source and a buffer for whatever it reads, and copies what is shorter than 16 bytes, which cells are: more work than
 * to read them. Used by one thread.
 *
 * <p>Every item of an array or a map takes a byte or more. A count of more items than there are bytes is damage, and nobody
 * makes room for them.
 */
public final class ArrayDecoder extends Decoder {
    private static final int LONGEST_INT = 5;
    private static final int LONGEST_LONG = 10;

    private byte[] bytes;
    private int at;
    private int end;

    /** Goes on with the bytes {@code [from, from + length)} of another array. */
    public ArrayDecoder show(byte[] array, int from, int length) {
        bytes = array;
        at = from;
        end = from + length;
        return this;
    }

    /** Whether all of them are read. */
    public boolean isAtEnd() {
        return at == end;
    }

    @Override
    public void readNull() {
        // takes no bytes
    }

    @Override
    public boolean readBoolean() throws IOException {
        return bytes[take(1)] == 1;
    }

    @Override
    public int readInt() throws IOException {
        int value = (int) varint(LONGEST_INT);
        return (value >>> 1) ^ -(value & 1);
    }

    @Override
    public long readLong() throws IOException {
        long value = varint(LONGEST_LONG);
        return (value >>> 1) ^ -(value & 1);
    }

    private long varint(int longest) throws IOException {
        long value = 0;
        for (int i = 0; i < longest; i++) {
            if (at == end) {
                throw cutShort(1);
            }
            byte next = bytes[at++];
            value |= (next & 0x7FL) << 7 * i;
            if (next >= 0) {
                return value;
            }
        }
        throw new IOException("A number must have at most " + longest + " bytes, got more before byte " + at);
    }

    @Override
    public float readFloat() throws IOException {
        return little(Float.BYTES).getFloat();
    }

    @Override
    public double readDouble() throws IOException {
        return little(Double.BYTES).getDouble();
    }

    private ByteBuffer little(int length) throws IOException {
        return ByteBuffer.wrap(bytes, take(length), length).order(ByteOrder.LITTLE_ENDIAN);
    }

    @Override
    public Utf8 readString(Utf8 old) throws IOException {
        return new Utf8(readString());
    }

    @Override
    public String readString() throws IOException {
        int length = readLength();
        return new String(bytes, take(length), length, StandardCharsets.UTF_8);
    }

    @Override
    public void skipString() throws IOException {
        skipBytes();
    }

    @Override
    public ByteBuffer readBytes(ByteBuffer old) throws IOException {
        byte[] own = new byte[readLength()];
        readFixed(own, 0, own.length);
        return ByteBuffer.wrap(own);
    }

    @Override
    public void skipBytes() throws IOException {
        take(readLength());
    }

    @Override
    public void readFixed(byte[] into, int start, int length) throws IOException {
        System.arraycopy(bytes, take(length), into, start, length);
    }

    @Override
    public void skipFixed(int length) throws IOException {
        take(length);
    }

    @Override
    public int readEnum() throws IOException {
        return readInt();
    }

    @Override
    public int readIndex() throws IOException {
        return readInt();
    }

    @Override
    public long readArrayStart() throws IOException {
        return itemsOfBlock();
    }

    @Override
    public long arrayNext() throws IOException {
        return itemsOfBlock();
    }

    @Override
    public long skipArray() throws IOException {
        return skippedBlocks();
    }

    @Override
    public long readMapStart() throws IOException {
        return itemsOfBlock();
    }

    @Override
    public long mapNext() throws IOException {
        return itemsOfBlock();
    }

    @Override
    public long skipMap() throws IOException {
        return skippedBlocks();
    }

    /** A block begins with the number of its items; where that is negative, with the number of its bytes after it. */
    private long itemsOfBlock() throws IOException {
        long items = readLong();
        if (items < 0) {
            readLong();
            items = -items; // the least of all stays below 0
        }
        if (items < 0 || items > end - at) {
            throw cutShort(items);
        }
        return items;
    }

    /** Skips blocks that say how long they are; the items of one that does not, the caller has to skip. */
    private long skippedBlocks() throws IOException {
        long items = readLong();
        while (items < 0) {
            take(readLength());
            items = readLong();
        }
        return items;
    }

    private int readLength() throws IOException {
        long length = readLong();
        if (length < 0 || length > end - at) {
            throw cutShort(length);
        }
        return (int) length;
    }

    /** Where the next {@code length} bytes begin, which count as read from now on. */
    private int take(int length) throws IOException {
        if (length > end - at) {
            throw cutShort(length);
        }
        at += length;
        return at - length;
    }

    private EOFException cutShort(long wanted) {
        return new EOFException("Must have " + wanted + " bytes at byte " + at + ", got " + (end - at));
    }
}
