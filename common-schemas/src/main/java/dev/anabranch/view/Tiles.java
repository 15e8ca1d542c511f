package dev.anabranch.view;

import dev.anabranch.contract.ArrayDecoder;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;

/**
 * The tiles of one entity that hold anything, in order of their start.
 *
 * @param view       the view
 * @param starts     epoch milliseconds, rising
 * @param aggregates one for each start
 */
public record Tiles<A>(View<A> view, List<Long> starts, List<A> aggregates) {
    public static <A> Tiles<A> none(View<A> view) {
        return new Tiles<>(view, List.of(), List.of());
    }

    public static <A> Tiles<A> of(View<A> view, SortedMap<Long, A> byStart) {
        return new Tiles<>(view, List.copyOf(byStart.keySet()), List.copyOf(byStart.values()));
    }

    /** Both together; a tile that both have is added up. */
    public Tiles<A> plus(Tiles<A> other) {
        SortedMap<Long, A> sum = new TreeMap<>();
        for (Tiles<A> part : List.of(this, other)) {
            for (int i = 0; i < part.starts.size(); i++) {
                sum.merge(part.starts.get(i), part.aggregates.get(i), view.monoid()::plus);
            }
        }
        return of(view, sum);
    }

    /** Without the tiles that start before {@code millis}. */
    public Tiles<A> from(long millis) {
        SortedMap<Long, A> kept = new TreeMap<>();
        for (int i = 0; i < starts.size(); i++) {
            if (starts.get(i) >= millis) {
                kept.put(starts.get(i), aggregates.get(i));
            }
        }
        return of(view, kept);
    }

    public boolean isEmpty() {
        return starts.isEmpty();
    }

    public int size() {
        return starts.size();
    }

    /** The form a {@code BatchRow} carries; equal tiles give equal bytes. Long rows have {@link TileSums} behind the tiles. */
    public byte[] toBytes() {
        try {
            ByteArrayOutputStream body = new ByteArrayOutputStream();
            BinaryEncoder out = EncoderFactory.get().directBinaryEncoder(body, null);
            int[] ends = new int[starts.size()];
            long previous = 0;
            for (int i = 0; i < ends.length; i++) {
                out.writeLong(starts.get(i) - previous);
                previous = starts.get(i);
                view.monoid().write(aggregates.get(i), out);
                out.flush();
                ends[i] = body.size();
            }
            byte[] withSums = TileSums.behind(this, body.toByteArray(), ends);
            return withSums == null ? counted(body) : withSums;
        } catch (IOException e) {
            throw new UncheckedIOException("Memory does not fail to be written", e);
        }
    }

    private byte[] counted(ByteArrayOutputStream body) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(body.size() + Integer.BYTES);
        BinaryEncoder out = EncoderFactory.get().directBinaryEncoder(bytes, null);
        out.writeInt(starts.size());
        out.flush();
        body.writeTo(bytes);
        return bytes.toByteArray();
    }

    /** @throws IllegalArgumentException when the bytes are not tiles of {@code view} */
    public static <A> Tiles<A> fromBytes(View<A> view, byte[] bytes) {
        return fromBytes(view, bytes, 0, bytes.length);
    }

    static <A> Tiles<A> fromBytes(View<A> view, byte[] bytes, int from, int length) {
        List<Long> starts = new ArrayList<>();
        List<A> aggregates = new ArrayList<>();
        each(view, bytes, from, length, (start, aggregate) -> {
            starts.add(start);
            aggregates.add(aggregate);
        });
        return new Tiles<>(view, starts, aggregates);
    }

    /** Adds the tiles in {@code bytes} to {@code fold}, none of them kept. */
    static <A> void addTo(WindowValues.Fold<A> fold, View<A> view, byte[] bytes, int from, int length) {
        if (!TileSums.areIn(bytes, from, length)) {
            each(view, bytes, from, length, fold::add);
            return;
        }
        try {
            TileSums.addTo(fold, view, bytes, from, length);
        } catch (IOException e) {
            throw notTiles(view, e);
        }
    }

    /** How many tiles there are in {@code bytes}. */
    static int count(byte[] bytes, int from, int length) {
        try {
            return new ArrayDecoder().show(bytes, from, length).readInt();
        } catch (IOException e) {
            throw new IllegalArgumentException("Not tiles: " + e.getMessage(), e);
        }
    }

    private interface Each<A> {
        void take(long start, A aggregate);
    }

    private static <A> void each(View<A> view, byte[] bytes, int from, int length, Each<A> each) {
        try {
            ArrayDecoder in = new ArrayDecoder().show(bytes, from, length);
            Monoid<A> monoid = view.monoid();
            long start = 0;
            for (int left = in.readInt(); left > 0; left--) {
                start += in.readLong();
                each.take(start, monoid.read(in));
            }
        } catch (IOException e) {
            throw notTiles(view, e);
        }
    }

    private static IllegalArgumentException notTiles(View<?> view, IOException e) {
        return new IllegalArgumentException("Not the tiles of " + view + ": " + e.getMessage(), e);
    }

    /** The tiles by start. */
    public Map<Long, A> asMap() {
        Map<Long, A> byStart = new TreeMap<>();
        for (int i = 0; i < starts.size(); i++) {
            byStart.put(starts.get(i), aggregates.get(i));
        }
        return byStart;
    }
}
