package dev.anabranch.view;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.aggregate.ByKey;
import dev.anabranch.aggregate.Count;
import dev.anabranch.fraud.CustomerActivity;
import dev.anabranch.fraud.FraudEvents;
import dev.anabranch.fraud.Transaction;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Random;
import java.util.TreeMap;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.DecoderFactory;

/** Long rows, read by their sums, against the same tiles added one by one. */
class TileSumsTest {
    private static final View<CustomerActivity> VIEW = ViewFixture.MIXED;

    @Property(tries = 500)
    void aReadingIsThatOfTheTilesOneByOne(@ForAll long seed, @ForAll @IntRange(min = 1, max = 6_000) int count) {
        Random random = new Random(seed);
        Tiles<CustomerActivity> tiles = tiles(VIEW, random, count, 1 + random.nextInt(4_000));
        byte[] bytes = tiles.toBytes();
        for (int i = 0; i < 20; i++) {
            long at = random.nextInt(6_000) - 500;
            assertThat(read(VIEW, bytes, at)).isEqualTo(oneByOne(tiles, at));
        }
        assertThat(Tiles.fromBytes(VIEW, bytes)).isEqualTo(tiles);
    }

    @Property(tries = 200)
    void edgesOnTheFirstAndLastTileOfAStretchAreRespected(@ForAll @IntRange(min = 60, max = 700) int count) {
        TreeMap<Long, CustomerActivity> byStart = new TreeMap<>();
        for (long start = 0; start < count; start++) {
            byStart.put(start, new CustomerActivity(1, start));
        }
        Window window = Window.last(Duration.ofMillis(48));
        View<CustomerActivity> view = ViewFixture.view(window);
        byte[] bytes = Tiles.of(view, byStart).toBytes();
        for (long at = 0; at < count + 60; at++) {
            long from = Math.max(0, at - 48);
            long to = Math.min(count, at);
            long payments = Math.max(0, to - from);
            assertThat(read(view, bytes, at).get(0).payments()).isEqualTo(payments);
        }
    }

    @Example
    void whoKnowsNothingOfSumsReadsTheTilesAndStops() throws IOException {
        Tiles<CustomerActivity> tiles = tiles(VIEW, new Random(1), 1_000, 1_000_000);
        BinaryDecoder in = DecoderFactory.get().binaryDecoder(tiles.toBytes(), null);
        assertThat(in.readInt()).isEqualTo(tiles.size());
        long start = 0;
        for (int i = 0; i < tiles.size(); i++) {
            start += in.readLong();
            assertThat(start).isEqualTo(tiles.starts().get(i));
            assertThat(VIEW.monoid().read(in)).isEqualTo(tiles.aggregates().get(i));
        }
    }

    @Example
    void shortRowsHaveNoSumsAndLongOnesAreAQuarterLongerAtMost() throws IOException {
        byte[] shortest =
                tiles(VIEW, new Random(2), TileSums.LEAST_TILES - 1, 1_000_000).toBytes();
        assertThat(TileSums.areIn(shortest, 0, shortest.length)).isFalse();
        for (int count : new int[] {TileSums.LEAST_TILES, 1_000, 20_000}) {
            byte[] row = tiles(VIEW, new Random(2), count, Integer.MAX_VALUE).toBytes();
            assertThat(TileSums.areIn(row, 0, row.length)).isTrue();
            assertThat(row.length - plainLength(row)).isLessThanOrEqualTo(plainLength(row) / 4 + 20);
        }
    }

    @Example
    void whereSumsWouldBeAsLongAsTheTilesThereAreNone() {
        View<ByKey<Count>> view = View.named("test.items", ByKey.of(Count.MONOID))
                .from(Source.of(FraudEvents.TRANSACTION)
                        .by(Transaction::getCustomerId)
                        .as(payment -> ByKey.one(payment.getTerminalId(), Count.ONE)))
                .over(Window.last(Duration.ofMillis(100)))
                .declare();
        TreeMap<Long, ByKey<Count>> byStart = new TreeMap<>();
        for (long start = 0; start < 1_000; start++) {
            byStart.put(start, ByKey.one("terminal-" + start, Count.ONE));
        }
        byte[] bytes = Tiles.of(view, byStart).toBytes();
        assertThat(TileSums.areIn(bytes, 0, bytes.length)).isFalse();
        assertThat(read(view, bytes, 500).get(0).size()).isEqualTo(100);
    }

    @Example
    void whereTheSumOfATimeThatNobodyAsksAboutDoesNotFitThereAreNone() {
        TreeMap<Long, CustomerActivity> byStart = new TreeMap<>();
        for (long start = 0; start < 1_000; start++) {
            byStart.put(start * 1_000, new CustomerActivity(1, Long.MAX_VALUE / 2));
        }
        byte[] bytes = Tiles.of(VIEW, byStart).toBytes();
        assertThat(TileSums.areIn(bytes, 0, bytes.length)).isFalse();
        assertThat(read(VIEW, bytes, 500_001).get(0)).isEqualTo(new CustomerActivity(1, Long.MAX_VALUE / 2));
    }

    @Property(tries = 300)
    void damagedBytesAreRefusedOrReadButNeverSomethingElse(@ForAll long seed) {
        Random random = new Random(seed);
        byte[] bytes = tiles(VIEW, random, 64 + random.nextInt(500), 1_000_000).toBytes();
        byte[] damaged = bytes.clone();
        int tail = 1 + random.nextInt(40);
        for (int i = 0; i < 4; i++) {
            damaged[bytes.length - 1 - random.nextInt(tail)] = (byte) random.nextInt(256);
        }
        try {
            read(VIEW, damaged, random.nextInt(1_000_000));
        } catch (IllegalArgumentException e) {
            assertThat(e).hasMessageStartingWith("Not the tiles of test.customer: ");
        }
    }

    @Example
    void sumsThatAreNotWhereTheRowSaysAreRefused() {
        byte[] bytes = tiles(VIEW, new Random(3), 100, 1_000_000).toBytes();
        ByteBuffer.wrap(bytes).putInt(bytes.length - 20, bytes.length + 7);
        assertThatThrownBy(() -> read(VIEW, bytes, 1_000))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("A node must begin between 5 and ");
    }

    /** Of a row with sums: where its tiles end. */
    private static int plainLength(byte[] row) throws IOException {
        BinaryDecoder in = DecoderFactory.get().binaryDecoder(row, null);
        for (int left = in.readInt(); left > 0; left--) {
            in.readLong();
            VIEW.monoid().read(in);
        }
        return row.length - in.inputStream().available();
    }

    private static Tiles<CustomerActivity> tiles(View<CustomerActivity> view, Random random, int count, int span) {
        TreeMap<Long, CustomerActivity> byStart = new TreeMap<>();
        for (int i = 0; i < count; i++) {
            byStart.put(
                    (long) random.nextInt(span), new CustomerActivity(1 + random.nextInt(3), random.nextInt(9_999)));
        }
        return Tiles.of(view, byStart);
    }

    private static <A> WindowValues<A> read(View<A> view, byte[] bytes, long at) {
        byte[] among = new byte[bytes.length + 20];
        System.arraycopy(bytes, 0, among, 7, bytes.length);
        WindowValues.Fold<A> fold = new WindowValues.Fold<>(view, at);
        Tiles.addTo(fold, view, among, 7, bytes.length);
        return fold.values();
    }

    private static <A> WindowValues<A> oneByOne(Tiles<A> tiles, long at) {
        WindowValues.Fold<A> fold = new WindowValues.Fold<>(tiles.view(), at);
        for (int i = 0; i < tiles.size(); i++) {
            fold.add(tiles.starts().get(i), tiles.aggregates().get(i));
        }
        return fold.values();
    }
}
