package dev.anabranch.benchmarks.stream;

import dev.anabranch.event.Admission;
import dev.anabranch.event.EventType;
import dev.anabranch.fraud.CustomerActivity;
import dev.anabranch.fraud.FraudEvents;
import dev.anabranch.fraud.Transaction;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Payments in the order in which they happen, {@value #APART_MILLIS} ms apart, the same for each reader. Each reader has a topic
 * of its own, so that they take turns: what a turn costs the broker is that reader's.
 */
public final class Payments {
    private static final int CUSTOMERS = 100_000;
    private static final int TERMINALS = 100_000;
    private static final long APART_MILLIS = 10;
    private static final long GAP_MILLIS = OneView.LENGTH.plus(OneView.HOP).toMillis();

    private final int warmUps;
    private final int perTurn;
    private final long firstMillis;
    private final long seed;

    /**
     * @param warmUps   turns that not every reader takes: so long before the others that no window has payments of both
     * @param turns     in all
     * @param endMillis when the last of them is over: not later than now, or payments would be refused
     */
    Payments(int warmUps, int turns, int perTurn, long endMillis, long seed) {
        this.warmUps = warmUps;
        this.perTurn = perTurn;
        this.seed = seed;
        long hop = OneView.HOP.toMillis();
        firstMillis = (endMillis - GAP_MILLIS - turns * perTurn * APART_MILLIS) / hop * hop;
    }

    int perTurn() {
        return perTurn;
    }

    /** Payments as they come to a reader: the event type of the fraud use case, in another topic. */
    public static EventType<Transaction> type(String reader) {
        return EventType.named("bench-" + reader, Transaction.class)
                .identifiedBy("transactionId", Transaction::getTransactionId)
                .happenedAt(Transaction::getEventTimeMillis)
                .keyedBy("customerId", Transaction::getCustomerId)
                .identifier("terminalId", Transaction::getTerminalId)
                .between("amountCents", 0, FraudEvents.MOST_CENTS, Transaction::getAmountCents)
                .declare();
    }

    /** The payment of a record, decoded and checked as the speed layer does it. */
    public static Transaction admitted(EventType<Transaction> type, byte[] key, byte[] value) {
        Admission<Transaction> admission = type.admit(key, value, System.currentTimeMillis());
        if (!(admission instanceof Admission.Admitted<Transaction> admitted)) {
            throw new IllegalStateException("Payments of a benchmark must be admitted, got " + admission);
        }
        return admitted.event();
    }

    /** Is given each payment of a turn, in order. */
    interface Till {
        void pay(Transaction payment);
    }

    void turn(int turn, Till till) {
        part(turn, 0, perTurn, till);
    }

    /** The payments {@code [from, to)} of a turn. */
    void part(int turn, int from, int to, Till till) {
        SplittableRandom random = new SplittableRandom(seed + turn);
        long start = startMillis(turn);
        for (int i = 0; i < to; i++) {
            Transaction payment = new Transaction(
                    "p-" + turn + "-" + i,
                    start + i * APART_MILLIS,
                    "c-" + random.nextInt(CUSTOMERS),
                    "t-" + random.nextInt(TERMINALS),
                    1L + random.nextInt(50_000));
            if (i >= from) {
                till.pay(payment);
            }
        }
    }

    private long startMillis(int turn) {
        return firstMillis + turn * perTurn * APART_MILLIS + (turn < warmUps ? 0 : GAP_MILLIS);
    }

    /**
     * The last moment at which a window ends whose payments have all happened when so many turns are over, with a second to
     * spare: a partition's last payment is not the last of all.
     */
    long lastEnd(int over) {
        long hop = OneView.HOP.toMillis();
        return (startMillis(over) - 1_000) / hop * hop;
    }

    /** What each customer spent in the window that ends then, in the turns that were measured and are over, worked out in the plainest way. */
    Map<String, CustomerActivity> windows(int over, long endMillis) {
        Map<String, CustomerActivity> spent = new HashMap<>();
        for (int turn = warmUps; turn < over; turn++) {
            turn(turn, payment -> {
                if (OneView.WINDOW.contains(payment.getEventTimeMillis(), endMillis)) {
                    spent.merge(payment.getCustomerId(), CustomerActivity.of(payment), CustomerActivity::plus);
                }
            });
        }
        return spent;
    }
}
