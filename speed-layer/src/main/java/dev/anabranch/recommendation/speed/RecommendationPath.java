package dev.anabranch.recommendation.speed;

import static dev.anabranch.recommendation.RecommendationEvents.INTERACTION;
import static dev.anabranch.recommendation.RecommendationEvents.ITEM;
import static dev.anabranch.recommendation.RecommendationViews.CATALOGUE;
import static dev.anabranch.recommendation.RecommendationViews.ITEM_ACTIVITY;
import static dev.anabranch.recommendation.RecommendationViews.READERS_OF;
import static dev.anabranch.recommendation.RecommendationViews.SESSION;
import static dev.anabranch.recommendation.RecommendationViews.TOGETHER;
import static dev.anabranch.recommendation.RecommendationViews.TRENDING;
import static dev.anabranch.recommendation.RecommendationViews.USER;

import dev.anabranch.recommendation.Interaction;
import dev.anabranch.recommendation.RecommendationUseCase;
import dev.anabranch.speed.EventStream;
import dev.anabranch.speed.SpeedPath;
import dev.anabranch.speed.SpeedTopology;
import java.util.List;

/**
 * Interactions and items in; what users, visits and items did since the cut out. Nothing is scored on the way: an answer
 * is made when it is asked for.
 */
public final class RecommendationPath implements SpeedPath {
    @Override
    public String useCase() {
        return RecommendationUseCase.NAME;
    }

    @Override
    public List<String> features() {
        return List.of();
    }

    @Override
    public void draw(SpeedTopology speed) {
        EventStream<Interaction> interactions = speed.events(INTERACTION).fold(USER); // lies with its user
        interactions.rekeyedBy(SESSION).fold(SESSION);
        interactions.rekeyedBy(ITEM_ACTIVITY).fold(ITEM_ACTIVITY).fold(READERS_OF); // both are about the item
        interactions.rekeyedBy(TOGETHER).fold(TOGETHER); // to this item and to the one before
        interactions.rekeyedBy(TRENDING).fold(TRENDING); // to everywhere and to its context

        speed.events(ITEM).fold(CATALOGUE); // lies with its item
    }
}
