package dev.anabranch.speed;

import static dev.anabranch.fraud.FraudEvents.FRAUD_LABEL;
import static dev.anabranch.fraud.FraudEvents.TRANSACTION;
import static dev.anabranch.fraud.FraudViews.CUSTOMER;
import static dev.anabranch.fraud.FraudViews.OUTCOMES;
import static dev.anabranch.fraud.FraudViews.TERMINAL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.anabranch.contract.Prediction;
import dev.anabranch.contract.Topics;
import dev.anabranch.contract.ViewReading;
import dev.anabranch.contract.Wire;
import dev.anabranch.event.Admission;
import dev.anabranch.event.EventType;
import dev.anabranch.fraud.FraudFeatures;
import dev.anabranch.fraud.FraudLabel;
import dev.anabranch.fraud.FraudUseCase;
import dev.anabranch.fraud.Transaction;
import dev.anabranch.learning.LabelledExample;
import dev.anabranch.learning.Learning;
import dev.anabranch.learning.OnlineLearner;
import dev.anabranch.model.PredictionId;
import dev.anabranch.quality.Outcome;
import dev.anabranch.view.Cut;
import dev.anabranch.view.Cuts;
import dev.anabranch.view.Known;
import dev.anabranch.view.MemoryKeyValues;
import dev.anabranch.view.Position;
import dev.anabranch.view.Reading;
import dev.anabranch.view.View;
import dev.anabranch.view.ViewKeys;
import dev.anabranch.view.ViewReader;
import dev.anabranch.view.WindowValues;
import dev.anabranch.view.oracle.NaiveFold;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.internals.BuiltInPartitioner;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The process itself on a real broker, killed in the middle of its work and started again. */
class SpeedCrashTest {
    private static final Duration PATIENCE = Duration.ofSeconds(120);
    private static final int CUSTOMERS = 7;
    private static final int TERMINALS = 5;
    private static final Known ALL = (position, arrival) -> true;

    @TempDir
    private Path state;

    @Test
    void killedTwiceItEndsWithTheFoldOfTheLogAndOnePredictionForEachPayment() throws Exception {
        try (TestBroker broker = new TestBroker();
                Producer<byte[], byte[]> producer = broker.transactionalProducer("test")) {
            broker.createTopics();
            broker.publish(Topics.MODELS, "fraud", Wire.MODEL_VERSION.encode(Models.version(3)));
            Random random = new Random(11);

            SpeedProcess speed = SpeedProcess.start(broker, state);
            try {
                speed.awaitReady();
                produce(producer, random, 0, 1500);
                awaitSomePredictions(broker, 200);
                speed.kill();
                produce(producer, random, 1500, 3000);

                speed = SpeedProcess.start(broker, state);
                speed.awaitReady();
                produce(producer, random, 3000, 3500);
                awaitSomePredictions(broker, 2000);
                speed.kill();

                speed = SpeedProcess.start(broker, state);
                produce(producer, random, 3500, 4000);
                speed.awaitReady();

                List<NaiveFold.Entry> log = log(broker);
                await().atMost(PATIENCE).pollInterval(Duration.ofSeconds(1)).untilAsserted(() -> {
                    assertMergedEqualsTheFold(broker, CUSTOMER, "c-", CUSTOMERS, log);
                    assertMergedEqualsTheFold(broker, TERMINAL, "w-", TERMINALS, log);
                });
                assertOneRightPredictionForEachPayment(broker, log);
                await().atMost(PATIENCE)
                        .pollInterval(Duration.ofSeconds(1))
                        .untilAsserted(() -> assertEachLabelledPredictionIsJudgedOnceByItsLastLabel(broker));
                await().atMost(PATIENCE)
                        .pollInterval(Duration.ofSeconds(1))
                        .untilAsserted(() -> assertEachLabelIsLearntOnceAsIfNothingHadHappened(broker));
                await().atMost(PATIENCE)
                        .pollInterval(Duration.ofSeconds(1))
                        .untilAsserted(() -> assertNothingOlderThanTheNewestArrivalIsMissing(broker, TERMINAL, log));
                assertThat(broker.transactionalIds())
                        .as("each start ended the transactions of the one before, under the same name")
                        .containsExactlyInAnyOrder(
                                "test",
                                "speed.fraud-one-1",
                                "speed.fraud-new-views",
                                "speed.recommendation-one-1",
                                "speed.recommendation-new-views");
                assertThat(speed.metrics()).contains("anabranch_speed_scored_total", "kafka_stream");

                assertThat(speed.terminate()).as("stopped in order, by SIGTERM").isEqualTo(143);
            } finally {
                speed.kill();
            }
        }
    }

    /** Payments and labels in transactions of up to 20, of which one in six is aborted: offsets have holes. */
    private static void produce(Producer<byte[], byte[]> producer, Random random, int from, int to) {
        int i = from;
        while (i < to) {
            boolean keep = random.nextInt(6) > 0;
            producer.beginTransaction();
            int until = Math.min(to, i + 1 + random.nextInt(20));
            for (; i < until; i++) {
                send(producer, random, i);
            }
            if (keep) {
                producer.commitTransaction();
            } else {
                producer.abortTransaction();
            }
        }
    }

    private static void send(Producer<byte[], byte[]> producer, Random random, int i) {
        long now = System.currentTimeMillis();
        long paid = now - random.nextInt(20) * Duration.ofDays(1).toMillis() - random.nextInt(1000);
        String customer = "c-" + random.nextInt(CUSTOMERS);
        if (random.nextInt(4) == 0) {
            int about = Math.max(0, i - 100 + random.nextInt(110)); // or to come, or never made
            String terminal = terminalOf(about);
            FraudLabel label = new FraudLabel("t" + about, now, paid, customer, terminal, random.nextBoolean());
            producer.send(new ProducerRecord<>(FRAUD_LABEL.topic(), Rig.bytes(terminal), FRAUD_LABEL.encode(label)));
        } else {
            Transaction payment =
                    new Transaction("t" + i, paid, customer, terminalOf(i), (long) random.nextInt(10_000));
            producer.send(new ProducerRecord<>(TRANSACTION.topic(), Rig.bytes(customer), TRANSACTION.encode(payment)));
        }
    }

    private static String terminalOf(int payment) {
        return "w-" + payment % TERMINALS;
    }

    private static void awaitSomePredictions(TestBroker broker, int atLeast) {
        await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(200))
                .until(() -> broker.readCommitted(Topics.predictions("fraud")).size() >= atLeast);
    }

    private static List<NaiveFold.Entry> log(TestBroker broker) {
        List<NaiveFold.Entry> log = new ArrayList<>();
        for (EventType<?> type : new FraudUseCase().events()) {
            for (ConsumerRecord<byte[], byte[]> r : broker.readCommitted(type.topic())) {
                Admission<?> admission = type.admit(r.key(), r.value(), r.timestamp());
                SpecificRecord event = (SpecificRecord) ((Admission.Admitted<?>) admission).event();
                log.add(new NaiveFold.Entry(Position.of(r.topic(), r.partition(), r.offset()), r.timestamp(), event));
            }
        }
        return log;
    }

    private static <A> void assertMergedEqualsTheFold(
            TestBroker broker, View<A> view, String prefix, int entities, List<NaiveFold.Entry> log) {
        MemoryKeyValues[] cells = cells();
        broker.readCommitted(Topics.speedView(view.name())).forEach(r -> apply(r, cells));
        long at = System.currentTimeMillis();
        for (int i = 0; i < entities; i++) {
            String entity = prefix + i;
            Reading<A> reading =
                    new ViewReader<>(view, new MemoryKeyValues(), cells[partition(entity)]).read(entity, at);
            assertThat(reading.merged().values()).isEqualTo(NaiveFold.fold(view, log, ALL, entity, at));
        }
    }

    /** Not at any sign of life, before, between and after the kills; and the last of them knows everything. */
    private static <A> void assertNothingOlderThanTheNewestArrivalIsMissing(
            TestBroker broker, View<A> view, List<NaiveFold.Entry> log) {
        Map<String, List<NaiveFold.Entry>> byEntity = NaiveFold.byEntity(view, log);
        MemoryKeyValues[] cells = cells();
        long[] told = new long[TestBroker.PARTITIONS];
        for (ConsumerRecord<byte[], byte[]> r : broker.readCommitted(Topics.speedView(view.name()))) {
            apply(r, cells);
            if (Arrays.equals(r.key(), ViewKeys.PROGRESS)) {
                long arrival = Wire.SPEED_PROGRESS.decode(r.value()).getNewestArrivalMillis();
                told[r.partition()] = arrival;
                ViewReader<A> reader = new ViewReader<>(view, new MemoryKeyValues(), cells[r.partition()]);
                byEntity.forEach((entity, entries) -> {
                    Cut asOf = reader.read(entity, arrival).asOf();
                    assertThat(entries)
                            .filteredOn(e -> partition(entity) == r.partition() && e.arrivalMillis() < arrival)
                            .filteredOn(e -> leavesATrace(view, e))
                            .allMatch(e -> asOf.includes(e.position()), "is before " + asOf);
                });
            }
        }
        byEntity.forEach((entity, entries) -> assertThat(entries)
                .allMatch(e -> e.arrivalMillis() <= told[partition(entity)], "arrived before what was told last"));
    }

    private static boolean leavesATrace(View<?> view, NaiveFold.Entry entry) {
        return !view.contributions(entry.position().origin().topic(), entry.event())
                .isEmpty();
    }

    private static MemoryKeyValues[] cells() {
        MemoryKeyValues[] cells = new MemoryKeyValues[TestBroker.PARTITIONS];
        Arrays.setAll(cells, p -> new MemoryKeyValues());
        return cells;
    }

    private static void apply(ConsumerRecord<byte[], byte[]> r, MemoryKeyValues[] cells) {
        if (r.value() == null) {
            cells[r.partition()].delete(r.key());
        } else {
            cells[r.partition()].put(r.key(), r.value());
        }
    }

    private static int partition(String entity) {
        return BuiltInPartitioner.partitionForKey(Rig.bytes(entity), TestBroker.PARTITIONS);
    }

    private static void assertOneRightPredictionForEachPayment(TestBroker broker, List<NaiveFold.Entry> log) {
        Map<String, NaiveFold.Entry> payments = new TreeMap<>();
        for (NaiveFold.Entry entry : log) {
            if (entry.event() instanceof Transaction) {
                PredictionId id = PredictionId.ofEvent(
                        "fraud",
                        entry.arrivalMillis(),
                        entry.position().origin().partition(),
                        entry.position().offset());
                payments.put(id.toString(), entry);
            }
        }
        List<Prediction> predictions = broker.readCommitted(Topics.predictions("fraud")).stream()
                .map(r -> Wire.PREDICTION.decode(r.value()))
                .toList();
        assertThat(predictions)
                .extracting(Prediction::getPredictionId)
                .containsExactlyInAnyOrderElementsOf(payments.keySet());
        Map<String, List<NaiveFold.Entry>> ofCustomer = NaiveFold.byEntity(CUSTOMER, log);
        Map<String, List<NaiveFold.Entry>> ofTerminal = NaiveFold.byEntity(TERMINAL, log);
        for (Prediction prediction : predictions) {
            Position position = payments.get(prediction.getPredictionId()).position();
            Transaction payment =
                    (Transaction) payments.get(prediction.getPredictionId()).event();
            double[] features = FraudFeatures.of(
                    payment.getEventTimeMillis(),
                    payment.getAmountCents(),
                    before(CUSTOMER, ofCustomer.get(payment.getCustomerId()), prediction, 0, position),
                    before(TERMINAL, ofTerminal.get(payment.getTerminalId()), prediction, 1, position));
            assertThat(prediction.getFeatures())
                    .isEqualTo(Arrays.stream(features).boxed().toList());
        }
    }

    /** However labels and payments met around the crashes: by the rule, and the view says what the outcomes say. */
    private static void assertEachLabelledPredictionIsJudgedOnceByItsLastLabel(TestBroker broker) {
        List<NaiveFold.Entry> log = log(broker);
        Map<String, List<FraudLabel>> labels = new TreeMap<>();
        Map<String, List<Outcome>> outcomes = new TreeMap<>();
        for (NaiveFold.Entry entry : log) {
            if (entry.event() instanceof FraudLabel label) {
                labels.computeIfAbsent(label.getTransactionId(), id -> new ArrayList<>())
                        .add(label);
            } else if (entry.event() instanceof Outcome outcome) {
                outcomes.computeIfAbsent(outcome.getEventId(), id -> new ArrayList<>())
                        .add(outcome);
            }
        }
        Map<String, Prediction> predictions = new TreeMap<>();
        broker.readCommitted(Topics.predictions("fraud")).stream()
                .map(r -> Wire.PREDICTION.decode(r.value()))
                .forEach(prediction -> predictions.put(prediction.getEventId(), prediction));
        Set<String> judged = new TreeSet<>(labels.keySet());
        judged.retainAll(predictions.keySet());
        assertThat(outcomes.keySet()).hasSizeGreaterThan(300).isEqualTo(judged);
        outcomes.forEach((payment, of) -> {
            List<FraudLabel> found = labels.get(payment);
            assertThat(of).extracting(Outcome::getOutcomeId).doesNotHaveDuplicates();
            for (int i = 0; i < of.size(); i++) {
                assertThat(of.get(i).getCorrection()).isEqualTo(i > 0);
                assertThat(i > 0 && of.get(i).getPositive() == of.get(i - 1).getPositive())
                        .isFalse();
                assertThat(of.get(i).getScore())
                        .isEqualTo(predictions.get(payment).getScore());
                assertThat(of.get(i).getEventTimeMillis())
                        .isEqualTo(found.get(0).getEventTimeMillis());
            }
            assertThat(of.get(of.size() - 1).getPositive())
                    .isEqualTo(found.get(found.size() - 1).getFraud());
        });
        assertMergedEqualsTheFold(broker, OUTCOMES, "fraud-", 4, log);
    }

    /** What was learnt, and each state on the way that was published, is to the bit what a learner that was never killed has. */
    private static void assertEachLabelIsLearntOnceAsIfNothingHadHappened(TestBroker broker) {
        Map<String, Prediction> predictions = new TreeMap<>();
        broker.readCommitted(Topics.predictions("fraud")).stream()
                .map(r -> Wire.PREDICTION.decode(r.value()))
                .forEach(prediction -> predictions.put(prediction.getPredictionId(), prediction));
        Set<String> judged = new TreeSet<>();
        log(broker).stream()
                .filter(entry -> entry.event() instanceof Outcome)
                .forEach(entry -> judged.add(((Outcome) entry.event()).getEventId()));
        Learning learning = new FraudUseCase().learning().orElseThrow();
        OnlineLearner uninterrupted = new OnlineLearner(learning);
        List<byte[]> published = new ArrayList<>();
        List<String> learnt = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> r :
                broker.readCommitted(learning.examples().topic())) {
            LabelledExample example = decoded(learning.examples(), r);
            Prediction prediction = predictions.get(example.getExampleId());
            assertThat(example.getEventId()).isEqualTo(prediction.getEventId());
            assertThat(example.getFeatures())
                    .isEqualTo(prediction.getFeatures().stream()
                            .map(Double::floatValue)
                            .toList());
            learnt.add(example.getEventId());
            uninterrupted.learn(
                    Position.of(r.topic(), r.partition(), r.offset()), example.getFeatures(), example.getPositive());
            if (uninterrupted.labels() % SpeedProcess.PUBLISH_EVERY == 0) {
                published.add(OnlineLearner.WIRE.encode(uninterrupted.toLearnt()));
                uninterrupted.published();
            }
        }
        assertThat(learnt).hasSizeGreaterThan(300).doesNotHaveDuplicates().containsExactlyInAnyOrderElementsOf(judged);
        List<ConsumerRecord<byte[], byte[]>> states = broker.readCommitted("speed.fraud-learner-changelog");
        assertThat(states.get(states.size() - 1).value())
                .isEqualTo(OnlineLearner.WIRE.encode(uninterrupted.toLearnt()));
        assertThat(broker.readCommitted(Topics.LEARNT).stream()
                        .map(ConsumerRecord::value)
                        .toList())
                .containsExactlyElementsOf(published);
    }

    private static <E extends SpecificRecord> E decoded(EventType<E> type, ConsumerRecord<byte[], byte[]> r) {
        return ((Admission.Admitted<E>) type.admit(r.key(), r.value(), r.timestamp())).event();
    }

    /** The view by the positions that the prediction recorded, which must be those before its event. */
    private static <A> WindowValues<A> before(
            View<A> view, List<NaiveFold.Entry> log, Prediction prediction, int index, Position position) {
        ViewReading reading = prediction.getReadings().get(index);
        Cut asOf = Reading.asOf(Cut.NOTHING, new TreeMap<>(Cuts.readOffsets(reading.getLast())));
        List<NaiveFold.Entry> earlier = log.stream()
                .filter(e -> e.position().origin().equals(position.origin()))
                .filter(e -> e.position().offset() < position.offset())
                .toList();
        assertThat(asOf.before(position.origin()))
                .isEqualTo(
                        earlier.isEmpty()
                                ? 0
                                : earlier.get(earlier.size() - 1).position().offset() + 1);
        return new WindowValues<>(
                view,
                prediction.getAtMillis(),
                NaiveFold.fold(view, log, Known.upTo(asOf), reading.getEntity(), prediction.getAtMillis()));
    }
}
