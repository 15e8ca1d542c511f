package dev.anabranch.benchmarks.stream;

import dev.anabranch.fraud.CustomerActivity;
import java.nio.ByteBuffer;

/**
 * What a customer spent in a window, as peers write it: the customer is the record's key.
 *
 * @param endMillis when the window ends
 */
public record WindowSum(long endMillis, long payments, long totalCents) {
    public byte[] toBytes() {
        return ByteBuffer.allocate(3 * Long.BYTES)
                .putLong(endMillis)
                .putLong(payments)
                .putLong(totalCents)
                .array();
    }

    static WindowSum fromBytes(byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        return new WindowSum(in.getLong(), in.getLong(), in.getLong());
    }

    CustomerActivity activity() {
        return new CustomerActivity(payments, totalCents);
    }
}
