package dev.anabranch.recommendation;

import dev.anabranch.view.Monoid;
import java.io.IOException;
import java.io.Serializable;
import org.apache.avro.io.Decoder;
import org.apache.avro.io.Encoder;

/**
 * How often an item was looked at, and how often that turned into more.
 *
 * @param views       looks
 * @param conversions everything else
 */
public record Conversions(long views, long conversions) implements Serializable {
    public static final Conversions EMPTY = new Conversions(0, 0);
    public static final Monoid<Conversions> MONOID = new ConversionsMonoid();

    public static Conversions of(Interaction interaction) {
        return RecommendationEvents.isConversion(interaction.getType()) ? new Conversions(0, 1) : new Conversions(1, 0);
    }

    public Conversions plus(Conversions other) {
        return new Conversions(Math.addExact(views, other.views), Math.addExact(conversions, other.conversions));
    }

    /**
     * Conversions a look, drawn towards a prior as long as there are few: {@code (conversions + weight * prior) / (views +
     * weight)}.
     */
    public double rate(double prior, double weight) {
        return (conversions + weight * prior) / (views + weight);
    }

    private static final class ConversionsMonoid implements Monoid<Conversions> {
        @Override
        public Conversions empty() {
            return EMPTY;
        }

        @Override
        public Conversions plus(Conversions left, Conversions right) {
            return left.plus(right);
        }

        @Override
        public void write(Conversions conversions, Encoder out) throws IOException {
            out.writeLong(conversions.views);
            out.writeLong(conversions.conversions);
        }

        @Override
        public Conversions read(Decoder in) throws IOException {
            return new Conversions(in.readLong(), in.readLong());
        }
    }
}
