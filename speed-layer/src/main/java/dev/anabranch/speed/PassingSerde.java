package dev.anabranch.speed;

import dev.anabranch.contract.OriginOffset;
import dev.anabranch.contract.ViewReading;
import dev.anabranch.contract.Wire;
import dev.anabranch.event.EventType;
import dev.anabranch.view.Origin;
import dev.anabranch.view.Position;
import dev.anabranch.view.View;
import dev.anabranch.view.WindowValues;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serializer;

/** Events in flight as bytes, for the topics they are repartitioned through. */
final class PassingSerde<E extends SpecificRecord> implements Serde<Passing<E>> {
    private static final Wire<RekeyedEvent> WIRE = Wire.of(RekeyedEvent.class);

    private final EventType<E> type;
    private final Wire<E> events;
    private final Map<String, View<?>> views;

    /** @param views those that may be read on the way */
    PassingSerde(EventType<E> type, List<View<?>> views) {
        this.type = type;
        this.events = Wire.of(type.type());
        this.views = views.stream().collect(Collectors.toMap(View::name, Function.identity()));
    }

    @Override
    public Serializer<Passing<E>> serializer() {
        return (topic, passing) -> WIRE.encode(write(passing));
    }

    @Override
    public Deserializer<Passing<E>> deserializer() {
        return (topic, bytes) -> read(WIRE.decode(bytes));
    }

    private RekeyedEvent write(Passing<E> passing) {
        Origin origin = passing.position().origin();
        return new RekeyedEvent(
                origin.topic(),
                origin.partition(),
                passing.position().offset(),
                passing.arrivalMillis(),
                ByteBuffer.wrap(passing.bytes()),
                passing.readings().map(PassingSerde::write).orElse(null));
    }

    private static List<EarlierReading> write(Readings readings) {
        List<EarlierReading> written = new ArrayList<>(readings.each().size());
        for (Readings.Before<?> before : readings.each()) {
            ViewReading evidence = before.evidence();
            List<LastFolded> last = new ArrayList<>(evidence.getLast().size());
            for (OriginOffset o : evidence.getLast()) {
                last.add(new LastFolded(o.getTopic(), o.getPartition(), o.getOffset()));
            }
            written.add(new EarlierReading(
                    evidence.getView(),
                    evidence.getEntity(),
                    evidence.getGeneration(),
                    last,
                    evidence.getExact(),
                    ByteBuffer.wrap(windows(before.values()))));
        }
        return written;
    }

    private Passing<E> read(RekeyedEvent travelled) {
        byte[] bytes = Wire.bytes(travelled.getEvent());
        E event = events.decode(bytes);
        Optional<Readings> readings =
                Optional.ofNullable(travelled.getReadings()).map(each -> read(each, type.eventTimeMillis(event)));
        Position position = Position.of(travelled.getTopic(), travelled.getPartition(), travelled.getOffset());
        return new Passing<>(event, bytes, position, travelled.getArrivalMillis(), readings);
    }

    private Readings read(List<EarlierReading> written, long atMillis) {
        List<Readings.Before<?>> each = new ArrayList<>(written.size());
        for (EarlierReading one : written) {
            View<?> view = views.get(one.getView());
            if (view == null) {
                throw new IllegalArgumentException(
                        "A reading must be of one of " + views.keySet() + ", got " + one.getView());
            }
            List<OriginOffset> last = new ArrayList<>(one.getLast().size());
            for (LastFolded o : one.getLast()) {
                last.add(new OriginOffset(o.getTopic(), o.getPartition(), o.getOffset()));
            }
            each.add(new Readings.Before<>(
                    windows(view, atMillis, Wire.bytes(one.getWindows())),
                    new ViewReading(one.getView(), one.getEntity(), one.getGeneration(), last, one.getExact())));
        }
        return new Readings(each);
    }

    private static <A> byte[] windows(WindowValues<A> values) {
        try {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream(64);
            BinaryEncoder out = EncoderFactory.get().directBinaryEncoder(bytes, null);
            for (A aggregate : values.values()) {
                values.view().monoid().write(aggregate, out);
            }
            out.flush();
            return bytes.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException("Memory does not fail to be written", e);
        }
    }

    private static <A> WindowValues<A> windows(View<A> view, long atMillis, byte[] bytes) {
        try {
            BinaryDecoder in = DecoderFactory.get().binaryDecoder(bytes, null);
            List<A> values = new ArrayList<>(view.windows().size());
            for (int i = 0; i < view.windows().size(); i++) {
                values.add(view.monoid().read(in));
            }
            return new WindowValues<>(view, atMillis, values);
        } catch (IOException e) {
            throw new IllegalArgumentException("Not the windows of " + view + ": " + e.getMessage(), e);
        }
    }
}
