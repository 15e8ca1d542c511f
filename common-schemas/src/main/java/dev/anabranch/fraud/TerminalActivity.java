package dev.anabranch.fraud;

import dev.anabranch.view.Group;
import dev.anabranch.view.Monoid;
import java.io.IOException;
import java.io.Serializable;
import org.apache.avro.io.Decoder;
import org.apache.avro.io.Encoder;

/**
 * What one terminal saw in one window.
 *
 * @param payments how many
 * @param frauds   how many of them are known to be fraudulent
 */
public record TerminalActivity(long payments, long frauds) implements Serializable {
    public static final TerminalActivity EMPTY = new TerminalActivity(0, 0);
    public static final TerminalActivity PAYMENT = new TerminalActivity(1, 0);
    public static final TerminalActivity FRAUD = new TerminalActivity(0, 1);
    public static final Monoid<TerminalActivity> MONOID = new TerminalActivityMonoid();

    public TerminalActivity plus(TerminalActivity other) {
        return new TerminalActivity(Math.addExact(payments, other.payments), Math.addExact(frauds, other.frauds));
    }

    /** The share of payments known to be fraudulent; 0 when there is no payment. */
    public double risk() {
        return payments == 0 ? 0 : (double) frauds / payments;
    }

    private static final class TerminalActivityMonoid implements Group<TerminalActivity> {
        @Override
        public TerminalActivity empty() {
            return EMPTY;
        }

        @Override
        public TerminalActivity plus(TerminalActivity left, TerminalActivity right) {
            return left.plus(right);
        }

        @Override
        public TerminalActivity minus(TerminalActivity sum, TerminalActivity part) {
            return new TerminalActivity(
                    Math.subtractExact(sum.payments, part.payments), Math.subtractExact(sum.frauds, part.frauds));
        }

        @Override
        public void write(TerminalActivity activity, Encoder out) throws IOException {
            out.writeLong(activity.payments);
            out.writeLong(activity.frauds);
        }

        @Override
        public TerminalActivity read(Decoder in) throws IOException {
            return new TerminalActivity(in.readLong(), in.readLong());
        }
    }
}
