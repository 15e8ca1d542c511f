package dev.anabranch.recommendation;

import java.util.OptionalDouble;

/** A filter or a re-scorer that is not known here: a team's own. */
public interface Rescorer {
    /** Leaves everything as it is. */
    Rescorer NONE = (asked, itemId, state, score) -> OptionalDouble.of(score);

    /**
     * @param asked the question
     * @param state what the item is
     * @param score what it has so far; greater is better
     * @return what it has from here on; empty when the item must not be in the answer
     */
    OptionalDouble score(Situations.Asked asked, String itemId, ItemState state, double score);
}
