package dev.anabranch.fraud;

import static dev.anabranch.fraud.FraudEvents.FRAUD_LABEL;
import static dev.anabranch.fraud.FraudEvents.OUTCOME;
import static dev.anabranch.fraud.FraudEvents.TRANSACTION;

import dev.anabranch.quality.OutcomeSums;
import dev.anabranch.quality.Outcomes;
import dev.anabranch.view.Source;
import dev.anabranch.view.View;
import dev.anabranch.view.Window;
import java.time.Duration;

/** What is kept of customers, of terminals, and of the models that score payments. */
public final class FraudViews {
    private static final Window DAY = Window.last(Duration.ofDays(1));
    private static final Window WEEK = Window.last(Duration.ofDays(7));
    private static final Window MONTH = Window.last(Duration.ofDays(30));

    /** How long an investigation takes: what a terminal did more recently is not yet known to be good or bad. */
    public static final Duration INVESTIGATION = Duration.ofDays(7);

    /** What a customer spent. */
    public static final View<CustomerActivity> CUSTOMER = View.named("fraud.customer", CustomerActivity.MONOID)
            .from(Source.of(TRANSACTION).by(Transaction::getCustomerId).as(CustomerActivity::of))
            .over(DAY, WEEK, MONTH)
            .measure("count", CustomerActivity::payments)
            .measure("total-cents", CustomerActivity::totalCents)
            .measure("mean-cents", CustomerActivity::meanCents)
            .declare();

    /** What a terminal saw, long enough ago to have been investigated. A known fraud counts when the payment was made. */
    public static final View<TerminalActivity> TERMINAL = View.named("fraud.terminal", TerminalActivity.MONOID)
            .from(Source.of(TRANSACTION).by(Transaction::getTerminalId).as(payment -> TerminalActivity.PAYMENT))
            .from(Source.of(FRAUD_LABEL)
                    .by(FraudLabel::getTerminalId)
                    .at(FraudLabel::getTransactionTimeMillis)
                    .when(FraudLabel::getFraud)
                    .as(label -> TerminalActivity.FRAUD))
            .over(DAY.delayedBy(INVESTIGATION), WEEK.delayedBy(INVESTIGATION), MONTH.delayedBy(INVESTIGATION))
            .measure("count", TerminalActivity::payments)
            .measure("frauds", TerminalActivity::frauds)
            .measure("risk", TerminalActivity::risk)
            .declare();

    /** How a version of the model has fared: what it said and what came true, what it expected to be lost and what was, in cents. */
    public static final View<OutcomeSums> OUTCOMES = Outcomes.view(FraudUseCase.NAME, OUTCOME);

    private FraudViews() {}
}
