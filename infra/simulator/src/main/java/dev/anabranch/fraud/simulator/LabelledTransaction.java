package dev.anabranch.fraud.simulator;

import dev.anabranch.fraud.FraudEvents;
import dev.anabranch.fraud.FraudLabel;
import dev.anabranch.fraud.Transaction;
import dev.anabranch.simulator.SimulatedEvent;
import java.time.Duration;

/**
 * A transaction and the truth about it.
 *
 * @param fraud    whether it is fraudulent: what an investigation finds out later
 * @param scenario how the fraud came about: 0 none, 1 amount over 220, 2 compromised terminal, 3 compromised customer, 4 a
 *                 stolen card that is tested. Known to the simulation only, never to a model
 */
public record LabelledTransaction(Transaction transaction, boolean fraud, int scenario) {
    public long timeMillis() {
        return transaction.getEventTimeMillis();
    }

    /** The same, so many milliseconds later. */
    LabelledTransaction shiftedBy(long millis) {
        Transaction shifted = new Transaction(
                transaction.getTransactionId(),
                Math.addExact(transaction.getEventTimeMillis(), millis),
                transaction.getCustomerId(),
                transaction.getTerminalId(),
                transaction.getAmountCents());
        return new LabelledTransaction(shifted, fraud, scenario);
    }

    SimulatedEvent<?> payment() {
        return new SimulatedEvent<>(FraudEvents.TRANSACTION, transaction);
    }

    /** What the investigation publishes, {@code delay} after the transaction. Good transactions get a label too. */
    SimulatedEvent<?> label(Duration delay) {
        return new SimulatedEvent<>(
                FraudEvents.FRAUD_LABEL,
                new FraudLabel(
                        transaction.getTransactionId(),
                        Math.addExact(timeMillis(), delay.toMillis()),
                        timeMillis(),
                        transaction.getCustomerId(),
                        transaction.getTerminalId(),
                        fraud));
    }
}
