package dev.anabranch.fraud;

import dev.anabranch.event.EventType;
import dev.anabranch.learning.LabelledExample;
import dev.anabranch.learning.Learning;
import dev.anabranch.quality.Outcome;
import dev.anabranch.quality.Outcomes;
import java.time.Duration;

/** What happens: payments, and later what investigations found about them; and how the predictions fared. */
public final class FraudEvents {
    /** The most one payment may be: large enough for any card, small enough that sums of 10^8 payments fit. */
    public static final long MOST_CENTS = 10_000_000_000L;

    public static final EventType<Transaction> TRANSACTION = EventType.named("transaction", Transaction.class)
            .identifiedBy("transactionId", Transaction::getTransactionId)
            .happenedAt(Transaction::getEventTimeMillis)
            .keyedBy("customerId", Transaction::getCustomerId)
            .identifier("terminalId", Transaction::getTerminalId)
            .between("amountCents", 0, MOST_CENTS, Transaction::getAmountCents)
            .declare();

    public static final EventType<FraudLabel> FRAUD_LABEL = EventType.named("fraud-label", FraudLabel.class)
            .identifiedBy("transactionId", FraudLabel::getTransactionId)
            .happenedAt(FraudLabel::getEventTimeMillis)
            .identifier("customerId", FraudLabel::getCustomerId)
            .keyedBy("terminalId", FraudLabel::getTerminalId)
            .rule(
                    "transactionTimeMillis",
                    "must be between 1970 and the label's eventTimeMillis",
                    FraudLabel::getTransactionTimeMillis,
                    label -> label.getTransactionTimeMillis() >= 0
                            && label.getTransactionTimeMillis() <= label.getEventTimeMillis())
            .declare();

    /** What predictions said, and what the labels said later. */
    public static final EventType<Outcome> OUTCOME = Outcomes.of(FraudUseCase.NAME);

    /** What a model learns from as labels arrive. */
    public static final EventType<LabelledExample> EXAMPLE = Learning.examplesOf(FraudUseCase.NAME);

    /** A label that comes this long after its payment was scored, or after the label before it, still counts. */
    public static final Duration LABELLED_WITHIN = Duration.ofDays(60);

    private FraudEvents() {}
}
