package dev.anabranch.fraud;

import dev.anabranch.view.Group;
import dev.anabranch.view.Monoid;
import java.io.IOException;
import java.io.Serializable;
import org.apache.avro.io.Decoder;
import org.apache.avro.io.Encoder;

/**
 * What one customer spent in one window.
 *
 * @param payments   how many
 * @param totalCents their sum, in cents of the card's currency
 */
public record CustomerActivity(long payments, long totalCents) implements Serializable {
    public static final CustomerActivity EMPTY = new CustomerActivity(0, 0);
    public static final Monoid<CustomerActivity> MONOID = new CustomerActivityMonoid();

    public static CustomerActivity of(Transaction transaction) {
        return new CustomerActivity(1, transaction.getAmountCents());
    }

    public CustomerActivity plus(CustomerActivity other) {
        return new CustomerActivity(
                Math.addExact(payments, other.payments),
                Math.addExact(totalCents, other.totalCents)); // overflow fails here, not as a negative feature
    }

    /** The mean payment in cents; 0 when there is none. */
    public double meanCents() {
        return payments == 0 ? 0 : (double) totalCents / payments;
    }

    private static final class CustomerActivityMonoid implements Group<CustomerActivity> {
        @Override
        public CustomerActivity empty() {
            return EMPTY;
        }

        @Override
        public CustomerActivity plus(CustomerActivity left, CustomerActivity right) {
            return left.plus(right);
        }

        @Override
        public CustomerActivity minus(CustomerActivity sum, CustomerActivity part) {
            return new CustomerActivity(
                    Math.subtractExact(sum.payments, part.payments),
                    Math.subtractExact(sum.totalCents, part.totalCents));
        }

        @Override
        public void write(CustomerActivity activity, Encoder out) throws IOException {
            out.writeLong(activity.payments);
            out.writeLong(activity.totalCents);
        }

        @Override
        public CustomerActivity read(Decoder in) throws IOException {
            return new CustomerActivity(in.readLong(), in.readLong());
        }
    }
}
