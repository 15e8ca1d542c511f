package dev.anabranch.aggregate;

import dev.anabranch.view.Group;
import dev.anabranch.view.Monoid;
import java.io.IOException;
import java.io.Serializable;
import org.apache.avro.io.Decoder;
import org.apache.avro.io.Encoder;

/**
 * How many events.
 *
 * @param events 0 or more
 */
public record Count(long events) implements Serializable {
    public static final Count EMPTY = new Count(0);
    public static final Count ONE = new Count(1);
    public static final Monoid<Count> MONOID = new CountMonoid();

    public Count plus(Count other) {
        return new Count(Math.addExact(events, other.events));
    }

    private static final class CountMonoid implements Group<Count> {
        @Override
        public Count empty() {
            return EMPTY;
        }

        @Override
        public Count plus(Count left, Count right) {
            return left.plus(right);
        }

        @Override
        public Count minus(Count sum, Count part) {
            return new Count(Math.subtractExact(sum.events, part.events));
        }

        @Override
        public void write(Count count, Encoder out) throws IOException {
            out.writeLong(count.events);
        }

        @Override
        public Count read(Decoder in) throws IOException {
            return new Count(in.readLong());
        }
    }
}
