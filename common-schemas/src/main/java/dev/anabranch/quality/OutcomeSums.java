package dev.anabranch.quality;

import dev.anabranch.view.Group;
import dev.anabranch.view.Monoid;
import java.io.IOException;
import java.io.Serializable;
import org.apache.avro.io.Decoder;
import org.apache.avro.io.Encoder;

/**
 * What came of predictions: all that the quality of a model and its errors are read off. One view keeps both, for whatever an
 * event adds to a view is a record of its own.
 *
 * @param scores  what they said and what came true
 * @param amounts how far off the amounts were that they stand for; empty where they stand for none
 */
public record OutcomeSums(ScoreHistogram scores, ErrorSums amounts) implements Serializable {
    public static final Monoid<OutcomeSums> MONOID = new OutcomeSumsMonoid();

    /** What an outcome adds; a correction takes back what the outcome before it added. */
    public static OutcomeSums of(Outcome outcome) {
        return new OutcomeSums(
                ScoreHistogram.of(outcome),
                outcome.getStake() == null ? ErrorSums.MONOID.empty() : ErrorSums.of(outcome));
    }

    public OutcomeSums plus(OutcomeSums other) {
        return new OutcomeSums(scores.plus(other.scores), amounts.plus(other.amounts));
    }

    public OutcomeSums minus(OutcomeSums part) {
        return new OutcomeSums(scores.minus(part.scores), amounts.minus(part.amounts));
    }

    private static final class OutcomeSumsMonoid implements Group<OutcomeSums> {
        private static final OutcomeSums EMPTY =
                new OutcomeSums(ScoreHistogram.MONOID.empty(), ErrorSums.MONOID.empty());

        @Override
        public OutcomeSums empty() {
            return EMPTY;
        }

        @Override
        public OutcomeSums plus(OutcomeSums left, OutcomeSums right) {
            return left.plus(right);
        }

        @Override
        public OutcomeSums minus(OutcomeSums sum, OutcomeSums part) {
            return sum.minus(part);
        }

        @Override
        public void write(OutcomeSums sums, Encoder out) throws IOException {
            ScoreHistogram.MONOID.write(sums.scores, out);
            ErrorSums.MONOID.write(sums.amounts, out);
        }

        @Override
        public OutcomeSums read(Decoder in) throws IOException {
            return new OutcomeSums(ScoreHistogram.MONOID.read(in), ErrorSums.MONOID.read(in));
        }
    }
}
