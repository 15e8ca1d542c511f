package dev.anabranch.benchmarks.kernels;

import dev.anabranch.contract.BatchFooter;
import dev.anabranch.contract.BatchHeader;
import dev.anabranch.contract.BatchRow;
import dev.anabranch.contract.Wire;
import dev.anabranch.fraud.CustomerActivity;
import dev.anabranch.fraud.FraudEvents;
import dev.anabranch.fraud.FraudViews;
import dev.anabranch.view.Contribution;
import dev.anabranch.view.Cut;
import dev.anabranch.view.Cuts;
import dev.anabranch.view.MemoryKeyValues;
import dev.anabranch.view.Origin;
import dev.anabranch.view.Position;
import dev.anabranch.view.SpeedWriter;
import dev.anabranch.view.Tiles;
import dev.anabranch.view.View;
import dev.anabranch.view.ViewKeys;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;

/** A customer with some past in the batch view and some present in the speed view. */
public final class OneEntity {
    public static final View<CustomerActivity> VIEW = FraudViews.CUSTOMER;
    public static final String NAME = "c-1";
    public static final long NOW = 1_700_000_000_000L;

    private static final long PAST = 25L * 86_400_000L;
    private static final Origin ORIGIN = new Origin(FraudEvents.TRANSACTION.topic(), 0);
    private static final long CUT = 1L << 20;

    private OneEntity() {}

    /** The batch view, with a row of so many tiles. */
    static MemoryKeyValues batch(int tiles) {
        return batch(tiles, PAST);
    }

    /** The same, of tiles that are spread over so long. */
    public static MemoryKeyValues batch(int tiles, long pastMillis) {
        SplittableRandom random = new SplittableRandom(1);
        TreeMap<Long, CustomerActivity> byStart = new TreeMap<>();
        while (byStart.size() < tiles) {
            byStart.put(NOW - 1 - random.nextLong(pastMillis), new CustomerActivity(1, random.nextInt(9_999)));
        }
        Cut cut = Cut.of(Map.of(ORIGIN, CUT));
        MemoryKeyValues batch = new MemoryKeyValues();
        batch.put(
                ViewKeys.header(1),
                Wire.BATCH_HEADER.encode(
                        new BatchHeader(VIEW.name(), 1L, Cuts.write(cut), 0L, VIEW.fingerprint(), NOW - 1)));
        batch.put(ViewKeys.row(NAME), row(Tiles.of(VIEW, byStart)));
        batch.put(ViewKeys.FOOTER, Wire.BATCH_FOOTER.encode(new BatchFooter(1L, Cuts.write(Cut.NOTHING))));
        return batch;
    }

    static byte[] row(Tiles<CustomerActivity> tiles) {
        return Wire.BATCH_ROW.encode(new BatchRow(1L, ByteBuffer.wrap(tiles.toBytes())));
    }

    /** The speed view, with so many cells past the cut. */
    public static MemoryKeyValues speed(int cells) {
        MemoryKeyValues speed = new MemoryKeyValues();
        SpeedWriter<CustomerActivity> writer = new SpeedWriter<>(VIEW, speed);
        SplittableRandom random = new SplittableRandom(2);
        for (int i = 0; i < cells; i++) {
            writer.fold(payment(random), new Position(ORIGIN, CUT + i));
        }
        return speed;
    }

    static Contribution<CustomerActivity> payment(SplittableRandom random) {
        return new Contribution<>(
                NAME, NOW - 1 - random.nextLong(PAST), new CustomerActivity(1, random.nextInt(9_999)));
    }

    static Position position(long number) {
        return new Position(ORIGIN, CUT + number);
    }
}
