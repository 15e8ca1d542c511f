package dev.anabranch.recommendation.serving;

import dev.anabranch.contract.ModelVersion;
import dev.anabranch.model.ComingModel;
import dev.anabranch.model.ServedModel;
import dev.anabranch.model.UnusableModelException;
import dev.anabranch.recommendation.RecommendationUseCase;
import dev.anabranch.serving.ModelUse;
import dev.anabranch.vectors.ComingVectors;
import dev.anabranch.vectors.VectorsModel;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Optional;

/** The vectors of items, which users are folded in among. */
@Singleton
class ItemVectors implements ModelUse {
    @Override
    public String model() {
        return RecommendationUseCase.ITEMS;
    }

    @Override
    public List<String> features() {
        return List.of();
    }

    @Override
    public ServedModel load(ModelVersion version) throws UnusableModelException {
        return VectorsModel.load(version);
    }

    @Override
    public Optional<ComingModel> coming() {
        return Optional.of(new ComingVectors());
    }
}
