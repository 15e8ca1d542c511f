package dev.anabranch.recommendation;

import dev.anabranch.view.Monoid;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.avro.io.Decoder;
import org.apache.avro.io.Encoder;

/**
 * The last answers that a user was given. Cutting off is exact: the newest so many of a whole are among the newest so many of
 * each part.
 *
 * @param answers newest first
 */
public record LastShown(List<Answer> answers) implements Serializable {
    /** How many answers are kept: what somebody turns to was in one of the last few, if in any. */
    public static final int MOST = 10;

    public static final LastShown EMPTY = new LastShown(List.of());
    public static final Monoid<LastShown> MONOID = new LastShownMonoid();

    private static final Comparator<Answer> NEWEST_FIRST =
            Comparator.comparingLong(Answer::atMillis).reversed().thenComparing(Answer::answerId);

    /**
     * One answer, as {@link Shown} has it.
     *
     * @param atMillis when it was given, in epoch milliseconds
     * @param items    the best first
     */
    public record Answer(String answerId, long atMillis, String ranker, String variant, List<String> items)
            implements Serializable {
        public Answer {
            items = List.copyOf(items);
        }
    }

    public LastShown {
        answers = List.copyOf(answers);
    }

    public static LastShown of(Shown shown) {
        return new LastShown(List.of(new Answer(
                shown.getAnswerId(),
                shown.getEventTimeMillis(),
                shown.getRanker(),
                shown.getVariant(),
                shown.getItems())));
    }

    public LastShown plus(LastShown other) {
        if (answers.isEmpty()) {
            return other;
        }
        if (other.answers.isEmpty()) {
            return this;
        }
        List<Answer> both = new ArrayList<>(answers);
        both.addAll(other.answers);
        both.sort(NEWEST_FIRST);
        return new LastShown(both.subList(0, Math.min(MOST, both.size())));
    }

    private static final class LastShownMonoid implements Monoid<LastShown> {
        @Override
        public LastShown empty() {
            return EMPTY;
        }

        @Override
        public LastShown plus(LastShown left, LastShown right) {
            return left.plus(right);
        }

        @Override
        public void write(LastShown shown, Encoder out) throws IOException {
            out.writeInt(shown.answers.size());
            for (Answer answer : shown.answers) {
                out.writeString(answer.answerId);
                out.writeLong(answer.atMillis);
                out.writeString(answer.ranker);
                out.writeString(answer.variant);
                out.writeInt(answer.items.size());
                for (String item : answer.items) {
                    out.writeString(item);
                }
            }
        }

        @Override
        public LastShown read(Decoder in) throws IOException {
            int size = in.readInt();
            List<Answer> answers = new ArrayList<>(size);
            for (int i = 0; i < size; i++) {
                String answerId = in.readString();
                long atMillis = in.readLong();
                String ranker = in.readString();
                String variant = in.readString();
                int length = in.readInt();
                List<String> items = new ArrayList<>(length);
                for (int item = 0; item < length; item++) {
                    items.add(in.readString());
                }
                answers.add(new Answer(answerId, atMillis, ranker, variant, items));
            }
            return size == 0 ? EMPTY : new LastShown(answers);
        }
    }
}
