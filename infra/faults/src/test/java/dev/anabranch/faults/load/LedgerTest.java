package dev.anabranch.faults.load;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LedgerTest {
    private final Ledger ledger = new Ledger();

    @Test
    void anEventThatStandsWhereItWasAcknowledgedIsNotLost() {
        sent(1);
        ledger.acknowledged(17, 0, 5);
        ledger.logged(17, 0, 5, 1_000);
        assertThat(ledger.balance()).isEqualTo(new Ledger.Balance(1, 1, 0, 1, 0, 0, 0));
    }

    @Test
    void anAcknowledgedEventThatIsNotInTheLogIsLost() {
        sent(1);
        ledger.acknowledged(17, 0, 5);
        assertThat(ledger.balance().lost()).isEqualTo(1);
    }

    @Test
    void anAcknowledgedEventInWhosePlaceAnotherStandsIsLost() {
        sent(2);
        ledger.acknowledged(17, 0, 5);
        ledger.logged(18, 0, 5, 1_000);
        assertThat(ledger.balance().lost()).isEqualTo(1);
    }

    @Test
    void anEventThatWasRefusedInTheLogIsLost() {
        sent(1);
        ledger.acknowledged(17, 0, 5);
        ledger.refused(0, 5);
        assertThat(ledger.balance().lost()).isEqualTo(1);
    }

    @Test
    void aRecordThatIsNoEventMustBeRefused() {
        sent(2);
        ledger.acknowledged(Ledger.NO_EVENT, 0, 5);
        ledger.refused(0, 5);
        ledger.acknowledged(Ledger.NO_EVENT, 0, 6);
        ledger.logged(18, 0, 6, 1_000);
        assertThat(ledger.balance().lost()).isEqualTo(1);
    }

    @Test
    void anUnansweredEventMayBeInTheLogOrNot() {
        sent(2);
        ledger.unanswered();
        ledger.unanswered();
        ledger.logged(17, 0, 5, 1_000);
        Ledger.Balance balance = ledger.balance();
        assertThat(balance.lost()).isZero();
        assertThat(balance.unasked()).isZero();
    }

    @Test
    void recordsBeyondThoseSentAreNoticed() {
        sent(1);
        ledger.logged(17, 0, 5, 1_000);
        ledger.logged(17, 0, 6, 1_000);
        assertThat(ledger.balance().unasked()).isEqualTo(1);
    }

    @Test
    void eventsAreCountedByTheTimeTheyHappened() {
        ledger.logged(1, 0, 0, 999);
        ledger.logged(2, 1, 0, 1_000);
        ledger.logged(3, 1, 5_000, 1_999);
        ledger.logged(4, 2, 7, 2_000);
        assertThat(ledger.loggedBetween(1_000, 2_000)).isEqualTo(2);
    }

    private void sent(int many) {
        for (int i = 0; i < many; i++) {
            ledger.sent();
        }
    }
}
