package dev.anabranch.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.Decoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.Encoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.util.Utf8;

class ArrayDecoderTest {
    /** What an encoder can write, each with values at the borders of its lengths. */
    private enum Kind {
        BOOLEAN,
        INT,
        LONG,
        FLOAT,
        DOUBLE,
        STRING,
        UTF8,
        BYTES,
        FIXED,
        ENUM,
        INDEX,
        ARRAY,
        MAP;

        void write(Random random, Encoder out) throws IOException {
            switch (this) {
                case BOOLEAN -> out.writeBoolean(random.nextBoolean());
                case INT -> out.writeInt(random.nextInt() >> random.nextInt(32));
                case LONG -> out.writeLong(random.nextLong() >> random.nextInt(64));
                case FLOAT -> out.writeFloat(Float.intBitsToFloat(random.nextInt()));
                case DOUBLE -> out.writeDouble(Double.longBitsToDouble(random.nextLong()));
                case STRING, UTF8 -> out.writeString("Größe 𝄞".substring(0, random.nextInt(6)));
                case BYTES -> out.writeBytes(bytes(random));
                case FIXED -> out.writeFixed(new byte[] {1, 2, (byte) random.nextInt()}, 0, 3);
                case ENUM -> out.writeEnum(random.nextInt(100));
                case INDEX -> out.writeIndex(random.nextInt(2));
                case ARRAY -> {
                    out.writeArrayStart();
                    writeItems(random, out);
                    out.writeArrayEnd();
                }
                case MAP -> {
                    out.writeMapStart();
                    writeItems(random, out);
                    out.writeMapEnd();
                }
            }
        }

        private static byte[] bytes(Random random) {
            byte[] bytes = new byte[random.nextInt(100)];
            random.nextBytes(bytes);
            return bytes;
        }

        private static void writeItems(Random random, Encoder out) throws IOException {
            int items = random.nextInt(4);
            out.setItemCount(items);
            for (int i = 0; i < items; i++) {
                out.startItem();
                out.writeLong(i);
            }
        }

        Object read(Decoder in) throws IOException {
            return switch (this) {
                case BOOLEAN -> in.readBoolean();
                case INT -> in.readInt();
                case LONG -> in.readLong();
                case FLOAT -> Float.floatToRawIntBits(in.readFloat());
                case DOUBLE -> Double.doubleToRawLongBits(in.readDouble());
                case STRING -> in.readString();
                case UTF8 -> in.readString(new Utf8());
                case BYTES -> in.readBytes(ByteBuffer.allocate(3));
                case FIXED -> {
                    byte[] three = new byte[3];
                    in.readFixed(three);
                    yield HexFormat.of().formatHex(three);
                }
                case ENUM -> in.readEnum();
                case INDEX -> in.readIndex();
                case ARRAY -> {
                    List<Long> items = new ArrayList<>();
                    for (long left = in.readArrayStart(); left > 0; left = in.arrayNext()) {
                        readItems(in, left, items);
                    }
                    yield items;
                }
                case MAP -> {
                    List<Long> items = new ArrayList<>();
                    for (long left = in.readMapStart(); left > 0; left = in.mapNext()) {
                        readItems(in, left, items);
                    }
                    yield items;
                }
            };
        }

        private static void readItems(Decoder in, long count, List<Long> items) throws IOException {
            for (long i = 0; i < count; i++) {
                items.add(in.readLong());
            }
        }

        void skip(Decoder in) throws IOException {
            switch (this) {
                case STRING, UTF8 -> in.skipString();
                case BYTES -> in.skipBytes();
                case FIXED -> in.skipFixed(3);
                case ARRAY -> {
                    for (long left = in.skipArray(); left > 0; left = in.skipArray()) {
                        readItems(in, left, new ArrayList<>());
                    }
                }
                case MAP -> {
                    for (long left = in.skipMap(); left > 0; left = in.skipMap()) {
                        readItems(in, left, new ArrayList<>());
                    }
                }
                default -> read(in);
            }
        }
    }

    @Property
    void readsAndSkipsWhatAvroWroteAsAvroDoes(@ForAll long seed) throws IOException {
        Random random = new Random(seed);
        List<Kind> kinds = new ArrayList<>();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.write(7); // what stands before and after is not its business
        // One of the two writes arrays and maps in blocks that say how many bytes they have.
        BinaryEncoder out = random.nextBoolean()
                ? EncoderFactory.get().binaryEncoder(bytes, null)
                : new EncoderFactory().configureBlockSize(64).blockingBinaryEncoder(bytes, null);
        for (int i = random.nextInt(20); i >= 0; i--) {
            Kind kind = Kind.values()[random.nextInt(Kind.values().length)];
            kinds.add(kind);
            kind.write(random, out);
        }
        out.flush();
        int length = bytes.size() - 1;
        bytes.write(7);
        Decoder theirs = DecoderFactory.get().binaryDecoder(bytes.toByteArray(), 1, length, null);
        ArrayDecoder ours = new ArrayDecoder().show(bytes.toByteArray(), 1, length);
        for (Kind kind : kinds) {
            assertThat(ours.isAtEnd()).isFalse();
            if (random.nextInt(4) == 0) {
                kind.skip(theirs);
                kind.skip(ours);
            } else {
                assertThat(kind.read(ours)).isEqualTo(kind.read(theirs));
            }
        }
        assertThat(ours.isAtEnd()).isTrue();
        assertThatThrownBy(ours::readBoolean).isInstanceOf(EOFException.class);
    }

    @Property
    void whatIsCutShortIsRefused(@ForAll long seed) throws IOException {
        Random random = new Random(seed);
        Kind kind = Kind.values()[random.nextInt(Kind.values().length)];
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        BinaryEncoder out = EncoderFactory.get().binaryEncoder(bytes, null);
        kind.write(random, out);
        out.flush();
        Decoder in = new ArrayDecoder().show(bytes.toByteArray(), 0, random.nextInt(bytes.size()));
        assertThatThrownBy(() -> kind.read(in)).isInstanceOf(EOFException.class);
    }

    @Example
    void moreItemsThanThereAreBytesAreRefused() {
        assertThatThrownBy(() ->
                        new ArrayDecoder().show(new byte[] {6, 0, 0}, 0, 3).readArrayStart())
                .hasMessage("Must have 3 bytes at byte 1, got 2");
        byte[] least = HexFormat.of().parseHex("ffffffffffffffffff01" + "00"); // -2^63 items in 0 bytes
        assertThatThrownBy(() -> new ArrayDecoder().show(least, 0, 11).readMapStart())
                .isInstanceOf(EOFException.class);
    }

    @Example
    void damagedNumbersAndLengthsAreRefused() {
        byte[] endless = HexFormat.of().parseHex("ff".repeat(11));
        assertThatThrownBy(() -> new ArrayDecoder().show(endless, 0, 11).readInt())
                .hasMessage("A number must have at most 5 bytes, got more before byte 5");
        assertThatThrownBy(() -> new ArrayDecoder().show(endless, 0, 11).readLong())
                .hasMessage("A number must have at most 10 bytes, got more before byte 10");
        assertThatThrownBy(
                        () -> new ArrayDecoder().show(new byte[] {1, 0}, 0, 2).readString()) // a length of -1
                .hasMessage("Must have -1 bytes at byte 1, got 1");
        assertThatThrownBy(
                        () -> new ArrayDecoder().show(new byte[] {8, 'a'}, 0, 2).readBytes(null))
                .hasMessage("Must have 4 bytes at byte 1, got 1");
    }
}
