package dev.anabranch.recommendation;

import dev.anabranch.aggregate.Extremes;
import dev.anabranch.view.Monoid;
import java.io.IOException;
import java.io.Serializable;
import org.apache.avro.io.Decoder;
import org.apache.avro.io.Encoder;

/**
 * How busy one visit was.
 *
 * @param done  looks and conversions
 * @param times of the first and the last interaction, in epoch milliseconds
 */
public record SessionActivity(Conversions done, Extremes times) implements Serializable {
    public static final SessionActivity EMPTY = new SessionActivity(Conversions.EMPTY, Extremes.EMPTY);
    public static final Monoid<SessionActivity> MONOID = new SessionActivityMonoid();

    public static SessionActivity of(Interaction interaction) {
        return new SessionActivity(Conversions.of(interaction), Extremes.of(interaction.getEventTimeMillis()));
    }

    public SessionActivity plus(SessionActivity other) {
        return new SessionActivity(done.plus(other.done), times.plus(other.times));
    }

    /** From the first interaction to the last; 0 when there is none. */
    public long millis() {
        return times.isEmpty() ? 0 : times.greatest() - times.least();
    }

    private static final class SessionActivityMonoid implements Monoid<SessionActivity> {
        @Override
        public SessionActivity empty() {
            return EMPTY;
        }

        @Override
        public SessionActivity plus(SessionActivity left, SessionActivity right) {
            return left.plus(right);
        }

        @Override
        public void write(SessionActivity activity, Encoder out) throws IOException {
            Conversions.MONOID.write(activity.done, out);
            Extremes.MONOID.write(activity.times, out);
        }

        @Override
        public SessionActivity read(Decoder in) throws IOException {
            return new SessionActivity(Conversions.MONOID.read(in), Extremes.MONOID.read(in));
        }
    }
}
