package dev.anabranch.fraud.speed;

import static dev.anabranch.fraud.FraudEvents.EXAMPLE;
import static dev.anabranch.fraud.FraudEvents.FRAUD_LABEL;
import static dev.anabranch.fraud.FraudEvents.OUTCOME;
import static dev.anabranch.fraud.FraudEvents.TRANSACTION;
import static dev.anabranch.fraud.FraudViews.CUSTOMER;
import static dev.anabranch.fraud.FraudViews.OUTCOMES;
import static dev.anabranch.fraud.FraudViews.TERMINAL;

import dev.anabranch.contract.Topics;
import dev.anabranch.fraud.FraudEvents;
import dev.anabranch.fraud.FraudFeatures;
import dev.anabranch.fraud.FraudLabel;
import dev.anabranch.fraud.FraudQuestion;
import dev.anabranch.fraud.FraudUseCase;
import dev.anabranch.speed.EventStream;
import dev.anabranch.speed.EventStream.Predictions;
import dev.anabranch.speed.Label;
import dev.anabranch.speed.SpeedPath;
import dev.anabranch.speed.SpeedTopology;
import java.util.List;

/**
 * Payments and labels in; what customers and terminals did since the cut, a score for every payment, what became of the
 * scores, and what was learnt of it, out.
 */
public final class FraudPath implements SpeedPath {
    private static final Label<FraudLabel> LABEL =
            new Label<>(FraudLabel::getTransactionId, FraudLabel::getFraud, FraudEvents.LABELLED_WITHIN);

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
        Predictions scores = speed.events(TRANSACTION) // lies with its customer
                .readThenFold(CUSTOMER)
                .rekeyedBy(TERMINAL) // takes along what is known of the customer
                .readThenFold(TERMINAL)
                .scoredBy(new FraudQuestion())
                .to(Topics.predictions(FraudUseCase.NAME));

        EventStream<FraudLabel> labels = speed.events(FRAUD_LABEL) // lies with its terminal
                .fold(TERMINAL);

        scores.judgedBy(labels, LABEL, OUTCOME);
        speed.events(OUTCOME) // lies with the version that is judged
                .fold(OUTCOMES);
        speed.learnFrom(speed.events(EXAMPLE)); // all lie together: one model needs one order
    }
}
