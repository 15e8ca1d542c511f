package dev.anabranch.aggregate;

import dev.anabranch.view.Monoid;
import java.io.IOException;
import java.io.Serializable;
import java.time.Duration;
import java.util.Arrays;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.avro.io.Decoder;
import org.apache.avro.io.Encoder;

/**
 * A sum whose parts lose half their weight with every half-life, and whose {@code plus} is nevertheless exact.
 *
 * <p>It is decayed forwards (Cormode, Shkapenyuk, Srivastava and Xu, <em>Forward Decay</em>, ICDE 2009): an amount
 * {@code a} at time {@code t} is written down once as {@code a * 2^(t / h)}, which never changes, and the moment asked
 * about comes in only when the sum is read, as one factor {@code 2^(-at / h)}. The power is kept as a floating exponent
 * over an integer: time is divided into epochs of one half-life, {@code a * 2^(t / h - epoch)} is rounded once to a whole
 * number of {@link #UNIT}s, and {@code plus} adds those {@code long}s epoch by epoch. So plus is associative and
 * commutative to the bit whatever the order of time. The one error is that rounding: relative to an amount it is at most
 * {@code 1 / (2 * UNIT)}, and the same wherever the event is folded.
 *
 * <p>A sum holds as many numbers as it has half-lives in its window, not one for each event.
 */
public final class Decayed implements Serializable {
    /** How many parts an amount of 1 has. */
    public static final long UNIT = 1L << 26;

    /** The most one amount may be: 2^10 such amounts and a factor of 2 fit in a long 2^16 times over. */
    public static final long MOST = 1L << 10;

    public static final Decayed EMPTY = new Decayed(new long[0], new long[0]);
    public static final Monoid<Decayed> MONOID = new DecayedMonoid();

    private final long[] epochs;
    private final long[] parts;

    private Decayed(long[] epochs, long[] parts) {
        this.epochs = epochs;
        this.parts = parts;
    }

    /**
     * One amount.
     *
     * @param amount   above 0, at most {@link #MOST}
     * @param atMillis when, in epoch milliseconds
     * @param halfLife at least 1 ms; sums can be added when they have the same one
     */
    public static Decayed of(double amount, long atMillis, Duration halfLife) {
        if (!(amount > 0 && amount <= MOST)) {
            throw new IllegalArgumentException(
                    "A decayed amount must be above 0 and at most " + MOST + ", got " + amount);
        }
        long half = halfLife.toMillis();
        long epoch = Math.floorDiv(atMillis, half);
        double within = (double) Math.floorMod(atMillis, half) / half;
        // StrictMath: the same bits on every machine, so the same event is the same aggregate in every layer.
        long grown = Math.max(1, Math.round(amount * UNIT * StrictMath.pow(2, within)));
        return new Decayed(new long[] {epoch}, new long[] {grown});
    }

    public Decayed plus(Decayed other) {
        if (epochs.length == 0) {
            return other;
        }
        if (other.epochs.length == 0) {
            return this;
        }
        long[] allEpochs = new long[epochs.length + other.epochs.length];
        long[] allParts = new long[allEpochs.length];
        int size = 0;
        int mine = 0;
        int theirs = 0;
        while (mine < epochs.length || theirs < other.epochs.length) {
            long next = Math.min(
                    mine < epochs.length ? epochs[mine] : Long.MAX_VALUE,
                    theirs < other.epochs.length ? other.epochs[theirs] : Long.MAX_VALUE);
            long sum = 0;
            if (mine < epochs.length && epochs[mine] == next) {
                sum = parts[mine++];
            }
            if (theirs < other.epochs.length && other.epochs[theirs] == next) {
                sum = Math.addExact(sum, other.parts[theirs++]);
            }
            allEpochs[size] = next;
            allParts[size++] = sum;
        }
        return new Decayed(Arrays.copyOf(allEpochs, size), Arrays.copyOf(allParts, size));
    }

    /**
     * What is left of it at a moment: an amount added one half-life before counts half.
     *
     * @param halfLife the one its amounts were added with
     */
    public double at(long atMillis, Duration halfLife) {
        return at(Moment.of(atMillis, halfLife));
    }

    /** The same, of many sums at one moment. */
    public double at(Moment moment) {
        double sum = 0;
        for (int i = 0; i < epochs.length; i++) {
            sum += Math.scalb((double) parts[i], (int) Math.max(-2000, Math.min(1000, epochs[i] - moment.epoch)));
        }
        return sum * moment.left / UNIT;
    }

    /**
     * A moment at which sums of one half-life are read: the power that all of them are multiplied with.
     *
     * @param epoch that the moment lies in
     * @param left  of an amount at the beginning of that epoch
     */
    public record Moment(long epoch, double left) {
        public static Moment of(long atMillis, Duration halfLife) {
            long half = halfLife.toMillis();
            return new Moment(
                    Math.floorDiv(atMillis, half), StrictMath.pow(2, -(double) Math.floorMod(atMillis, half) / half));
        }
    }

    /** The sum of each epoch of one half-life, in {@link #UNIT}s: what an answer about a view shows. */
    public SortedMap<Long, Long> getParts() {
        SortedMap<Long, Long> byEpoch = new TreeMap<>();
        for (int i = 0; i < epochs.length; i++) {
            byEpoch.put(epochs[i], parts[i]);
        }
        return byEpoch;
    }

    /** Whether nothing was added. */
    public boolean hasNone() {
        return epochs.length == 0;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Decayed that && Arrays.equals(epochs, that.epochs) && Arrays.equals(parts, that.parts);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(epochs) + Arrays.hashCode(parts);
    }

    @Override
    public String toString() {
        return "Decayed[epochs=" + Arrays.toString(epochs) + ", parts=" + Arrays.toString(parts) + "]";
    }

    private static final class DecayedMonoid implements Monoid<Decayed> {
        @Override
        public Decayed empty() {
            return EMPTY;
        }

        @Override
        public Decayed plus(Decayed left, Decayed right) {
            return left.plus(right);
        }

        @Override
        public void write(Decayed decayed, Encoder out) throws IOException {
            out.writeInt(decayed.epochs.length);
            long before = 0;
            for (int i = 0; i < decayed.epochs.length; i++) {
                out.writeLong(decayed.epochs[i] - before);
                out.writeLong(decayed.parts[i]);
                before = decayed.epochs[i];
            }
        }

        @Override
        public Decayed read(Decoder in) throws IOException {
            int size = in.readInt();
            long[] epochs = new long[size];
            long[] parts = new long[size];
            long before = 0;
            for (int i = 0; i < size; i++) {
                before += in.readLong();
                epochs[i] = before;
                parts[i] = in.readLong();
            }
            return size == 0 ? EMPTY : new Decayed(epochs, parts);
        }
    }
}
