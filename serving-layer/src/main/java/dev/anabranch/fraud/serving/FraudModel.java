package dev.anabranch.fraud.serving;

import dev.anabranch.fraud.FraudFeatures;
import dev.anabranch.fraud.FraudUseCase;
import dev.anabranch.serving.ModelUse;
import jakarta.inject.Singleton;
import java.util.List;

/** The model this use case scores with. */
@Singleton
class FraudModel implements ModelUse {
    @Override
    public String model() {
        return FraudUseCase.NAME;
    }

    @Override
    public List<String> features() {
        return FraudFeatures.NAMES;
    }

    @Override
    public boolean keepsAnswers() {
        return true;
    }

    @Override
    public boolean keepsShadows() {
        return true;
    }
}
