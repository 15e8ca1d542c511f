package dev.anabranch.view;

import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What is known of one entity at one moment, and how it is known.
 *
 * @param entity     whom it is about; one never seen has empty aggregates
 * @param batch      the batch part
 * @param speed      the speed part: only cells past the cut
 * @param merged     both: equal to a fold over the log up to {@link #asOf}
 * @param generation the generation of the batch part, 0 when there is none yet
 * @param cut        where the speed part takes over
 * @param createdMillis when the generation was computed, 0 when there is none yet
 * @param last       for each origin with cells past the cut, the offset of the last event folded
 * @param inexact    why the answer may differ from the fold; empty when it is exact
 */
public record Reading<A>(
        String entity,
        WindowValues<A> batch,
        WindowValues<A> speed,
        WindowValues<A> merged,
        long generation,
        Cut cut,
        long createdMillis,
        SortedMap<Origin, Long> last,
        Optional<String> inexact) {
    public boolean exact() {
        return inexact.isEmpty();
    }

    /** The same reading by one who has reason to doubt it. A reason it had before stays. */
    public Reading<A> inexactBecause(String why) {
        return new Reading<>(
                entity,
                batch,
                speed,
                merged,
                generation,
                cut,
                createdMillis,
                last,
                inexact.isPresent() ? inexact : Optional.of(why));
    }

    /** The part of the log this reading includes, as far as its entity is concerned. */
    public Cut asOf() {
        return asOf(cut, last);
    }

    /** What a generation's cut and the last offsets of the cells past it include together. */
    public static Cut asOf(Cut cut, SortedMap<Origin, Long> last) {
        SortedMap<Origin, Long> asOf = new TreeMap<>(cut.origins());
        last.forEach((origin, offset) -> asOf.merge(origin, offset + 1, Math::max));
        return Cut.of(asOf);
    }

    /** Whether no event of the entity is known, in any window or outside them. */
    public boolean unseen() {
        return last.isEmpty() && merged.equals(WindowValues.empty(merged.view(), merged.atMillis()));
    }
}
