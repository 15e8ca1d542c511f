package dev.anabranch.batch.training;

import dev.anabranch.event.EventType;
import dev.anabranch.model.Question;
import org.apache.avro.specific.SpecificRecord;

/**
 * What a use case's models learn from: the questions they are asked, and the labels that say what came of those.
 *
 * @param <E> the event a model is asked about
 * @param <L> the label that arrives later
 */
public interface TrainingTask<E extends SpecificRecord, L extends SpecificRecord> extends Question<E> {
    /** What says later how the events turned out. */
    EventType<L> label();

    /** The id of the event that {@code label} is about. */
    String labelledEventId(L label);

    /** What the model should have said: 1 or 0. */
    double target(L label);
}
