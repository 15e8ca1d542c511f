package dev.anabranch.fraud.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.anabranch.fraud.simulator.CardSimulation.Settings;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CardSimulationTest {
    private static final LocalDate FIRST_DAY = LocalDate.of(2018, 4, 1);
    private static final long FIRST_MILLIS =
            Instant.parse("2018-04-01T00:00:00Z").toEpochMilli();
    private static final long DAY = 86_400_000;

    private final CardSimulation small = new CardSimulation(new Settings(7, "s", FIRST_DAY, 300, 600, 10));

    @Test
    void theSameSeedGivesTheSameTransactions() {
        CardSimulation again = new CardSimulation(small.settings());
        assertThat(list(again.days(0, 40))).isEqualTo(list(small.days(0, 40)));
    }

    @Test
    void anotherSeedGivesOthers() {
        CardSimulation other = new CardSimulation(new Settings(8, "s", FIRST_DAY, 300, 600, 10));
        assertThat(other.day(3)).isNotEqualTo(small.day(3));
    }

    @Test
    void aSeedMeansTheSameOnEveryMachineAndJdk() {
        LabelledTransaction first = small.day(0).get(0);
        assertThat(first.transaction().toString())
                .isEqualTo(
                        "{\"transactionId\": \"s-0-0\", \"eventTimeMillis\": 1522540979216, \"customerId\": \"c-28\","
                                + " \"terminalId\": \"t-429\", \"amountCents\": 7421}");
    }

    @Test
    void aDayIsTheSameWithoutThoseBeforeIt() {
        List<LabelledTransaction> day30 = new CardSimulation(small.settings()).day(30);
        assertThat(list(small.days(28, 32))).containsSubsequence(day30);
    }

    @Test
    void transactionsOfADayLieInItAndInTimeOrder() {
        List<LabelledTransaction> day = small.day(5);
        assertThat(day).isSortedAccordingTo(Comparator.comparingLong(LabelledTransaction::timeMillis));
        assertThat(day).allSatisfy(t -> assertThat(small.dayOf(t.timeMillis())).isEqualTo(5));
        assertThat(day).anyMatch(t -> t.timeMillis() % 1000 != 0);
    }

    @Test
    void transactionIdsAreUnique() {
        Set<String> ids = new HashSet<>();
        small.days(0, 60)
                .forEachRemaining(t ->
                        assertThat(ids.add(t.transaction().getTransactionId())).isTrue());
        Iterator<LabelledTransaction> live = small.live(FIRST_MILLIS + 60 * DAY, 10);
        for (int i = 0; i < 1000; i++) {
            assertThat(ids.add(live.next().transaction().getTransactionId())).isTrue();
        }
    }

    @Test
    void atTheBooksSizeTheFiguresAreThoseOfThePublishedDataSet() {
        Iterator<LabelledTransaction> days = new CardSimulation(Settings.ofTheBook(2018, "b", FIRST_DAY)).days(0, 182);
        long[] byScenario = new long[4];
        long cents = 0;
        long certain = 0;
        Set<String> customers = new HashSet<>();
        Set<String> terminals = new HashSet<>();
        while (days.hasNext()) {
            LabelledTransaction t = days.next();
            assertThat(t.fraud()).isEqualTo(t.scenario() > 0);
            byScenario[t.scenario()]++;
            cents += t.transaction().getAmountCents();
            certain += t.transaction().getAmountCents() > 220_00 && !t.fraud() ? 1 : 0;
            customers.add(t.transaction().getCustomerId());
            terminals.add(t.transaction().getTerminalId());
        }
        double frauds = byScenario[1] + byScenario[2] + byScenario[3];
        double all = byScenario[0] + frauds;
        // Published: one draw of the same process. The tolerances are 3 standard deviations of such a draw or more.
        assertThat(all / 183).isCloseTo(9_585, withinPercentage(4));
        assertThat(cents / all / 100).isCloseTo(53.63, withinPercentage(4));
        assertThat(frauds / all).isCloseTo(0.00837, within(0.001));
        assertThat(byScenario[1] / frauds).isCloseTo(973 / 14_681.0, within(0.03));
        assertThat(byScenario[2] / frauds).isCloseTo(9_077 / 14_681.0, within(0.06));
        assertThat(byScenario[3] / frauds).isCloseTo(4_631 / 14_681.0, within(0.06));
        assertThat(certain).as("amounts over 220 that are no fraud").isZero();
        assertThat(customers).hasSizeBetween(4_950, 5_000);
        assertThat(terminals).hasSizeBetween(9_950, 10_000);
    }

    @Test
    void timesOfDayLieAroundNoon() {
        double[] seconds = list(small.days(0, 60)).stream()
                .mapToDouble(t -> (t.timeMillis() - FIRST_MILLIS) % DAY / 1e3)
                .toArray();
        double mean = Arrays.stream(seconds).average().orElseThrow();
        double variance = Arrays.stream(seconds)
                .map(s -> (s - mean) * (s - mean))
                .average()
                .orElseThrow();
        assertThat(mean).isCloseTo(43_200, within(500.0));
        // Cut off at midnight on both sides, which is a = 2.16 deviations away, 20,000 s become
        // 20,000 * sqrt(1 - 2a phi(a) / (2 Phi(a) - 1)).
        assertThat(Math.sqrt(variance)).isCloseTo(18_194, within(250.0));
    }

    @Test
    void aCompromisedTerminalSeesNothingButFraudUntilItIsFoundOut() {
        CardSimulation book = new CardSimulation(Settings.ofTheBook(5, "b", FIRST_DAY));
        Map<String, Integer> compromised = new HashMap<>();
        Set<String> notCompromised = new HashSet<>();
        for (LabelledTransaction t : book.day(40)) {
            String terminal = t.transaction().getTerminalId();
            if (t.scenario() == 2) {
                compromised.merge(terminal, 1, Integer::sum);
            } else if (t.scenario() < 2) {
                notCompromised.add(terminal);
            }
        }
        assertThat(compromised).hasSizeBetween(20, 56); // of 56, those that anybody paid at
        assertThat(compromised.keySet()).doesNotContainAnyElementsOf(notCompromised);
    }

    @Test
    void aThirdOfACompromisedCustomersTransactionsAreTheft() {
        CardSimulation book = new CardSimulation(Settings.ofTheBook(5, "b", FIRST_DAY));
        Set<String> victims = new HashSet<>();
        for (LabelledTransaction t : list(book.days(60, 62))) {
            if (t.scenario() == 3) {
                victims.add(t.transaction().getCustomerId());
            }
        }
        assertThat(victims).hasSizeBetween(20, 48);
        assertThat(list(book.days(0, 13)).stream().filter(t -> t.scenario() == 3))
                .as("3 victims more a day")
                .hasSizeBetween(100, 310);
    }

    @Test
    void liveTransactionsComeAtTheRateAskedForWithTheHabitsOfTheHistory() {
        CardSimulation book = new CardSimulation(Settings.ofTheBook(5, "b", FIRST_DAY));
        long from = FIRST_MILLIS + 60 * DAY + 12_345;
        Iterator<LabelledTransaction> live = book.live(from, 200);
        long last = from;
        long frauds = 0;
        long cents = 0;
        Map<String, Integer> byCustomer = new HashMap<>();
        int count = 200_000;
        for (int i = 0; i < count; i++) {
            LabelledTransaction t = live.next();
            assertThat(t.timeMillis()).isGreaterThanOrEqualTo(last);
            last = t.timeMillis();
            frauds += t.fraud() ? 1 : 0;
            cents += t.transaction().getAmountCents();
            byCustomer.merge(t.transaction().getCustomerId(), 1, Integer::sum);
        }
        assertThat((last - from) / 1e3).isCloseTo(count / 200.0, withinPercentage(2));
        assertThat(cents / 100.0 / count).isCloseTo(53.63, withinPercentage(5));
        assertThat((double) frauds / count).isCloseTo(0.0088, within(0.003));
        assertThat(byCustomer).hasSizeBetween(4_800, 5_000);
        assertThat(list(take(book.live(from, 200), 100))).isEqualTo(list(take(book.live(from, 200), 100)));
    }

    @Test
    void aChangeOfTheProcessLeavesTheDaysBeforeItAsTheyWere() {
        CardSimulation changed = new CardSimulation(small.settings().withChangeOn(20));

        assertThat(list(changed.days(0, 19))).isEqualTo(list(small.days(0, 19)));
        assertThat(changed.day(20)).isNotEqualTo(small.day(20));
    }

    @Test
    void fromTheChangeOnCardsAreTestedAtNightForSmallAmountsAndTheOldWaysRunOut() {
        CardSimulation changed = new CardSimulation(new Settings(7, "s", FIRST_DAY, 5_000, 10_000, 5).withChangeOn(40));
        List<LabelledTransaction> tests = new ArrayList<>();
        List<LabelledTransaction> all = list(changed.days(40, 49));
        all.stream().filter(t -> t.scenario() == 4).forEach(tests::add);

        assertThat(tests).allSatisfy(test -> {
            assertThat(test.fraud()).isTrue();
            assertThat(test.transaction().getAmountCents()).isBetween(100L, 1_000L);
            assertThat((test.timeMillis() - FIRST_MILLIS) % DAY).isLessThan(DAY / 4);
        });
        int expected = 20 * 3 * 8 * 10; // robbed a day, days each, tests a day, days
        assertThat(tests).hasSizeBetween(expected - 250, expected + 250);
        assertThat(list(changed.days(68, 70)))
                .extracting(LabelledTransaction::scenario)
                .doesNotContain(2, 3)
                .contains(0, 1, 4);
    }

    @Test
    void liveTransactionsChangeWithTheDaysProcess() {
        CardSimulation changed = new CardSimulation(small.settings().withChangeOn(20));
        Iterator<LabelledTransaction> before = changed.live(FIRST_MILLIS + 10 * DAY, 10);
        Iterator<LabelledTransaction> after = changed.live(FIRST_MILLIS + 30 * DAY, 10);
        int tests = 0;
        for (int i = 0; i < 2_000; i++) {
            assertThat(before.next().scenario()).isNotEqualTo(4);
            tests += after.next().scenario() == 4 ? 1 : 0;
        }

        assertThat(tests).isBetween(40, 160); // of 600 payments a day some 30 are tests
    }

    @Test
    void settingsThatMakeNoSenseAreNamed() {
        assertThatThrownBy(() -> new Settings(1, "s", FIRST_DAY, 0, 1, 1))
                .hasMessage("Customers must be 1 or more, got 0");
        assertThatThrownBy(() -> new Settings(1, "s", FIRST_DAY, 1, 0, 1))
                .hasMessage("Terminals must be 1 or more, got 0");
        assertThatThrownBy(() -> new Settings(1, "s", FIRST_DAY, 1, 1, Double.NaN))
                .hasMessage("Radius must be above 0, got NaN");
        assertThatThrownBy(() -> small.day(-1)).hasMessage("Day must be 0 or more, got -1");
        assertThatThrownBy(() -> small.live(FIRST_MILLIS, 0)).hasMessage("Rate must be a number above 0, got 0.0");
    }

    private static Iterator<LabelledTransaction> take(Iterator<LabelledTransaction> source, int count) {
        List<LabelledTransaction> taken = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            taken.add(source.next());
        }
        return taken.iterator();
    }

    private static List<LabelledTransaction> list(Iterator<LabelledTransaction> transactions) {
        List<LabelledTransaction> all = new ArrayList<>();
        transactions.forEachRemaining(all::add);
        return all;
    }
}
