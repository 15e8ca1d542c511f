package dev.anabranch.recommendation;

import dev.anabranch.view.Monoid;
import java.io.IOException;
import java.io.Serializable;
import org.apache.avro.io.Decoder;
import org.apache.avro.io.Encoder;

/**
 * How many answers were given, and what users made of them.
 *
 * @param answers     given to users whose name is known
 * @param turned      interactions with items of them
 * @param hits        answers of which an item was turned to
 * @param conversions answers of which an item was turned to with more than a view
 */
public record Responses(long answers, long turned, long hits, long conversions) implements Serializable {
    public static final Responses EMPTY = new Responses(0, 0, 0, 0);
    public static final Responses ANSWER = new Responses(1, 0, 0, 0);
    public static final Monoid<Responses> MONOID = new ResponsesMonoid();

    /** What a response adds to the answer it is to. */
    public static Responses of(Response response) {
        return new Responses(0, 1, response.getFirst() ? 1 : 0, response.getFirstConversion() ? 1 : 0);
    }

    public Responses plus(Responses other) {
        return new Responses(
                Math.addExact(answers, other.answers),
                Math.addExact(turned, other.turned),
                Math.addExact(hits, other.hits),
                Math.addExact(conversions, other.conversions));
    }

    private static final class ResponsesMonoid implements Monoid<Responses> {
        @Override
        public Responses empty() {
            return EMPTY;
        }

        @Override
        public Responses plus(Responses left, Responses right) {
            return left.plus(right);
        }

        @Override
        public void write(Responses responses, Encoder out) throws IOException {
            out.writeLong(responses.answers);
            out.writeLong(responses.turned);
            out.writeLong(responses.hits);
            out.writeLong(responses.conversions);
        }

        @Override
        public Responses read(Decoder in) throws IOException {
            return new Responses(in.readLong(), in.readLong(), in.readLong(), in.readLong());
        }
    }
}
