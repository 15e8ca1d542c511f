package dev.anabranch.recommendation.serving;

import dev.anabranch.contract.ModelVersion;
import dev.anabranch.recommendation.RecommendationUseCase;
import dev.anabranch.recommendation.Taste;
import dev.anabranch.serving.Models;
import dev.anabranch.vectors.VectorsModel;
import java.util.Optional;

/** The item vectors that are live, and how users are folded in among them. */
record LiveVectors(ModelVersion version, Taste taste) {
    /** Empty when none are. */
    static Optional<LiveVectors> of(Models models) {
        return models.withAny(
                RecommendationUseCase.ITEMS,
                VectorsModel.class,
                model -> new LiveVectors(model.version(), new Taste(model.vectors(), model.foldIn())));
    }
}
