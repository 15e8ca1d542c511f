package dev.anabranch.view;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.fraud.CustomerActivity;
import dev.anabranch.fraud.FraudEvents;
import dev.anabranch.fraud.Transaction;
import dev.anabranch.view.oracle.NaiveFold;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * The same log through the classic lambda architecture and through this one, with the same troubles: how many answers
 * differ from the fold over the log. Prints the table of the README.
 */
class ClassicLambdaTest {
    private static final long SEED = 7;
    private static final int EVENTS = 8_000;
    private static final int DAYS = 20;
    private static final int CUSTOMERS = 10;
    private static final int EVENTS_A_COMMIT = 20;
    private static final int OFFSETS_AN_EVENT = 32;
    private static final long DAY = Duration.ofDays(1).toMillis();
    private static final Duration HOP = Duration.ofHours(1);
    private static final Window[] WINDOWS = {Window.last(Duration.ofDays(1)), Window.last(Duration.ofDays(7))};
    private static final View<CustomerActivity> VIEW = declared(WINDOWS);
    private static final Origin ORIGIN = new Origin(FraudEvents.TRANSACTION.topic(), 0);

    private enum Trouble {
        NONE("none"),
        LATE("a tenth of the events up to 3 days late"),
        OLD_BATCH("no batch run for 4 days"),
        RETRIES("the speed layer restarts once in 50 commits"),
        ALL("all of these");

        private final String told;

        Trouble(String told) {
            this.told = told;
        }

        boolean is(Trouble one) {
            return this == one || this == ALL;
        }
    }

    /** @param classicHops answers of the classic one that differ even where it is granted windows that begin at a hop */
    private record Wrong(int answers, int classic, int classicHops, int ours) {}

    @Test
    void theClassicLambdaIsWrongWhereEventsAreLateBatchesOldOrDeliveriesRepeatedAndOursNever() {
        System.out.printf(
                "%-46s %8s %16s %22s %10s%n",
                "trouble", "answers", "classic: wrong", "with hops granted", "ours: wrong");
        for (Trouble trouble : Trouble.values()) {
            Wrong wrong = play(trouble);
            System.out.printf(
                    Locale.ROOT,
                    "%-46s %,8d %,16d %,22d %,10d%n",
                    trouble.told,
                    wrong.answers,
                    wrong.classic,
                    wrong.classicHops,
                    wrong.ours);
            assertThat(wrong.ours).as("ours with %s", trouble).isZero();
            assertThat(wrong.classicHops > 0).as("classic with %s", trouble).isEqualTo(trouble != Trouble.NONE);
        }
    }

    private static Wrong play(Trouble trouble) {
        Random random = new Random(SEED);
        List<NaiveFold.Entry> log = log(trouble, random);
        ClassicLambda<CustomerActivity> classic = new ClassicLambda<>(VIEW, HOP, Duration.ofDays(2));
        Platform<CustomerActivity> ours = new Platform<>(VIEW);
        List<NaiveFold.Entry> arrived = new ArrayList<>();
        long generation = 0;
        Cut previous = Cut.NOTHING;
        Cut folded = Cut.NOTHING;
        long nextRun = DAY;
        int[] wrong = new int[4];
        for (NaiveFold.Entry entry : log) {
            if (entry.arrivalMillis() >= nextRun) {
                if (!(trouble.is(Trouble.OLD_BATCH) && nextRun > (DAYS - 4) * DAY)) {
                    classic.runBatch(arrived, nextRun);
                    Cut cut = Cut.NOTHING.with(ORIGIN, end(arrived)).atBlocks();
                    publish(ours, arrived, ++generation, cut, previous);
                    ours.writer.prune(previous);
                    previous = cut;
                }
                nextRun += DAY;
            }
            arrived.add(entry);
            if (arrived.size() % EVENTS_A_COMMIT == 0) {
                Cut committed = Cut.NOTHING.with(ORIGIN, end(arrived));
                ours.foldFrom(
                        arrived, folded, committed); // a restart before this leaves nothing behind: it is a transaction
                folded = committed;
                List<NaiveFold.Entry> delivered = arrived.subList(arrived.size() - EVENTS_A_COMMIT, arrived.size());
                delivered.forEach(classic::fold);
                if (trouble.is(Trouble.RETRIES) && random.nextInt(50) == 0) {
                    delivered.forEach(
                            classic::fold); // and this leaves all of it, and begins at the last position again
                }
                compare(arrived, classic, ours, "c-" + random.nextInt(CUSTOMERS), wrong);
            }
        }
        return new Wrong(wrong[0], wrong[1], wrong[2], wrong[3]);
    }

    private static void compare(
            List<NaiveFold.Entry> arrived,
            ClassicLambda<CustomerActivity> classic,
            Platform<CustomerActivity> ours,
            String customer,
            int[] wrong) {
        long now = arrived.get(arrived.size() - 1).arrivalMillis() + 1;
        Known all = (position, arrival) -> true;
        List<CustomerActivity> exact = NaiveFold.fold(VIEW, arrived, all, customer, now);
        List<CustomerActivity> fromHops = fromHops(arrived, customer, now);
        List<CustomerActivity> theirs = classic.answer(customer, now);
        Reading<CustomerActivity> reading = ours.reader.read(customer, now);
        assertThat(reading.exact()).isTrue();
        for (int i = 0; i < WINDOWS.length; i++) {
            wrong[0]++;
            wrong[1] += theirs.get(i).equals(exact.get(i)) ? 0 : 1;
            wrong[2] += theirs.get(i).equals(fromHops.get(i)) ? 0 : 1;
            wrong[3] += reading.merged().get(i).equals(exact.get(i)) ? 0 : 1;
        }
    }

    /** The fold over windows that begin at the hop they would begin in. */
    private static List<CustomerActivity> fromHops(List<NaiveFold.Entry> arrived, String customer, long now) {
        List<CustomerActivity> folds = new ArrayList<>();
        for (Window window : WINDOWS) {
            long from = Math.floorDiv(window.fromMillis(now), HOP.toMillis()) * HOP.toMillis();
            View<CustomerActivity> longer = declared(Window.last(Duration.ofMillis(now - from)));
            folds.addAll(NaiveFold.fold(longer, arrived, (position, arrival) -> true, customer, now));
        }
        return folds;
    }

    private static void publish(
            Platform<CustomerActivity> ours, List<NaiveFold.Entry> arrived, long generation, Cut cut, Cut floor) {
        ours.header(generation, cut, 0);
        for (int c = 0; c < CUSTOMERS; c++) {
            ours.row(arrived, generation, cut, 0, "c-" + c);
        }
        ours.footer(generation, floor);
    }

    private static long end(List<NaiveFold.Entry> arrived) {
        return arrived.isEmpty()
                ? 0
                : arrived.get(arrived.size() - 1).position().offset() + 1;
    }

    private static List<NaiveFold.Entry> log(Trouble trouble, Random random) {
        List<NaiveFold.Entry> log = new ArrayList<>();
        for (int i = 0; i < EVENTS; i++) {
            long arrival = DAYS * DAY / EVENTS * i;
            boolean late = trouble.is(Trouble.LATE) && random.nextInt(10) == 0;
            long time = Math.max(0, arrival - (late ? (long) (random.nextDouble() * 3 * DAY) : 0));
            String customer = "c-" + random.nextInt(CUSTOMERS);
            log.add(new NaiveFold.Entry(
                    new Position(ORIGIN, (long) i * OFFSETS_AN_EVENT),
                    arrival,
                    new Transaction("t" + i, time, customer, "w", (long) random.nextInt(100_000))));
        }
        return log;
    }

    private static View<CustomerActivity> declared(Window... windows) {
        return View.named("classic.customer", CustomerActivity.MONOID)
                .from(Source.of(FraudEvents.TRANSACTION)
                        .by(Transaction::getCustomerId)
                        .as(CustomerActivity::of))
                .over(windows)
                .declare();
    }
}
