package dev.anabranch.fraud.simulator;

import dev.anabranch.simulator.SimulatedEvent;
import dev.anabranch.simulator.TimeOrder;
import java.time.Duration;
import java.util.Iterator;

/**
 * Transactions and their labels as events, in the order of time.
 *
 * <p>A label comes its delay after its transaction, between the transactions of that moment and before one of the same
 * millisecond. Labels are read from a second pass over the same transactions rather than kept until they are due: a
 * week of a busy live stream would not fit in memory.
 */
final class LabelledEvents {
    private LabelledEvents() {}

    static Iterator<SimulatedEvent<?>> transactions(Iterator<LabelledTransaction> transactions) {
        return TimeOrder.map(transactions, LabelledTransaction::payment);
    }

    static Iterator<SimulatedEvent<?>> labels(Iterator<LabelledTransaction> transactions, Duration delay) {
        requireDelay(delay);
        return TimeOrder.map(transactions, transaction -> transaction.label(delay));
    }

    static void requireDelay(Duration delay) {
        if (delay.isNegative()) {
            throw new IllegalArgumentException("Label delay must be 0 or more, got " + delay + "; try P7D");
        }
    }
}
