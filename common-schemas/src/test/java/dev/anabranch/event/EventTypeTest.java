package dev.anabranch.event;

import static dev.anabranch.fraud.FraudEvents.FRAUD_LABEL;
import static dev.anabranch.fraud.FraudEvents.TRANSACTION;
import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.fraud.FraudEvents;
import dev.anabranch.fraud.FraudLabel;
import dev.anabranch.fraud.Transaction;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class EventTypeTest {
    private static final long NOW = 1_700_000_000_000L;
    private static final long FIVE_MINUTES = 300_000;

    @Test
    void aGoodRecordIsAdmitted() {
        assertThat(admit("c-1", payment(NOW, "c-1", "w-1", 4200)))
                .isEqualTo(new Admission.Admitted<>(payment(NOW, "c-1", "w-1", 4200)));
        assertThat(admit("c-1", payment(0, "c-1", "w-1", 0))).isInstanceOf(Admission.Admitted.class);
        assertThat(admit("c-1", payment(NOW, "c-1", "w-1", FraudEvents.MOST_CENTS)))
                .isInstanceOf(Admission.Admitted.class);
    }

    @Test
    void anEventFiveMinutesPastItsArrivalIsAdmittedAndOneMillisecondMoreIsNot() {
        assertThat(admit("c-1", payment(NOW + FIVE_MINUTES, "c-1", "w-1", 1))).isInstanceOf(Admission.Admitted.class);
        assertThat(reason("c-1", payment(NOW + FIVE_MINUTES + 1, "c-1", "w-1", 1)))
                .isEqualTo("eventTimeMillis must not be more than PT5M past its arrival " + NOW + ", got "
                        + (NOW + FIVE_MINUTES + 1));
    }

    @Test
    void aRefusalNamesTheFieldTheRuleAndTheValue() {
        assertThat(reason("c-1", payment(NOW, "c-1", "w-1", -1)))
                .isEqualTo("amountCents must be between 0 and 10000000000, got -1");
        assertThat(reason("c-1", payment(-1, "c-1", "w-1", 1)))
                .isEqualTo("eventTimeMillis must not be before 1970, got -1");
        assertThat(reason("", payment(NOW, "", "w-1", 1)))
                .isEqualTo("customerId must have 1 to 256 characters and no control characters, got ''");
        assertThat(reason("c-1", payment(NOW, "c-1", "w\0", 1))).startsWith("terminalId must have");
        assertThat(reason("c-1", payment(NOW, "c-1", "w".repeat(257), 1))).startsWith("terminalId must have");
    }

    @Test
    void aRecordKeyThatIsNotTheEventsOwnIsRefused() {
        assertThat(reason("c-2", payment(NOW, "c-1", "w-1", 1)))
                .isEqualTo("The record key must be the event's customerId 'c-1', got 'c-2'");
        assertThat(((Admission.Refused<?>) TRANSACTION.admit(null, TRANSACTION.encode(payment(NOW, "c", "w", 1)), NOW))
                        .reason())
                .endsWith("got 'null'");
    }

    @Test
    void whatCannotBeReadIsRefused() {
        assertThat(((Admission.Refused<?>) TRANSACTION.admit(bytes("c-1"), null, NOW)).reason())
                .isEqualTo("The record of transaction must have a value, got none");
        assertThat(((Admission.Refused<?>) TRANSACTION.admit(bytes("c-1"), bytes("{}"), NOW)).reason())
                .startsWith("The value cannot be read as transaction: ");
        FraudLabel label = new FraudLabel("t", NOW, NOW, "c-1", "w-1", true);
        assertThat(((Admission.Refused<?>) TRANSACTION.admit(bytes("c-1"), FRAUD_LABEL.encode(label), NOW)).reason())
                .startsWith("The value cannot be read as transaction: ");
    }

    @Test
    void aLabelMayNotComeBeforeItsPayment() {
        FraudLabel early = new FraudLabel("t", NOW - 1, NOW, "c-1", "w-1", true);
        assertThat(FRAUD_LABEL.check(early, NOW))
                .hasValueSatisfying(broken -> assertThat(broken.toString())
                        .isEqualTo("transactionTimeMillis must be between 1970 and the label's eventTimeMillis, got "
                                + NOW));
    }

    private static Transaction payment(long time, String customer, String terminal, long cents) {
        return new Transaction("t-1", time, customer, terminal, cents);
    }

    private static Admission<Transaction> admit(String key, Transaction payment) {
        return TRANSACTION.admit(bytes(key), TRANSACTION.encode(payment), NOW);
    }

    private static String reason(String key, Transaction payment) {
        return ((Admission.Refused<Transaction>) admit(key, payment)).reason();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
