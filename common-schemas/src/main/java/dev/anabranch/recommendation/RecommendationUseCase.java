package dev.anabranch.recommendation;

import dev.anabranch.event.EventType;
import dev.anabranch.ranking.Ranking;
import dev.anabranch.usecase.UseCase;
import dev.anabranch.view.View;
import java.util.List;
import java.util.Optional;

/** Recommendations, as the engines see them. */
public final class RecommendationUseCase implements UseCase {
    /** Also the name of the model that ranks candidates. */
    public static final String NAME = "recommendation";

    /** The name of the model that is item vectors. */
    public static final String ITEMS = "recommendation-items";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public List<EventType<?>> events() {
        return List.of(
                RecommendationEvents.INTERACTION,
                RecommendationEvents.ITEM,
                RecommendationEvents.SHOWN,
                RecommendationEvents.RESPONSE);
    }

    @Override
    public Optional<Ranking<?>> ranking() {
        return Optional.of(new RecommendationRanking());
    }

    @Override
    public List<View<?>> views() {
        return List.of(
                RecommendationViews.USER,
                RecommendationViews.SESSION,
                RecommendationViews.ITEM_ACTIVITY,
                RecommendationViews.READERS_OF,
                RecommendationViews.TOGETHER,
                RecommendationViews.TRENDING,
                RecommendationViews.CATALOGUE,
                RecommendationViews.LAST_SHOWN,
                RecommendationViews.QUALITY);
    }
}
