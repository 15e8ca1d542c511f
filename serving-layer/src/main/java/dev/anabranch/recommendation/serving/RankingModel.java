package dev.anabranch.recommendation.serving;

import dev.anabranch.recommendation.CandidateFeatures;
import dev.anabranch.recommendation.RecommendationUseCase;
import dev.anabranch.serving.ModelUse;
import jakarta.inject.Singleton;
import java.util.List;

/** The model that ranks candidates. */
@Singleton
class RankingModel implements ModelUse {
    @Override
    public String model() {
        return RecommendationUseCase.NAME;
    }

    @Override
    public List<String> features() {
        return CandidateFeatures.NAMES;
    }

    @Override
    public boolean keepsAnswers() {
        return true;
    }
}
