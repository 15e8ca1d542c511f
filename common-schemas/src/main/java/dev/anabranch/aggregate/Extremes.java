package dev.anabranch.aggregate;

import dev.anabranch.view.Monoid;
import java.io.IOException;
import java.io.Serializable;
import org.apache.avro.io.Decoder;
import org.apache.avro.io.Encoder;

/**
 * The least and the greatest value. It has no inverse: a value cannot be taken out again.
 *
 * @param least    {@link Long#MAX_VALUE} when there is none
 * @param greatest {@link Long#MIN_VALUE} when there is none
 */
public record Extremes(long least, long greatest) implements Serializable {
    public static final Extremes EMPTY = new Extremes(Long.MAX_VALUE, Long.MIN_VALUE);
    public static final Monoid<Extremes> MONOID = new ExtremesMonoid();

    public static Extremes of(long value) {
        return new Extremes(value, value);
    }

    public Extremes plus(Extremes other) {
        return new Extremes(Math.min(least, other.least), Math.max(greatest, other.greatest));
    }

    public boolean isEmpty() {
        return least > greatest;
    }

    private static final class ExtremesMonoid implements Monoid<Extremes> {
        @Override
        public Extremes empty() {
            return EMPTY;
        }

        @Override
        public Extremes plus(Extremes left, Extremes right) {
            return left.plus(right);
        }

        @Override
        public void write(Extremes extremes, Encoder out) throws IOException {
            out.writeLong(extremes.least);
            out.writeLong(extremes.greatest);
        }

        @Override
        public Extremes read(Decoder in) throws IOException {
            return new Extremes(in.readLong(), in.readLong());
        }
    }
}
