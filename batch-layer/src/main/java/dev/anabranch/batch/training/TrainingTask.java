package dev.anabranch.batch.training;

import dev.anabranch.contract.Prediction;
import dev.anabranch.event.EventType;
import dev.anabranch.view.View;
import dev.anabranch.view.WindowValues;
import java.io.Serializable;
import java.util.List;
import org.apache.avro.specific.SpecificRecord;

/**
 * What a use case's models learn from: the events they are asked about, the labels that say what came of those, and how
 * an event becomes a row of features. Travels to executors.
 *
 * @param <E> the event a model is asked about
 * @param <L> the label that arrives later
 */
public interface TrainingTask<E extends SpecificRecord, L extends SpecificRecord> extends Serializable {
    /** The events a model is asked about. */
    EventType<E> event();

    /** What says later how they turned out. */
    EventType<L> label();

    /** The id of the event that {@code label} is about. */
    String labelledEventId(L label);

    /** What the model should have said: 1 or 0. */
    double target(L label);

    /** The views that the features are made of, in the order in which {@link #features} takes their values. */
    List<View<?>> views();

    /** Which entity of {@code view} has to do with {@code event}. */
    String entity(View<?> view, E event);

    /** The names of the features, in order. */
    List<String> featureNames();

    /**
     * One row of features.
     *
     * @param values what was known of the entity of each view, in the order of {@link #views}
     */
    double[] features(E event, List<WindowValues<?>> values);

    /** The event that a prediction was asked about, as far as the question tells: no id need be known. */
    E asked(Prediction prediction);
}
