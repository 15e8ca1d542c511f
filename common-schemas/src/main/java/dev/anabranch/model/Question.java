package dev.anabranch.model;

import dev.anabranch.contract.Prediction;
import dev.anabranch.event.EventType;
import dev.anabranch.view.View;
import dev.anabranch.view.WindowValues;
import java.io.Serializable;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToLongFunction;
import org.apache.avro.specific.SpecificRecord;

/**
 * What a use case asks its model about an event, and of what the answer is made: the one way from an event and what was
 * known before it to a row of features, in every layer.
 *
 * <p>Pure: the same event and values make the same features, so a question that is asked again, after a crash, for a
 * training set or years later, is asked in the same words. Travels to executors.
 *
 * @param <E> the event
 */
public interface Question<E extends SpecificRecord> extends Serializable {
    /** The events a model is asked about. */
    EventType<E> event();

    /** The views that the features are made of, in the order in which {@link #features} takes their values. */
    List<View<?>> views();

    /** Which entity of {@code view} has to do with {@code event}. */
    String entity(View<?> view, E event);

    /** Whose answers are all to come from one version while several are tried: who an experiment draws. */
    String subject(E event);

    /** The field of {@link #about} that names the {@link #subject}. */
    String subjectField();

    /** The names of the features, in order. */
    List<String> featureNames();

    /**
     * One row of features.
     *
     * @param values what was known, before the event, of the entity of each view, in the order of {@link #views}
     */
    double[] features(E event, List<WindowValues<?>> values);

    /** The windows that a feature looks at, each once; none when it looks at the event alone. */
    List<WindowOf> windowsOf(String feature);

    /**
     * A window of a view.
     *
     * @param view  one of {@link #views}
     * @param label as {@link dev.anabranch.view.Window#label()} has it
     */
    record WindowOf(View<?> view, String label) {}

    /**
     * What it costs when what the model warns of an event comes true, in the smallest unit of the use case, 0 or more: a
     * score expects that share of it. Empty when a score stands for nothing but itself.
     */
    default Optional<ToLongFunction<E>> stake() {
        return Optional.empty();
    }

    /** What is asked about, by field; it goes into the prediction for people to read. */
    Map<String, String> about(E event);

    /** The event that a prediction was asked about, as far as the question tells: no id need be known. */
    E asked(Prediction prediction);
}
