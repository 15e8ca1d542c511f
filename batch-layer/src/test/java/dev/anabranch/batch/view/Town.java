package dev.anabranch.batch.view;

import dev.anabranch.batch.TestBroker;
import dev.anabranch.batch.TestEvents;
import dev.anabranch.batch.archive.ArchiveNow;
import dev.anabranch.contract.Topics;
import dev.anabranch.event.Admission;
import dev.anabranch.event.EventType;
import dev.anabranch.fraud.CustomerActivity;
import dev.anabranch.fraud.FraudLabel;
import dev.anabranch.fraud.TerminalActivity;
import dev.anabranch.fraud.Transaction;
import dev.anabranch.lakehouse.Lakehouse;
import dev.anabranch.usecase.UseCase;
import dev.anabranch.view.Position;
import dev.anabranch.view.Source;
import dev.anabranch.view.View;
import dev.anabranch.view.Window;
import dev.anabranch.view.oracle.NaiveFold;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;

/**
 * A use case of its own for one test: some customers, some shops, payments in no good order, and findings about some of
 * them. What it produces follows from the seed.
 */
final class Town implements UseCase {
    static final int PARTITIONS = 2;
    static final long FIRST_DAY = 1_750_636_800_000L;
    static final long DAY = Duration.ofDays(1).toMillis();

    private static final Window DAY_WINDOW = Window.last(Duration.ofDays(1));
    private static final Window WEEK_WINDOW = Window.last(Duration.ofDays(7));

    private final TestBroker broker = TestBroker.get();
    private final Random random;
    private final EventType<Transaction> payments = TestEvents.payments();
    private final EventType<FraudLabel> findings = TestEvents.findings();
    private final String name;
    private int produced;

    Town(long seed) {
        random = new Random(seed);
        name = "town-" + payments.name();
        broker.createTopic(payments.topic(), PARTITIONS);
        broker.createTopic(findings.topic(), PARTITIONS);
        views().forEach(view -> broker.createCompactedTopic(Topics.batchView(view.name()), PARTITIONS));
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public List<EventType<?>> events() {
        return List.of(payments, findings);
    }

    @Override
    public List<View<?>> views() {
        return List.of(customers(), shops());
    }

    View<CustomerActivity> customers() {
        return View.named(name + ".customer", CustomerActivity.MONOID)
                .from(Source.of(payments).by(Transaction::getCustomerId).as(CustomerActivity::of))
                .over(DAY_WINDOW, WEEK_WINDOW)
                .keptFor(Duration.ofDays(1))
                .declare();
    }

    /** The same view, declared anew: small payments no longer count. */
    View<CustomerActivity> customersOfLargePayments() {
        return View.named(name + ".customer", CustomerActivity.MONOID)
                .version(2)
                .from(Source.of(payments)
                        .by(Transaction::getCustomerId)
                        .when(payment -> payment.getAmountCents() >= 90_000)
                        .as(CustomerActivity::of))
                .over(DAY_WINDOW, WEEK_WINDOW)
                .keptFor(Duration.ofDays(1))
                .declare();
    }

    View<TerminalActivity> shops() {
        return View.named(name + ".shop", TerminalActivity.MONOID)
                .from(Source.of(payments).by(Transaction::getTerminalId).as(payment -> TerminalActivity.PAYMENT))
                .from(Source.of(findings)
                        .by(FraudLabel::getTerminalId)
                        .at(FraudLabel::getTransactionTimeMillis)
                        .when(FraudLabel::getFraud)
                        .as(finding -> TerminalActivity.FRAUD))
                .over(
                        DAY_WINDOW.hopping(Duration.ofHours(1)),
                        WEEK_WINDOW.hopping(Duration.ofHours(1)).delayedBy(Duration.ofDays(2)))
                .keptFor(Duration.ofDays(1))
                .declare();
    }

    /**
     * More payments and findings, on days {@code fromDay} to {@code toDay}; one in ten is up to five days late.
     *
     * @param customers how many customers pay, from the first
     */
    void produce(int count, int fromDay, int toDay, int customers) {
        try (KafkaProducer<byte[], byte[]> producer = broker.producer(null)) {
            for (int i = 0; i < count; i++) {
                long at = FIRST_DAY + fromDay * DAY + (toDay - fromDay) * DAY * i / count;
                if (random.nextInt(10) == 0) {
                    at -= random.nextInt(5 * (int) DAY);
                }
                Transaction payment = new Transaction(
                        "t-" + produced++, at, "c-" + random.nextInt(customers), "s-" + random.nextInt(20), (long)
                                random.nextInt(100_000));
                producer.send(TestEvents.record(payments, payment, random.nextInt(PARTITIONS)));
                if (random.nextInt(2) == 0) {
                    FraudLabel finding = new FraudLabel(
                            payment.getTransactionId(),
                            at + DAY,
                            at,
                            payment.getCustomerId(),
                            payment.getTerminalId(),
                            random.nextInt(3) == 0);
                    producer.send(TestEvents.record(findings, finding, random.nextInt(PARTITIONS)));
                }
            }
            producer.flush();
        }
    }

    void archive(Lakehouse lakehouse) {
        ArchiveNow.archive(payments, lakehouse, broker.bootstrapServers(), 3_000);
        ArchiveNow.archive(findings, lakehouse, broker.bootstrapServers(), 3_000);
    }

    /** Everything produced so far, as the log has it. */
    List<NaiveFold.Entry> log() {
        List<NaiveFold.Entry> log = new ArrayList<>();
        read(payments, log);
        read(findings, log);
        return log;
    }

    private <E extends SpecificRecord> void read(EventType<E> type, List<NaiveFold.Entry> log) {
        for (ConsumerRecord<byte[], byte[]> record : broker.read(type.topic())) {
            if (type.admit(record.key(), record.value(), record.timestamp()) instanceof Admission.Admitted<E> one) {
                Position position = Position.of(record.topic(), record.partition(), record.offset());
                log.add(new NaiveFold.Entry(position, record.timestamp(), one.event()));
            }
        }
    }
}
