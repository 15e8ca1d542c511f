package dev.anabranch.event;

/**
 * Whether a record of an event topic counts as an event.
 *
 * @param <E> the event
 */
public sealed interface Admission<E> {
    /** It does. */
    record Admitted<E>(E event) implements Admission<E> {}

    /**
     * It does not: it belongs in the dead letters.
     *
     * @param reason the thing, the rule and the value
     */
    record Refused<E>(String reason) implements Admission<E> {}

    static <E> Admission<E> refused(String reason) {
        return new Refused<>(reason);
    }
}
