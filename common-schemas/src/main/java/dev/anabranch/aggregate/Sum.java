package dev.anabranch.aggregate;

import dev.anabranch.view.Group;
import dev.anabranch.view.Monoid;
import java.io.IOException;
import java.io.Serializable;
import org.apache.avro.io.Decoder;
import org.apache.avro.io.Encoder;

/**
 * How many events and their total, and so their mean.
 *
 * @param events 0 or more
 * @param total  in the smallest unit of what is added, such as cents
 */
public record Sum(long events, long total) implements Serializable {
    public static final Sum EMPTY = new Sum(0, 0);
    public static final Monoid<Sum> MONOID = new SumMonoid();

    public static Sum of(long value) {
        return new Sum(1, value);
    }

    public Sum plus(Sum other) {
        return new Sum(Math.addExact(events, other.events), Math.addExact(total, other.total));
    }

    /** 0 when there is no event. */
    public double mean() {
        return events == 0 ? 0 : (double) total / events;
    }

    private static final class SumMonoid implements Group<Sum> {
        @Override
        public Sum empty() {
            return EMPTY;
        }

        @Override
        public Sum plus(Sum left, Sum right) {
            return left.plus(right);
        }

        @Override
        public Sum minus(Sum sum, Sum part) {
            return new Sum(Math.subtractExact(sum.events, part.events), Math.subtractExact(sum.total, part.total));
        }

        @Override
        public void write(Sum sum, Encoder out) throws IOException {
            out.writeLong(sum.events);
            out.writeLong(sum.total);
        }

        @Override
        public Sum read(Decoder in) throws IOException {
            return new Sum(in.readLong(), in.readLong());
        }
    }
}
