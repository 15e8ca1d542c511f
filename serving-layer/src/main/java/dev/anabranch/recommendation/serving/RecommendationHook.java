package dev.anabranch.recommendation.serving;

import dev.anabranch.recommendation.ItemState;
import dev.anabranch.recommendation.Situations;
import java.util.OptionalDouble;

/**
 * Where a team puts in a filter or a re-scorer of its own: a bean that implements this. All of them are asked, one after
 * the other, about every candidate that is not ruled out already. It is called on the event loop and must not block.
 */
public interface RecommendationHook {
    /**
     * @param asked the question
     * @param state what the item is
     * @param score what it has so far; greater is better
     * @return what it has from here on; empty when the item must not be in the answer
     */
    OptionalDouble score(Situations.Asked asked, String itemId, ItemState state, double score);
}
