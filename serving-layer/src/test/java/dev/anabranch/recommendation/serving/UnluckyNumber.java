package dev.anabranch.recommendation.serving;

import dev.anabranch.recommendation.ItemState;
import dev.anabranch.recommendation.Situations;
import jakarta.inject.Singleton;
import java.util.OptionalDouble;

/** What a team might put in: nothing that ends in 13, and a premium for what is promoted. */
@Singleton
class UnluckyNumber implements RecommendationHook {
    static final double PREMIUM = 1_000;

    @Override
    public OptionalDouble score(Situations.Asked asked, String itemId, ItemState state, double score) {
        if (itemId.endsWith("13")) {
            return OptionalDouble.empty();
        }
        return OptionalDouble.of(state.attributes().containsKey("promoted") ? score + PREMIUM : score);
    }
}
