package dev.anabranch.local.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.fraud.FraudEvents;
import dev.anabranch.fraud.FraudViews;
import dev.anabranch.fraud.Transaction;
import dev.anabranch.local.RunningBroker;
import dev.anabranch.simulator.EventProducer;
import dev.anabranch.simulator.PublishListener;
import dev.anabranch.simulator.SimulatedEvent;
import java.util.List;
import org.apache.kafka.common.utils.Utils;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Whether the check would notice: the log is real, the answers are written by hand. */
class MergeCheckTest {
    private static final long AT = 1_700_000_000_000L;
    private static final long HOUR = 3_600_000;
    private static final int PARTITION = Utils.toPositive(Utils.murmur2("c-1".getBytes())) % 4;
    private static final String WHOLE_LOG = asOf(2);

    @RegisterExtension
    static final RunningBroker BROKER = new RunningBroker();

    @BeforeAll
    static void twoPaymentsAnHourApart() {
        try (EventProducer producer = EventProducer.connect(
                BROKER.bootstrapServers(),
                List.of(FraudEvents.TRANSACTION),
                EventProducer.Tuning.PROMPT,
                PublishListener.NONE)) {
            producer.send(payment("p-1", AT - 2 * HOUR, 4_00));
            producer.flush();
            producer.send(payment("p-2", AT - HOUR, 2_50));
            producer.flush();
        }
    }

    @Test
    void anAnswerThatEqualsTheFoldIsCounted() throws Exception {
        MergeCheck.Result result = checked(answer(2, 6_50, WHOLE_LOG, true));
        assertThat(result.checked()).isEqualTo(1);
        assertThat(result.entities()).containsEntry("fraud.customer", 1);
        assertThat(result.mismatches()).isZero();
    }

    @Test
    void anAnswerIsComparedWithThePartOfTheLogItKnows() throws Exception {
        assertThat(checked(answer(1, 4_00, asOf(1), true)).mismatches()).isZero();
        assertThat(checked(answer(2, 6_50, asOf(1), true)).mismatches()).isEqualTo(1);
    }

    @Test
    void aPaymentCountedTwiceIsAMismatchAndTold() throws Exception {
        MergeCheck.Result result = checked(answer(3, 9_00, WHOLE_LOG, true));
        assertThat(result.mismatches()).isEqualTo(1);
        assertThat(result.told().get(0))
                .contains("fraud.customer 'c-1'", "must be {\"payments\":2,\"totalCents\":650}, got {\"payments\":3");
    }

    @Test
    void aMeasureThatDiffersInTheLastBitIsAMismatch() throws Exception {
        String right = answer(2, 6_50, WHOLE_LOG, true);
        assertThat(checked(right.replace("325.0", "325.00000000000006")).mismatches())
                .isEqualTo(1);
    }

    @Test
    void anAnswerThatSaysItIsInexactIsNotCompared() throws Exception {
        MergeCheck.Result result = checked(answer(3, 9_00, WHOLE_LOG, false));
        assertThat(result.checked()).isZero();
        assertThat(result.inexact()).isEqualTo(1);
    }

    @Test
    void atRestAnAnswerThatMissesTheLastPaymentIsAMismatchHoweverHonest() throws Exception {
        try (AnsweringServer server = new AnsweringServer(asked -> answer(1, 4_00, asOf(1), true));
                EventLog log = log()) {
            MergeCheck check = new MergeCheck(new Api(server.address()));
            check.compareAtRest(log, FraudViews.CUSTOMER, List.of("c-1"), AT, 300);
            assertThat(check.result().mismatches()).isEqualTo(1);
        }
    }

    private static MergeCheck.Result checked(String answer) throws Exception {
        try (AnsweringServer server = new AnsweringServer(asked -> answer);
                EventLog log = log()) {
            MergeCheck check = new MergeCheck(new Api(server.address()));
            check.ask(FraudViews.CUSTOMER, List.of("c-1"), AT);
            check.compare(log);
            return check.result();
        }
    }

    private static EventLog log() {
        return new EventLog(
                BROKER.bootstrapServers(),
                List.of(FraudEvents.TRANSACTION, FraudEvents.FRAUD_LABEL),
                List.of(FraudViews.CUSTOMER),
                entity -> true);
    }

    private static SimulatedEvent<Transaction> payment(String id, long at, long cents) {
        return new SimulatedEvent<>(FraudEvents.TRANSACTION, new Transaction(id, at, "c-1", "t-1", cents));
    }

    private static String asOf(long offset) {
        return "[{\"topic\":\"events.transaction\",\"partition\":" + PARTITION + ",\"offset\":" + offset + "}]";
    }

    private static String answer(long payments, long cents, String asOf, boolean exact) {
        String window = "{\"merged\":{\"aggregate\":{\"payments\":" + payments + ",\"totalCents\":" + cents
                + "},\"measures\":{\"count\":" + (double) payments + ",\"total-cents\":" + (double) cents
                + ",\"mean-cents\":" + (double) cents / payments + "}}}";
        return "{\"answers\":[{\"entity\":\"c-1\",\"atMillis\":" + AT + ",\"windows\":[" + window + "," + window + ","
                + window + "],\"provenance\":{\"exact\":" + exact + ",\"asOf\":" + asOf + "}}]}";
    }
}
