package dev.anabranch.fraud.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.fraud.FraudEvents;
import dev.anabranch.fraud.FraudLabel;
import dev.anabranch.fraud.Transaction;
import dev.anabranch.simulator.SimulatedEvent;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CardTimelineTest {
    private static final Duration WEEK = Duration.ofDays(7);
    private static final LocalDate FIRST_DAY = LocalDate.of(2026, 1, 1);
    private static final long END = Instant.parse("2026-01-21T15:30:00Z").toEpochMilli();

    private final CardSimulation simulation =
            new CardSimulation(new CardSimulation.Settings(11, "s", FIRST_DAY, 200, 400, 10));
    private final CardTimeline timeline = new CardTimeline(simulation, END, WEEK);

    @Test
    void theHistoryIsInTimeOrderAndEndsAtItsEnd() {
        List<SimulatedEvent<?>> history = list(timeline.history());
        assertInTimeOrder(history);
        assertThat(history.get(history.size() - 1).timeMillis()).isBetween(END - 3_600_000, END);
    }

    @Test
    void theHistoryHasEveryTransactionUpToItsEnd() {
        List<Transaction> expected = new ArrayList<>();
        simulation.days(0, 20).forEachRemaining(t -> expected.add(t.transaction()));
        expected.removeIf(t -> t.getEventTimeMillis() > END);
        assertThat(of(list(timeline.history()), Transaction.class)).isEqualTo(expected);
    }

    @Test
    void everyTransactionIsLabelledExactlyItsDelayLater() {
        Map<String, LabelledTransaction> truth = new HashMap<>();
        simulation.days(0, 20).forEachRemaining(t -> truth.put(t.transaction().getTransactionId(), t));
        List<FraudLabel> labels = of(list(timeline.history()), FraudLabel.class);
        for (FraudLabel label : labels) {
            LabelledTransaction labelled = truth.get(label.getTransactionId());
            assertThat(label)
                    .isEqualTo(new FraudLabel(
                            labelled.transaction().getTransactionId(),
                            labelled.timeMillis() + WEEK.toMillis(),
                            labelled.timeMillis(),
                            labelled.transaction().getCustomerId(),
                            labelled.transaction().getTerminalId(),
                            labelled.fraud()));
        }
        assertThat(labels).anyMatch(FraudLabel::getFraud);
        long due = truth.values().stream()
                .filter(t -> t.timeMillis() + WEEK.toMillis() <= END)
                .count();
        assertThat(labels).hasSize((int) due);
    }

    @Test
    void partsThatFollowEachOtherAreTheHistory() {
        List<SimulatedEvent<?>> parts = new ArrayList<>();
        long start = Instant.parse("2026-01-01T00:00:00Z").toEpochMilli();
        long first = start + 9 * 86_400_000L;
        parts.addAll(list(timeline.between(start, first)));
        parts.addAll(list(timeline.between(first, first + 86_400_001)));
        parts.addAll(list(timeline.between(first + 86_400_001, END + 1)));

        assertThat(parts).isEqualTo(list(timeline.history()));
    }

    @Test
    void everyEventKeepsTheRulesOfItsType() {
        for (SimulatedEvent<?> event : list(timeline.history())) {
            if (event.record() instanceof Transaction transaction) {
                assertThat(FraudEvents.TRANSACTION.check(transaction, transaction.getEventTimeMillis()))
                        .isEmpty();
            } else {
                FraudLabel label = (FraudLabel) event.record();
                assertThat(FraudEvents.FRAUD_LABEL.check(label, label.getEventTimeMillis()))
                        .isEmpty();
            }
        }
    }

    @Test
    void liveGoesOnWithTheLabelsThatTheHistoryLeftOpen() {
        long from = END + 90_000; // a batch run may lie between
        List<SimulatedEvent<?>> live = until(END + 8 * 86_400_000L, timeline.live(from, 0.01));
        assertInTimeOrder(live);
        List<FraudLabel> all = of(list(timeline.history()), FraudLabel.class);
        all.addAll(of(live, FraudLabel.class));
        List<Transaction> payments = of(list(timeline.history()), Transaction.class);
        payments.addAll(of(live, Transaction.class));
        List<String> labelled = payments.stream()
                .filter(t -> t.getEventTimeMillis() + WEEK.toMillis() <= END + 8 * 86_400_000L)
                .map(Transaction::getTransactionId)
                .toList();
        assertThat(all).extracting(FraudLabel::getTransactionId).containsExactlyElementsOf(labelled);
        assertThat(live.get(0).timeMillis()).isGreaterThan(END);
        assertThat(of(live, Transaction.class)).isNotEmpty().allMatch(t -> t.getEventTimeMillis() >= from);
    }

    @Test
    void aLabelOfTheSameMillisecondComesBeforeTheTransaction() {
        CardTimeline undelayed = new CardTimeline(simulation, END, Duration.ZERO);
        List<SimulatedEvent<?>> history = list(undelayed.history());
        assertThat(history.get(0).record()).isInstanceOf(FraudLabel.class);
        assertThat(history.get(1).record()).isInstanceOf(Transaction.class);
    }

    @Test
    void momentsThatMakeNoSenseAreNamed() {
        assertThatThrownBy(() -> new CardTimeline(simulation, END, Duration.ofDays(-1)))
                .hasMessage("Label delay must be 0 or more, got PT-24H; try P7D");
        assertThatThrownBy(() -> new CardTimeline(simulation, 0, WEEK))
                .hasMessage("The history must not end before its first day 2026-01-01, got 0");
        assertThatThrownBy(() -> timeline.live(END - 1, 1))
                .hasMessage("Live must not start before the history's end " + END + ", got " + (END - 1));
    }

    private static void assertInTimeOrder(List<SimulatedEvent<?>> events) {
        for (int i = 1; i < events.size(); i++) {
            assertThat(events.get(i).timeMillis())
                    .isGreaterThanOrEqualTo(events.get(i - 1).timeMillis());
        }
    }

    private static <T> List<T> of(List<SimulatedEvent<?>> events, Class<T> type) {
        List<T> found = new ArrayList<>();
        events.stream()
                .map(SimulatedEvent::record)
                .filter(type::isInstance)
                .map(type::cast)
                .forEach(found::add);
        return found;
    }

    private static List<SimulatedEvent<?>> list(Iterator<SimulatedEvent<?>> events) {
        return until(Long.MAX_VALUE, events);
    }

    private static List<SimulatedEvent<?>> until(long lastMillis, Iterator<SimulatedEvent<?>> events) {
        List<SimulatedEvent<?>> all = new ArrayList<>();
        while (events.hasNext()) {
            SimulatedEvent<?> event = events.next();
            if (event.timeMillis() > lastMillis) {
                break;
            }
            all.add(event);
        }
        return all;
    }
}
