package dev.anabranch.benchmarks.memory;

import dev.anabranch.contract.NumberedWire;
import dev.anabranch.fraud.CustomerActivity;
import dev.anabranch.fraud.FraudEvents;
import dev.anabranch.fraud.FraudViews;
import dev.anabranch.view.Contribution;
import dev.anabranch.view.KeyValues;
import dev.anabranch.view.Origin;
import dev.anabranch.view.Position;
import dev.anabranch.view.SpeedWriter;
import dev.anabranch.view.Tiles;
import dev.anabranch.view.View;
import dev.anabranch.view.ViewKeys;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.BiConsumer;

/**
 * What one topic of the view of customers holds: drawn whenever it is asked for, the same each time, and kept nowhere. Customers
 * come in no order of their names, as they do in a topic.
 *
 * @param part      which topic
 * @param customers how many
 * @param seed      of what is drawn
 */
record ViewContent(Part part, int customers, long seed) {
    private static final View<CustomerActivity> VIEW = FraudViews.CUSTOMER;
    private static final long NOW = 1_700_000_000_000L;
    private static final long DAY = 86_400_000L;
    private static final long PAST = 30 * DAY;
    private static final int PARTITIONS = 4;
    private static final int FEWEST_TILES = 12;
    private static final int MOST_TILES = 36;
    private static final int MOST_CELLS = 3;
    private static final int DEAREST_CENTS = 50_000;
    /** A prime, and larger than any number of customers. */
    private static final long STRIDE = Integer.MAX_VALUE;

    enum Part {
        /** The batch view's: a row for each customer, of 24 tiles in the mean. */
        ROWS,
        /** The speed view's: the cells since the cut, 2 for a customer in the mean. */
        CELLS
    }

    /** All keys with their values. */
    void each(BiConsumer<byte[], byte[]> take) {
        ofEvery(1, take);
    }

    /** Those of every {@code step}th customer. */
    void ofEvery(int step, BiConsumer<byte[], byte[]> take) {
        if (part == Part.ROWS) {
            for (int i = 0; i < customers; i += step) {
                take.accept(ViewKeys.row(name(i)), row(i));
            }
            return;
        }
        SpeedWriter<CustomerActivity> cells = new SpeedWriter<>(VIEW, new Passed(take));
        for (int round = 0; round < MOST_CELLS; round++) {
            for (int i = 0; i < customers; i += step) {
                pay(i, round, cells);
            }
        }
    }

    private String name(int i) {
        return "c-" + i * STRIDE % customers;
    }

    private SplittableRandom random(int i) {
        return new SplittableRandom(seed * STRIDE + i);
    }

    private byte[] row(int i) {
        SplittableRandom random = random(i);
        int tiles = random.nextInt(FEWEST_TILES, MOST_TILES + 1);
        TreeMap<Long, CustomerActivity> byStart = new TreeMap<>();
        while (byStart.size() < tiles) {
            byStart.put(NOW - 1 - random.nextLong(PAST), payment(random));
        }
        return NumberedWire.BATCH_ROW.write(1, Tiles.of(VIEW, byStart).toBytes());
    }

    /** The customer's next payment, if there is one in this round. */
    private void pay(int i, int round, SpeedWriter<CustomerActivity> cells) {
        SplittableRandom random = random(i);
        if (round > random.nextInt(MOST_CELLS)) {
            return;
        }
        for (int before = 0; before < round; before++) {
            random.nextLong();
        }
        long number = (long) round * customers + i;
        Origin origin = new Origin(FraudEvents.TRANSACTION.topic(), (int) (number % PARTITIONS));
        cells.fold(
                new Contribution<>(name(i), NOW + number, payment(random)),
                new Position(origin, (1L << 30) + number / PARTITIONS));
    }

    private static CustomerActivity payment(SplittableRandom random) {
        return new CustomerActivity(1, 1 + random.nextInt(DEAREST_CENTS));
    }

    /** Hands on what is put, and knows of nothing that was put before: no cell here is folded into twice. */
    private record Passed(BiConsumer<byte[], byte[]> take) implements KeyValues.Writable {
        @Override
        public byte[] get(byte[] key) {
            return null;
        }

        @Override
        public void scan(byte[] prefix, BiConsumer<byte[], byte[]> each) {
            // there is nothing
        }

        @Override
        public void put(byte[] key, byte[] value) {
            take.accept(key, value);
        }

        @Override
        public void delete(byte[] key) {
            throw new UnsupportedOperationException("Nothing is taken away here");
        }
    }
}
