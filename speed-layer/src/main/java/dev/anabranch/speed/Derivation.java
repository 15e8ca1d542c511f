package dev.anabranch.speed;

import dev.anabranch.view.Position;
import dev.anabranch.view.View;
import dev.anabranch.view.WindowValues;
import java.util.Optional;

/**
 * What follows from an event and what was known before it: another event, or none. It starts nothing and reads no clock: the
 * same event and views make the same again. An event that the batch layer has taken into a view that is read, because the stream
 * is so far behind, is passed over: what was known before it cannot be had any more.
 *
 * @param <E> the event
 * @param <D> what follows from it
 */
public interface Derivation<E, D> {
    /** @param position of the event in the log: what follows may be named after it */
    Optional<D> of(E event, Position position, Before before);

    /** Reads views, about the entity that the event has come to, as they stand when it passes. */
    interface Before {
        /**
         * In windows that end at a moment of event time.
         *
         * @throws IllegalArgumentException when the view was not named where the derivation was drawn
         */
        <A> WindowValues<A> of(View<A> view, long atMillis);
    }
}
