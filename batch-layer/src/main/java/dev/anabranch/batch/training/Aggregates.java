package dev.anabranch.batch.training;

import dev.anabranch.view.Monoid;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;

/** Aggregates as the bytes their monoid writes, one after the other: how they cross from one step to the next. */
final class Aggregates {
    private Aggregates() {}

    static <A> byte[] write(Monoid<A> monoid, List<A> aggregates) {
        try {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream(8 * aggregates.size());
            BinaryEncoder out = EncoderFactory.get().directBinaryEncoder(bytes, null);
            for (A aggregate : aggregates) {
                monoid.write(aggregate, out);
            }
            out.flush();
            return bytes.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException("Memory does not fail to be written", e);
        }
    }

    /** @throws IllegalArgumentException when the bytes do not hold {@code count} aggregates */
    static <A> List<A> read(Monoid<A> monoid, byte[] bytes, int count) {
        try {
            BinaryDecoder in = DecoderFactory.get().binaryDecoder(bytes, null);
            List<A> aggregates = new ArrayList<>(count);
            for (int i = 0; i < count; i++) {
                aggregates.add(monoid.read(in));
            }
            return aggregates;
        } catch (IOException e) {
            throw new IllegalArgumentException("Not " + count + " aggregates: " + e.getMessage(), e);
        }
    }
}
