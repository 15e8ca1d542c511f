package dev.anabranch.recommendation.speed;

import static dev.anabranch.recommendation.RecommendationEvents.INTERACTION;
import static dev.anabranch.recommendation.RecommendationEvents.ITEM;
import static dev.anabranch.recommendation.RecommendationEvents.RESPONSE;
import static dev.anabranch.recommendation.RecommendationEvents.SHOWN;
import static dev.anabranch.recommendation.RecommendationViews.CATALOGUE;
import static dev.anabranch.recommendation.RecommendationViews.ITEM_ACTIVITY;
import static dev.anabranch.recommendation.RecommendationViews.LAST_SHOWN;
import static dev.anabranch.recommendation.RecommendationViews.QUALITY;
import static dev.anabranch.recommendation.RecommendationViews.READERS_OF;
import static dev.anabranch.recommendation.RecommendationViews.SESSION;
import static dev.anabranch.recommendation.RecommendationViews.TOGETHER;
import static dev.anabranch.recommendation.RecommendationViews.TRENDING;
import static dev.anabranch.recommendation.RecommendationViews.USER;

import dev.anabranch.recommendation.Attribution;
import dev.anabranch.recommendation.Interaction;
import dev.anabranch.recommendation.RecommendationUseCase;
import dev.anabranch.recommendation.RecommendationViews;
import dev.anabranch.recommendation.Response;
import dev.anabranch.recommendation.Shown;
import dev.anabranch.speed.Derivation;
import dev.anabranch.speed.EventStream;
import dev.anabranch.speed.SpeedPath;
import dev.anabranch.speed.SpeedTopology;
import dev.anabranch.view.Position;
import java.util.List;
import java.util.Optional;

/**
 * Interactions and items in; what users, visits and items did since the cut, and what users made of what they were shown, out.
 * Nothing is scored on the way: an answer is made when it is asked for.
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
        EventStream<Shown> shown = speed.events(SHOWN).fold(LAST_SHOWN); // lies with its user
        EventStream<Interaction> interactions = speed.events(INTERACTION) // so does this
                .derive(RESPONSE, RecommendationPath::response, LAST_SHOWN, USER)
                .fold(USER);
        interactions.rekeyedBy(SESSION).fold(SESSION);
        interactions.rekeyedBy(ITEM_ACTIVITY).fold(ITEM_ACTIVITY).fold(READERS_OF); // both are about the item
        interactions.rekeyedBy(TOGETHER).fold(TOGETHER); // to this item and to the one before
        interactions.rekeyedBy(TRENDING).fold(TRENDING); // to everywhere and to its context

        speed.events(ITEM).fold(CATALOGUE); // lies with its item

        shown.rekeyedBy(QUALITY).fold(QUALITY); // to what ranked it, and to its arm of an experiment
        speed.events(RESPONSE).rekeyedBy(QUALITY).fold(QUALITY);
    }

    private static Optional<Response> response(Interaction interaction, Position position, Derivation.Before before) {
        return Attribution.of(
                interaction,
                position,
                before.of(LAST_SHOWN, interaction.getEventTimeMillis()).get(0),
                until -> before.of(USER, until).get(RecommendationViews.HISTORY));
    }
}
