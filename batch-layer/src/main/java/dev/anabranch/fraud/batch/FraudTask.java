package dev.anabranch.fraud.batch;

import dev.anabranch.batch.training.TrainingTask;
import dev.anabranch.event.EventType;
import dev.anabranch.fraud.FraudEvents;
import dev.anabranch.fraud.FraudLabel;
import dev.anabranch.fraud.FraudQuestion;
import dev.anabranch.fraud.Transaction;

/** Payments, and what investigations found about them. */
public final class FraudTask extends FraudQuestion implements TrainingTask<Transaction, FraudLabel> {
    @Override
    public EventType<FraudLabel> label() {
        return FraudEvents.FRAUD_LABEL;
    }

    @Override
    public String labelledEventId(FraudLabel label) {
        return label.getTransactionId();
    }

    @Override
    public double target(FraudLabel label) {
        return label.getFraud() ? 1 : 0;
    }
}
