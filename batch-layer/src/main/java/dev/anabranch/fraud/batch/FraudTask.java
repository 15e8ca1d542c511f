package dev.anabranch.fraud.batch;

import dev.anabranch.batch.training.TrainingTask;
import dev.anabranch.contract.Prediction;
import dev.anabranch.event.EventType;
import dev.anabranch.fraud.CustomerActivity;
import dev.anabranch.fraud.FraudEvents;
import dev.anabranch.fraud.FraudFeatures;
import dev.anabranch.fraud.FraudLabel;
import dev.anabranch.fraud.FraudViews;
import dev.anabranch.fraud.TerminalActivity;
import dev.anabranch.fraud.Transaction;
import dev.anabranch.view.View;
import dev.anabranch.view.WindowValues;
import java.util.List;
import java.util.Map;

/** Payments, and what investigations found about them. */
public final class FraudTask implements TrainingTask<Transaction, FraudLabel> {
    @Override
    public EventType<Transaction> event() {
        return FraudEvents.TRANSACTION;
    }

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

    @Override
    public List<View<?>> views() {
        return List.of(FraudViews.CUSTOMER, FraudViews.TERMINAL);
    }

    @Override
    public String entity(View<?> view, Transaction payment) {
        return view.name().equals(FraudViews.CUSTOMER.name()) ? payment.getCustomerId() : payment.getTerminalId();
    }

    @Override
    public List<String> featureNames() {
        return FraudFeatures.NAMES;
    }

    @Override
    @SuppressWarnings("unchecked") // the values come in the order of views()
    public double[] features(Transaction payment, List<WindowValues<?>> values) {
        return FraudFeatures.of(
                payment.getEventTimeMillis(),
                payment.getAmountCents(),
                (WindowValues<CustomerActivity>) values.get(0),
                (WindowValues<TerminalActivity>) values.get(1));
    }

    @Override
    public Transaction asked(Prediction prediction) {
        Map<String, String> question = prediction.getQuestion();
        return new Transaction(
                prediction.getEventId(),
                prediction.getAtMillis(),
                question.get("customerId"),
                question.get("terminalId"),
                Long.parseLong(question.get("amountCents")));
    }
}
