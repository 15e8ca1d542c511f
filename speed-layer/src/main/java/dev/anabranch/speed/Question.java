package dev.anabranch.speed;

import java.util.Map;

/**
 * What a use case asks its model about an event. Pure: the same event and readings make the same features, so an event
 * that is processed again after a crash is asked about in the same words.
 */
public interface Question<E> {
    /** What is asked about, by field; it goes into the prediction for people to read. */
    Map<String, String> about(E event);

    /**
     * The model's inputs, in the order of its features.
     *
     * @param before what was known before the event; the event itself is not in it
     */
    double[] features(E event, Readings before);
}
