package dev.anabranch.recommendation.serving;

import dev.anabranch.recommendation.Rescorer;

/**
 * Where a team puts in a filter or a re-scorer of its own: a bean that implements this. All of them are asked, one after
 * the other, about every candidate that is not ruled out already. It is called on the event loop and must not block.
 */
public interface RecommendationHook extends Rescorer {}
