package dev.anabranch.batch.training;

import dev.anabranch.view.Known;
import dev.anabranch.view.Position;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.io.Decoder;
import org.apache.avro.io.Encoder;

/**
 * What was known at the moment of one event? It goes from view to view and gathers their answers on its way. An event
 * that nobody asks about goes the same way, for it is part of the views' history.
 *
 * @param asked         whether an answer is wanted
 * @param id            of the event, or of the prediction that is replayed
 * @param atMillis      the moment the windows end at, in epoch milliseconds
 * @param position      with {@code arrivalMillis}, what counts as earlier where no cut was recorded
 * @param arrivalMillis when the event arrived, in epoch milliseconds
 * @param key           of the event's record
 * @param event         what was asked about, encoded
 * @param target        its label; null when there is none
 * @param logged        the features that were logged; null when there are none
 * @param entities      for each view whom of it the event is about
 * @param known         for each view the cut that was recorded, as {@link CutBytes} has it; null where none was
 * @param answers       for each view that has answered the aggregates of its windows, packed
 */
record Question(
        boolean asked,
        String id,
        long atMillis,
        Position position,
        long arrivalMillis,
        String key,
        byte[] event,
        Double target,
        double[] logged,
        List<String> entities,
        List<byte[]> known,
        List<byte[]> answers) {
    /** What was known of a view's entity when the question was asked. */
    Known knownOf(int view) {
        byte[] cut = known.get(view);
        return cut == null ? Known.before(position, arrivalMillis) : Known.upTo(CutBytes.read(cut));
    }

    /** Whether recorded positions say for every view what was known. */
    boolean recorded() {
        return known.stream().allMatch(cut -> cut != null);
    }

    /** The question with its label and, when it was logged, what was known. */
    Question found(double label, List<byte[]> recorded) {
        return new Question(
                asked,
                id,
                atMillis,
                position,
                arrivalMillis,
                key,
                event,
                label,
                logged,
                entities,
                recorded == null ? known : recorded,
                answers);
    }

    /** The event, with nothing asked about it. */
    Question unasked() {
        return new Question(
                false, id, atMillis, position, arrivalMillis, key, event, target, logged, entities, known, answers);
    }

    /** The question with one more answer. */
    Question answered(byte[] answer) {
        List<byte[]> more = new ArrayList<>(answers);
        more.add(answer);
        return new Question(
                asked, id, atMillis, position, arrivalMillis, key, event, target, logged, entities, known, more);
    }

    void write(Encoder out, Origins origins) throws IOException {
        out.writeBoolean(asked);
        out.writeString(id);
        out.writeLong(atMillis);
        origins.write(position.origin(), out);
        out.writeLong(position.offset());
        out.writeLong(arrivalMillis);
        out.writeString(key);
        out.writeBytes(event);
        out.writeBoolean(target != null);
        out.writeDouble(target == null ? 0 : target);
        out.writeInt(logged == null ? -1 : logged.length);
        for (int i = 0; logged != null && i < logged.length; i++) {
            out.writeDouble(logged[i]);
        }
        for (int view = 0; view < entities.size(); view++) {
            out.writeString(entities.get(view));
            writeNullable(out, known.get(view));
        }
        out.writeInt(answers.size());
        for (byte[] answer : answers) {
            out.writeBytes(answer);
        }
    }

    /** @param views how many views it is about */
    static Question read(Decoder in, Origins origins, int views) throws IOException {
        boolean asked = in.readBoolean();
        String id = in.readString();
        long atMillis = in.readLong();
        Position position = new Position(origins.read(in), in.readLong());
        long arrivalMillis = in.readLong();
        String key = in.readString();
        byte[] event = readBytes(in);
        boolean labelled = in.readBoolean();
        double label = in.readDouble();
        int features = in.readInt();
        double[] logged = features < 0 ? null : new double[features];
        for (int i = 0; i < features; i++) {
            logged[i] = in.readDouble();
        }
        List<String> entities = new ArrayList<>(views);
        List<byte[]> known = new ArrayList<>(views);
        for (int view = 0; view < views; view++) {
            entities.add(in.readString());
            known.add(readNullable(in));
        }
        int answered = in.readInt();
        List<byte[]> answers = new ArrayList<>(views);
        for (int i = 0; i < answered; i++) {
            answers.add(readBytes(in));
        }
        return new Question(
                asked,
                id,
                atMillis,
                position,
                arrivalMillis,
                key,
                event,
                labelled ? label : null,
                logged,
                entities,
                known,
                answers);
    }

    static void writeNullable(Encoder out, byte[] bytes) throws IOException {
        out.writeBoolean(bytes != null);
        if (bytes != null) {
            out.writeBytes(bytes);
        }
    }

    static byte[] readNullable(Decoder in) throws IOException {
        return in.readBoolean() ? readBytes(in) : null;
    }

    private static byte[] readBytes(Decoder in) throws IOException {
        ByteBuffer bytes = in.readBytes(null);
        return bytes.array(); // new, and just as long
    }
}
