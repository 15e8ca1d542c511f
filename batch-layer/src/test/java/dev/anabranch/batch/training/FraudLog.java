package dev.anabranch.batch.training;

import static dev.anabranch.fraud.FraudEvents.FRAUD_LABEL;
import static dev.anabranch.fraud.FraudEvents.TRANSACTION;

import dev.anabranch.fraud.FraudLabel;
import dev.anabranch.fraud.Transaction;
import dev.anabranch.lakehouse.ArchivedEvent;
import dev.anabranch.view.Position;
import dev.anabranch.view.oracle.NaiveFold;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * A log of payments and labels as awkward as a seed makes it: in three partitions each, late by anything from nothing
 * to weeks, out of order, several in one millisecond, offsets with gaps, some payments labelled twice and some never.
 */
record FraudLog(List<ArchivedEvent<Transaction>> payments, List<ArchivedEvent<FraudLabel>> labels) {
    static final long START = 1_600_000_000_000L;
    static final long DAYS = 60;
    private static final int PARTITIONS = 3;
    private static final long DAY = Duration.ofDays(1).toMillis();

    static FraudLog seeded(long seed, int size) {
        Random random = new Random(seed);
        List<Arriving<Transaction>> payments = new ArrayList<>();
        List<Arriving<FraudLabel>> labels = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            long time = START + (long) (random.nextDouble() * DAYS) * DAY + random.nextInt(5) * (DAY / 5);
            String customer = "c-" + random.nextInt(6);
            String terminal = "t-" + random.nextInt(5);
            Transaction payment = new Transaction("p-" + i, time, customer, terminal, (long) random.nextInt(20_000));
            payments.add(new Arriving<>(time + lateness(random), payment));
            int labelled = random.nextInt(10) == 0 ? 0 : random.nextInt(12) == 0 ? 2 : 1;
            for (int l = 0; l < labelled; l++) {
                long found = time + Duration.ofDays(7).toMillis() - random.nextInt(3) * DAY;
                labels.add(new Arriving<>(
                        found + lateness(random),
                        new FraudLabel("p-" + i, found, time, customer, terminal, random.nextInt(4) == 0)));
            }
        }
        return new FraudLog(
                appended(TRANSACTION.topic(), payments, random), appended(FRAUD_LABEL.topic(), labels, random));
    }

    private record Arriving<E>(long arrivalMillis, E event) {}

    private static long lateness(Random random) {
        return switch (random.nextInt(6)) {
            case 0 -> random.nextInt(20) * DAY;
            case 1 -> random.nextInt((int) DAY);
            default -> 0;
        };
    }

    /** Offsets rise with arrival within a partition, as a broker sees to. */
    private static <E extends org.apache.avro.specific.SpecificRecord> List<ArchivedEvent<E>> appended(
            String topic, List<Arriving<E>> arriving, Random random) {
        List<Arriving<E>> sorted = new ArrayList<>(arriving);
        sorted.sort((a, b) -> Long.compare(a.arrivalMillis, b.arrivalMillis));
        long[] next = new long[PARTITIONS];
        List<ArchivedEvent<E>> log = new ArrayList<>();
        for (Arriving<E> one : sorted) {
            int partition = random.nextInt(PARTITIONS);
            next[partition] += 1 + (random.nextInt(5) == 0 ? random.nextInt(4) : 0);
            log.add(new ArchivedEvent<>(Position.of(topic, partition, next[partition]), one.arrivalMillis, one.event));
        }
        return log;
    }

    /** Only what had arrived before {@code millis}. */
    FraudLog arrivedBefore(long millis) {
        return new FraudLog(
                payments.stream().filter(p -> p.arrivalMillis() < millis).toList(),
                labels.stream().filter(l -> l.arrivalMillis() < millis).toList());
    }

    List<NaiveFold.Entry> entries() {
        List<NaiveFold.Entry> entries = new ArrayList<>();
        payments.forEach(p -> entries.add(new NaiveFold.Entry(p.position(), p.arrivalMillis(), p.event())));
        labels.forEach(l -> entries.add(new NaiveFold.Entry(l.position(), l.arrivalMillis(), l.event())));
        return entries;
    }
}
