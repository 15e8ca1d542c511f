package dev.anabranch.serving;

import dev.anabranch.view.Cut;
import dev.anabranch.view.Origin;
import dev.anabranch.view.Reading;
import dev.anabranch.view.View;
import dev.anabranch.view.WindowValues;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;

/**
 * Answers as one replica sends them to another: exact, aggregates as the view's monoid writes them. Never stored, so it
 * has no versions; the fingerprint of the view's declaration stands first and must be the same on both sides.
 */
final class AnswerWire {
    private AnswerWire() {}

    static <A> byte[] write(Answer<A> answer) {
        Reading<A> reading = answer.reading();
        View<A> view = reading.merged().view();
        try {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
            BinaryEncoder out = EncoderFactory.get().directBinaryEncoder(bytes, null);
            out.writeString(view.fingerprint());
            out.writeLong(reading.generation());
            out.writeLong(reading.createdMillis());
            out.writeString(reading.inexact().orElse(""));
            write(reading.cut().origins(), out);
            write(reading.last(), out);
            for (WindowValues<A> part : List.of(reading.batch(), reading.speed())) {
                for (A aggregate : part.values()) {
                    view.monoid().write(aggregate, out);
                }
            }
            out.writeBoolean(answer.seen());
            out.writeLong(answer.freshness().atMillis());
            out.writeLong(answer.freshness().newestArrivalMillis());
            out.writeBoolean(answer.standby());
            out.flush();
            return bytes.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException("Memory does not fail to be written", e);
        }
    }

    /**
     * @throws IllegalArgumentException when the bytes are no answer, or one about another declaration of the view
     */
    static <A> Answer<A> read(View<A> view, String entity, long atMillis, byte[] bytes) {
        try {
            BinaryDecoder in = DecoderFactory.get().binaryDecoder(bytes, null);
            String fingerprint = in.readString();
            if (!fingerprint.equals(view.fingerprint())) {
                throw new IllegalArgumentException("The other replica must run the declaration of " + view
                        + " with fingerprint " + view.fingerprint() + ", got " + fingerprint);
            }
            long generation = in.readLong();
            long createdMillis = in.readLong();
            String inexact = in.readString();
            Cut cut = Cut.of(readOffsets(in));
            SortedMap<Origin, Long> last = readOffsets(in);
            WindowValues<A> batch = readValues(view, atMillis, in);
            WindowValues<A> speed = readValues(view, atMillis, in);
            Reading<A> reading = new Reading<>(
                    entity,
                    batch,
                    speed,
                    batch.plus(speed),
                    generation,
                    cut,
                    createdMillis,
                    last,
                    inexact.isEmpty() ? Optional.empty() : Optional.of(inexact));
            return new Answer<>(
                    reading, in.readBoolean(), new Freshness(in.readLong(), in.readLong()), in.readBoolean());
        } catch (IOException | AvroRuntimeException e) {
            throw new IllegalArgumentException("Not an answer about " + view + ": " + e.getMessage(), e);
        }
    }

    private static void write(Map<Origin, Long> offsets, BinaryEncoder out) throws IOException {
        out.writeInt(offsets.size());
        for (Map.Entry<Origin, Long> each : offsets.entrySet()) {
            out.writeString(each.getKey().topic());
            out.writeInt(each.getKey().partition());
            out.writeLong(each.getValue());
        }
    }

    private static SortedMap<Origin, Long> readOffsets(BinaryDecoder in) throws IOException {
        int size = in.readInt();
        SortedMap<Origin, Long> offsets = new TreeMap<>();
        for (int i = 0; i < size; i++) {
            offsets.put(new Origin(in.readString(), in.readInt()), in.readLong());
        }
        return offsets;
    }

    private static <A> WindowValues<A> readValues(View<A> view, long atMillis, BinaryDecoder in) throws IOException {
        List<A> values = new ArrayList<>(view.windows().size());
        for (int i = 0; i < view.windows().size(); i++) {
            values.add(view.monoid().read(in));
        }
        return new WindowValues<>(view, atMillis, List.copyOf(values));
    }
}
