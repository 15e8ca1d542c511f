package dev.anabranch.fraud;

import dev.anabranch.event.EventType;
import dev.anabranch.learning.Learning;
import dev.anabranch.model.Question;
import dev.anabranch.quality.OutcomeSums;
import dev.anabranch.usecase.UseCase;
import dev.anabranch.view.View;
import java.util.List;
import java.util.Optional;

/** Fraud scoring, as the engines see it. */
public final class FraudUseCase implements UseCase {
    public static final String NAME = "fraud";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public List<EventType<?>> events() {
        return List.of(FraudEvents.TRANSACTION, FraudEvents.FRAUD_LABEL, FraudEvents.OUTCOME, FraudEvents.EXAMPLE);
    }

    @Override
    public List<View<?>> views() {
        return List.of(FraudViews.CUSTOMER, FraudViews.TERMINAL, FraudViews.OUTCOMES);
    }

    @Override
    public Optional<Question<?>> question() {
        return Optional.of(new FraudQuestion());
    }

    @Override
    public Optional<View<OutcomeSums>> outcomes() {
        return Optional.of(FraudViews.OUTCOMES);
    }

    @Override
    public Optional<Learning> learning() {
        return Optional.of(FraudLearning.LEARNING);
    }
}
