package dev.anabranch.batch.training;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.Decoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;

/**
 * Aggregates as bytes, for as long as they are on their way from one step to the next. Its buffers are used again and
 * again; for one thread.
 */
final class Packing {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
    private final BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(bytes, null);
    private BinaryDecoder decoder;

    /** How it is taken out, in the same order. */
    interface Form<T> {
        T read(Decoder in) throws IOException;
    }

    byte[] pack(Gathering.Content content) {
        try {
            bytes.reset();
            content.write(encoder);
            encoder.flush();
            return bytes.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException("Memory does not fail to be written", e);
        }
    }

    /** @throws IllegalArgumentException when the bytes end before the form does */
    <T> T unpack(byte[] packed, Form<T> form) {
        try {
            decoder = DecoderFactory.get().binaryDecoder(packed, decoder);
            return form.read(decoder);
        } catch (IOException e) {
            throw new IllegalArgumentException("Not a packed record: " + e.getMessage(), e);
        }
    }
}
