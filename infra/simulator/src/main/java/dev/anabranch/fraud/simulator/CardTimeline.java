package dev.anabranch.fraud.simulator;

import dev.anabranch.simulator.SimulatedEvent;
import dev.anabranch.simulator.TimeOrder;
import java.time.Duration;
import java.util.Iterator;

/**
 * A simulation laid out in time: a history that ends at one moment, and what happens live after it.
 *
 * <p>The simulated days are days of UTC, so that night and weekend mean what they mean elsewhere. A pure function of its
 * arguments.
 *
 * @param simulation begins at the history's first day
 * @param endMillis  the last moment of the history, in epoch milliseconds
 * @param labelDelay from a transaction to its label
 */
public record CardTimeline(CardSimulation simulation, long endMillis, Duration labelDelay) {
    public CardTimeline {
        LabelledEvents.requireDelay(labelDelay);
        if (simulation.dayOf(endMillis) < 0) {
            throw new IllegalArgumentException("The history must not end before its first day "
                    + simulation.settings().firstDay() + ", got " + endMillis);
        }
    }

    /** Every transaction up to the history's end, and every label that is due by then. */
    public Iterator<SimulatedEvent<?>> history() {
        long lastDay = simulation.dayOf(endMillis);
        return TimeOrder.upTo(
                endMillis,
                TimeOrder.merge(
                        LabelledEvents.labels(simulation.days(0, lastDay), labelDelay),
                        LabelledEvents.transactions(simulation.days(0, lastDay))));
    }

    /**
     * Every transaction from one moment of the history up to another, and every label that is due then; parts that follow each other
     * are the history.
     *
     * @param fromMillis the first moment, in epoch milliseconds
     * @param toMillis   the first that is not among them; not after the history's end
     */
    public Iterator<SimulatedEvent<?>> between(long fromMillis, long toMillis) {
        if (toMillis > endMillis + 1) {
            throw new IllegalArgumentException(
                    "A part of the history must not end after it, at " + endMillis + ", got " + toMillis);
        }
        long lastDay = simulation.dayOf(toMillis - 1);
        long firstDay = Math.max(0, simulation.dayOf(fromMillis));
        long firstLabelled = Math.max(0, simulation.dayOf(fromMillis - labelDelay.toMillis()));
        return TimeOrder.upTo(
                toMillis - 1,
                TimeOrder.after(
                        fromMillis - 1,
                        TimeOrder.merge(
                                LabelledEvents.labels(simulation.days(firstLabelled, lastDay), labelDelay),
                                LabelledEvents.transactions(simulation.days(firstDay, lastDay)))));
    }

    /**
     * What comes after the history, without end: the labels that its end left open, then transactions at a rate, and
     * their labels when they are due.
     *
     * @param fromMillis when the transactions start, in epoch milliseconds; not before the history's end
     * @param perSecond  transactions a second
     */
    public Iterator<SimulatedEvent<?>> live(long fromMillis, double perSecond) {
        if (fromMillis < endMillis) {
            throw new IllegalArgumentException(
                    "Live must not start before the history's end " + endMillis + ", got " + fromMillis);
        }
        Iterator<LabelledTransaction> labelled = TimeOrder.concat(
                historyFrom(endMillis - labelDelay.toMillis()), simulation.live(fromMillis, perSecond));
        return TimeOrder.merge(
                TimeOrder.after(endMillis, LabelledEvents.labels(labelled, labelDelay)),
                LabelledEvents.transactions(simulation.live(fromMillis, perSecond)));
    }

    /** The history's transactions from the day of {@code millis} on. */
    private Iterator<LabelledTransaction> historyFrom(long millis) {
        Iterator<LabelledTransaction> days =
                simulation.days(Math.max(0, simulation.dayOf(millis)), simulation.dayOf(endMillis));
        return TimeOrder.takeWhile(days, transaction -> transaction.timeMillis() <= endMillis);
    }
}
