package dev.anabranch.view.simulation;

import java.util.Optional;

/**
 * How a schedule ended.
 *
 * @param exact    answers that claimed to be exact and were
 * @param flagged  answers that said they were not exact
 * @param refused  questions not answered, because the reader might have missed records
 * @param failure  the first broken promise: which action, and what was wrong
 */
public record Outcome(int exact, int flagged, int refused, Optional<Failure> failure) {
    /**
     * @param action  the number of the action in the schedule, from 0
     * @param message what was expected, and what was seen
     */
    public record Failure(int action, String message) {}
}
