package dev.anabranch.benchmarks.monitoring;

import static dev.anabranch.fraud.FraudEvents.EXAMPLE;
import static dev.anabranch.fraud.FraudEvents.FRAUD_LABEL;
import static dev.anabranch.fraud.FraudEvents.OUTCOME;
import static dev.anabranch.fraud.FraudEvents.TRANSACTION;
import static dev.anabranch.fraud.FraudViews.CUSTOMER;
import static dev.anabranch.fraud.FraudViews.OUTCOMES;
import static dev.anabranch.fraud.FraudViews.TERMINAL;

import dev.anabranch.contract.Topics;
import dev.anabranch.fraud.FraudFeatures;
import dev.anabranch.fraud.FraudQuestion;
import dev.anabranch.fraud.FraudUseCase;
import dev.anabranch.speed.SpeedPath;
import dev.anabranch.speed.SpeedTopology;
import java.util.List;

/** The path of the fraud use case, but that no label meets its prediction: so there are no outcomes and nothing is learnt. */
public final class UnwatchedPath implements SpeedPath {
    @Override
    public String useCase() {
        return FraudUseCase.NAME;
    }

    @Override
    public List<String> features() {
        return FraudFeatures.NAMES;
    }

    @Override
    public void draw(SpeedTopology speed) {
        speed.events(TRANSACTION)
                .readThenFold(CUSTOMER)
                .rekeyedBy(TERMINAL)
                .readThenFold(TERMINAL)
                .scoredBy(new FraudQuestion())
                .to(Topics.predictions(FraudUseCase.NAME));
        speed.events(FRAUD_LABEL).fold(TERMINAL);
        speed.events(OUTCOME).fold(OUTCOMES);
        speed.learnFrom(speed.events(EXAMPLE));
    }
}
