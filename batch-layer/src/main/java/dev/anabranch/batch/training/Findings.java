package dev.anabranch.batch.training;

import dev.anabranch.batch.ArchivedRows;
import dev.anabranch.contract.Prediction;
import dev.anabranch.contract.ScoringPath;
import dev.anabranch.lakehouse.ArchivedEvent;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.avro.io.Decoder;
import org.apache.avro.io.Encoder;
import org.apache.avro.specific.SpecificRecord;
import org.apache.spark.sql.Row;

/**
 * What became known of events later, their labels and the predictions made of them, on the way to the questions about
 * them. All are sent to the event's id.
 */
final class Findings {
    private static final int QUESTION = 0;
    private static final int LABEL = 1;
    private static final int PREDICTION = 2;

    private Findings() {}

    /**
     * A label or a prediction. Of several of one kind, arrival and then position say which came first.
     *
     * @param target of a label
     * @param known  of a prediction: for each view the cut that was known, or null
     */
    private record Finding(long arrivalMillis, int partition, long offset, double target, List<byte[]> known) {
        static Finding read(Decoder in, int kind, int views) throws IOException {
            long arrivalMillis = in.readLong();
            int partition = in.readInt();
            long offset = in.readLong();
            if (kind == LABEL) {
                return new Finding(arrivalMillis, partition, offset, in.readDouble(), null);
            }
            List<byte[]> known = new ArrayList<>(views);
            for (int view = 0; view < views; view++) {
                known.add(Question.readNullable(in));
            }
            return new Finding(arrivalMillis, partition, offset, 0, known);
        }

        void write(Encoder out) throws IOException {
            out.writeLong(arrivalMillis);
            out.writeInt(partition);
            out.writeLong(offset);
            if (known == null) {
                out.writeDouble(target);
            } else {
                for (byte[] cut : known) {
                    Question.writeNullable(out, cut);
                }
            }
        }

        boolean cameAfter(Finding other) {
            if (arrivalMillis != other.arrivalMillis) {
                return arrivalMillis > other.arrivalMillis;
            }
            return partition != other.partition ? partition > other.partition : offset > other.offset;
        }
    }

    /** Sends each question, or event, to its id. */
    record Questions(Origins origins) implements Gathering.Sender<Question> {
        @Override
        public void send(Question question, Gathering.Outbox outbox) {
            outbox.send(question.id(), out -> {
                out.writeInt(QUESTION);
                question.write(out, origins);
            });
        }
    }

    /** Sends archived labels to the id of what they are about. */
    record Labels<L extends SpecificRecord>(TrainingTask<?, L> task, ArchivedRows<L> rows)
            implements Gathering.Sender<Row> {
        @Override
        public void send(Row row, Gathering.Outbox outbox) {
            ArchivedEvent<L> label = rows.read(row);
            Finding finding = new Finding(
                    label.arrivalMillis(),
                    label.position().origin().partition(),
                    label.position().offset(),
                    task.target(label.event()),
                    null);
            send(outbox, LABEL, task.labelledEventId(label.event()), finding);
        }

        private static void send(Gathering.Outbox outbox, int kind, String id, Finding finding) {
            outbox.send(id, out -> {
                out.writeInt(kind);
                out.writeString(id);
                finding.write(out);
            });
        }
    }

    /** Sends archived predictions that were made in the stream to the id of their event. */
    record Predictions(ArchivedRows<Prediction> rows, AsOf asOf) implements Gathering.Sender<Row> {
        @Override
        public void send(Row row, Gathering.Outbox outbox) {
            ArchivedEvent<Prediction> archived = rows.read(row);
            Prediction prediction = archived.event();
            // One over REST is made before its event, if there is one at all: it knew something else.
            if (!prediction.getEventId().isEmpty() && prediction.getPath() == ScoringPath.STREAM) {
                Finding finding = new Finding(
                        archived.arrivalMillis(),
                        archived.position().origin().partition(),
                        archived.position().offset(),
                        0,
                        asOf.of(prediction));
                Labels.send(outbox, PREDICTION, prediction.getEventId(), finding);
            }
        }
    }

    /**
     * Gives each question the label that arrived last and the positions recorded first. Without a label nothing is asked
     * any more.
     */
    record Join(Origins origins, int views) implements Gathering.Receiver<Question> {
        @Override
        public Gathering.Inbox<Question> open() {
            return new ById(origins, views);
        }
    }

    /** What is known of one id. */
    private static final class Of {
        private final List<Question> questions = new ArrayList<>(1);
        private Finding label;
        private Finding prediction;

        Stream<Question> found() {
            List<byte[]> known = prediction == null ? null : prediction.known;
            return questions.stream()
                    .map(question -> label == null ? question.unasked() : question.found(label.target, known));
        }
    }

    private static final class ById implements Gathering.Inbox<Question> {
        private final Origins origins;
        private final int views;
        private final Map<String, Of> ids = new HashMap<>();

        ById(Origins origins, int views) {
            this.origins = origins;
            this.views = views;
        }

        @Override
        public void read(Decoder in) throws IOException {
            int kind = in.readInt();
            if (kind == QUESTION) {
                Question question = Question.read(in, origins, views);
                of(question.id()).questions.add(question);
                return;
            }
            Of one = of(in.readString());
            Finding finding = Finding.read(in, kind, views);
            if (kind == LABEL && (one.label == null || finding.cameAfter(one.label))) {
                one.label = finding;
            } else if (kind == PREDICTION && (one.prediction == null || one.prediction.cameAfter(finding))) {
                one.prediction = finding;
            }
        }

        private Of of(String id) {
            return ids.computeIfAbsent(id, i -> new Of());
        }

        @Override
        public Iterator<Question> close() {
            return ids.values().stream().flatMap(Of::found).iterator();
        }
    }
}
