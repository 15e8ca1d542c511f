package dev.anabranch.batch.training;

import dev.anabranch.batch.ArchivedRows;
import dev.anabranch.contract.Wire;
import dev.anabranch.event.EventType;
import dev.anabranch.lakehouse.ArchivedEvent;
import dev.anabranch.view.Contribution;
import dev.anabranch.view.Origin;
import dev.anabranch.view.Position;
import dev.anabranch.view.Timeline;
import dev.anabranch.view.View;
import dev.anabranch.view.WindowValues;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.apache.avro.io.Decoder;
import org.apache.avro.io.Encoder;
import org.apache.avro.specific.SpecificRecord;
import org.apache.spark.sql.Row;

/**
 * What events add to a view, with the position and the arrival that decide who could know of it, and the questions about
 * the view. Both are sent to the entity they are about, where the first answer the second.
 *
 * @param index          which of the questions' views it is; those before it have answered
 * @param views          how many views the questions are about
 * @param earliestMillis tiles that start before it are of no interest
 */
record ViewHistory<A>(View<A> view, int index, int views, Origins origins, long earliestMillis)
        implements Gathering.Receiver<Question> {
    private static final int CONTRIBUTION = 0;
    private static final int QUESTION = 1;

    /** Sends what archived events of a type contribute. */
    <E extends SpecificRecord> Gathering.Sender<Row> contributions(EventType<E> type) {
        return new Contributions<>(this, ArchivedRows.of(type), type.topic());
    }

    /**
     * Sends questions.
     *
     * @param event their events, when these are part of the history and nobody else sends them; null when not
     */
    <E extends SpecificRecord> Gathering.Sender<Question> questions(EventType<E> event) {
        return event == null ? new OnlyQuestions(this) : new WithEvents<>(this, event);
    }

    @Override
    public Gathering.Inbox<Question> open() {
        return new ByEntity<>(this);
    }

    private List<Contribution<A>> ofInterest(String topic, SpecificRecord event) {
        List<Contribution<A>> found = view.contributions(topic, event);
        return found.stream().allMatch(c -> c.tileStart() >= earliestMillis)
                ? found
                : found.stream().filter(c -> c.tileStart() >= earliestMillis).toList();
    }

    private void send(Contribution<A> contribution, Position position, long arrival, Gathering.Outbox outbox) {
        outbox.send(contribution.entity(), out -> {
            out.writeInt(CONTRIBUTION);
            out.writeString(contribution.entity());
            write(contribution, out);
            origins.write(position.origin(), out);
            out.writeLong(position.offset());
            out.writeLong(arrival);
        });
    }

    /** @param own what the event itself contributes to the entity */
    private void send(Question question, List<Contribution<A>> own, Gathering.Outbox outbox) {
        String entity = question.entities().get(index);
        outbox.send(entity, out -> {
            out.writeInt(QUESTION);
            out.writeString(entity);
            question.write(out, origins);
            out.writeInt(own.size());
            for (Contribution<A> contribution : own) {
                write(contribution, out);
            }
        });
    }

    private void write(Contribution<A> contribution, Encoder out) throws IOException {
        out.writeLong(contribution.tileStart());
        view.monoid().write(contribution.aggregate(), out);
    }

    private record Contributions<A, E extends SpecificRecord>(
            ViewHistory<A> history, ArchivedRows<E> rows, String topic) implements Gathering.Sender<Row> {
        @Override
        public void send(Row row, Gathering.Outbox outbox) {
            ArchivedEvent<E> archived = rows.read(row);
            for (Contribution<A> one : history.ofInterest(topic, archived.event())) {
                history.send(one, archived.position(), archived.arrivalMillis(), outbox);
            }
        }
    }

    private record OnlyQuestions(ViewHistory<?> history) implements Gathering.Sender<Question> {
        @Override
        public void send(Question question, Gathering.Outbox outbox) {
            history.send(question, List.of(), outbox);
        }
    }

    /** An event usually contributes to the very entity it asks about: then one letter does for both. */
    private static final class WithEvents<A, E extends SpecificRecord> implements Gathering.Sender<Question> {
        private final ViewHistory<A> history;
        private final EventType<E> type;
        private transient Wire<E> wire;

        WithEvents(ViewHistory<A> history, EventType<E> type) {
            this.history = history;
            this.type = type;
        }

        @Override
        public void send(Question question, Gathering.Outbox outbox) {
            wire = wire == null ? Wire.of(type.type()) : wire; // made once for each task, for it does not travel
            String entity = question.entities().get(history.index);
            boolean goesOn = question.asked() || history.index < history.views - 1;
            List<Contribution<A>> own = new ArrayList<>(1);
            for (Contribution<A> one : history.ofInterest(type.topic(), wire.decode(question.event()))) {
                if (goesOn && one.entity().equals(entity)) {
                    own.add(one);
                } else {
                    history.send(one, question.position(), question.arrivalMillis(), outbox);
                }
            }
            if (goesOn) {
                history.send(question, own, outbox);
            }
        }
    }

    /** What is known of one entity, and asked about it. */
    private static final class Of<A> {
        private final Timeline<A> timeline;
        private final List<Question> questions = new ArrayList<>();

        Of(View<A> view) {
            timeline = new Timeline<>(view);
        }
    }

    private static final class ByEntity<A> implements Gathering.Inbox<Question> {
        private final ViewHistory<A> history;
        private final View<A> view;
        private final Packing packing = new Packing();
        private final Map<String, Of<A>> entities = new HashMap<>();

        ByEntity(ViewHistory<A> history) {
            this.history = history;
            this.view = history.view;
        }

        @Override
        public void read(Decoder in) throws IOException {
            boolean asks = in.readInt() == QUESTION;
            Of<A> one = entities.computeIfAbsent(in.readString(), entity -> new Of<>(view));
            if (!asks) {
                long tileStart = in.readLong();
                A aggregate = view.monoid().read(in);
                Origin origin = history.origins.read(in);
                one.timeline.add(tileStart, aggregate, origin, in.readLong(), in.readLong());
                return;
            }
            Question question = Question.read(in, history.origins, history.views);
            for (int own = in.readInt(); own > 0; own--) {
                Position position = question.position();
                one.timeline.add(
                        in.readLong(),
                        view.monoid().read(in),
                        position.origin(),
                        position.offset(),
                        question.arrivalMillis());
            }
            one.questions.add(question);
        }

        @Override
        public Iterator<Question> close() {
            return entities.values().stream()
                    .flatMap(one -> one.questions.stream().map(question -> answered(question, one.timeline)))
                    .iterator();
        }

        private Question answered(Question question, Timeline<A> timeline) {
            if (!question.asked()) {
                return question;
            }
            WindowValues<A> values = timeline.read(question.atMillis(), question.knownOf(history.index));
            return question.answered(packing.pack(out -> {
                for (A value : values.values()) {
                    view.monoid().write(value, out);
                }
            }));
        }
    }
}
