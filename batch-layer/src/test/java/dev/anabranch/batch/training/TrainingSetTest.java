package dev.anabranch.batch.training;

import static dev.anabranch.fraud.FraudEvents.FRAUD_LABEL;
import static dev.anabranch.fraud.FraudEvents.TRANSACTION;
import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.contract.OriginOffset;
import dev.anabranch.contract.Prediction;
import dev.anabranch.contract.ScoringPath;
import dev.anabranch.contract.Topics;
import dev.anabranch.contract.ViewReading;
import dev.anabranch.fraud.CustomerActivity;
import dev.anabranch.fraud.FraudFeatures;
import dev.anabranch.fraud.FraudLabel;
import dev.anabranch.fraud.FraudViews;
import dev.anabranch.fraud.TerminalActivity;
import dev.anabranch.fraud.Transaction;
import dev.anabranch.fraud.batch.FraudTask;
import dev.anabranch.lakehouse.ArchivedEvent;
import dev.anabranch.view.Cut;
import dev.anabranch.view.Known;
import dev.anabranch.view.Origin;
import dev.anabranch.view.Position;
import dev.anabranch.view.View;
import dev.anabranch.view.WindowValues;
import dev.anabranch.view.oracle.NaiveFold;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.DoubleStream;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;

/** The training set against loops over the whole log that share nothing with it but the declaration of the views. */
class TrainingSetTest {
    private static final long FROM = FraudLog.START + Duration.ofDays(20).toMillis();
    private static final long TO = FraudLog.START + Duration.ofDays(50).toMillis();
    private static final Map<Long, Cut> CUTS = Map.of(1L, cut(10, 5), 2L, cut(60, 40));

    private final TrainingSet<Transaction, FraudLabel> trainingSet = new TrainingSet<>(new FraudTask());

    @Test
    void everyRowEqualsTheNaiveFoldOverWhatHadArrivedBeforeItsEvent() {
        for (long seed = 1; seed <= 3; seed++) {
            FraudLog log = FraudLog.seeded(seed, 400);

            Map<String, Row> rows = byId(trainingSet.of(archive(log), FROM, TO).collectAsList());

            assertThat(rows).hasSizeGreaterThan(100);
            assertEqual(rows, naive(log, Map.of()));
        }
    }

    @Test
    void aRowWithALoggedPredictionEqualsTheNaiveFoldUpToTheRecordedPositions() {
        for (long seed = 4; seed <= 6; seed++) {
            FraudLog log = FraudLog.seeded(seed, 400);
            Map<String, Recorded> recorded = recorded(log, new Random(seed));

            MemoryArchive archive = archive(log).with(predictions(recorded, ScoringPath.STREAM));
            Map<String, Row> rows = byId(trainingSet.of(archive, FROM, TO).collectAsList());

            assertThat(rows.values()).anyMatch(row -> row.<Boolean>getAs(TrainingSet.RECORDED));
            assertThat(rows.values()).anyMatch(row -> !row.<Boolean>getAs(TrainingSet.RECORDED));
            assertEqual(rows, naive(log, recorded));
        }
    }

    @Test
    void aPredictionMadeOverRestDoesNotSayWhatWasKnownWhenTheEventCame() {
        FraudLog log = FraudLog.seeded(7, 300);
        Map<String, Recorded> recorded = recorded(log, new Random(7));

        MemoryArchive archive = archive(log).with(predictions(recorded, ScoringPath.REST));

        assertEqual(byId(trainingSet.of(archive, FROM, TO).collectAsList()), naive(log, Map.of()));
    }

    @Test
    void anEventIsNotLabelledBeforeItsLabelArrives() {
        FraudLog whole = FraudLog.seeded(8, 400);
        long moment = FraudLog.START + Duration.ofDays(40).toMillis();
        FraudLog known = whole.arrivedBefore(moment);

        Map<String, Row> rows = byId(trainingSet.of(archive(known), FROM, TO).collectAsList());

        assertThat(rows).isNotEmpty();
        assertThat(rows.keySet())
                .allMatch(id -> whole.labels().stream()
                        .anyMatch(l -> l.event().getTransactionId().equals(id) && l.arrivalMillis() < moment));
        assertThat(whole.payments())
                .as("payments that had arrived when their labels had not")
                .anyMatch(p -> p.arrivalMillis() < moment
                        && p.event().getEventTimeMillis() >= FROM
                        && !rows.containsKey(p.event().getTransactionId()));
        assertEqual(rows, naive(known, Map.of()));
    }

    @Test
    void aCorrectedLabelCountsFromItsArrivalOn() {
        Transaction payment = new Transaction("p-1", FROM + 5, "c-1", "t-1", 1_000L);
        long day = Duration.ofDays(1).toMillis();
        FraudLabel first = new FraudLabel("p-1", FROM + 5 + 7 * day, FROM + 5, "c-1", "t-1", true);
        FraudLabel second = new FraudLabel("p-1", FROM + 5 + 6 * day, FROM + 5, "c-1", "t-1", false);
        FraudLog log = new FraudLog(
                List.of(new ArchivedEvent<>(Position.of(TRANSACTION.topic(), 0, 0), FROM + 5, payment)),
                List.of(
                        new ArchivedEvent<>(Position.of(FRAUD_LABEL.topic(), 1, 9), FROM + 7 * day, first),
                        new ArchivedEvent<>(Position.of(FRAUD_LABEL.topic(), 0, 3), FROM + 9 * day, second)));

        Row before = trainingSet
                .of(archive(log.arrivedBefore(FROM + 8 * day)), FROM, TO)
                .first();
        Row after = trainingSet.of(archive(log), FROM, TO).first();

        assertThat(before.<Double>getAs(TrainingSet.TARGET)).isEqualTo(1);
        assertThat(after.<Double>getAs(TrainingSet.TARGET)).isZero();
    }

    @Test
    void aReplayedPredictionEqualsTheNaiveFoldUpToItsPositions() {
        FraudLog log = FraudLog.seeded(9, 300);
        Map<String, Recorded> recorded = recorded(log, new Random(9));
        MemoryArchive archive = archive(log).with(predictions(recorded, ScoringPath.REST));

        Map<String, Row> replayed = byId(trainingSet.replayed(archive).collectAsList());

        assertThat(replayed).hasSameSizeAs(recorded);
        List<NaiveFold.Entry> entries = log.entries();
        for (ArchivedEvent<Transaction> payment : log.payments()) {
            Recorded known = recorded.get(payment.event().getTransactionId());
            if (known != null) {
                Row row = replayed.get("prediction-" + payment.event().getTransactionId());
                assertThat(features(row))
                        .containsExactly(naive(
                                entries,
                                payment.event(),
                                Known.upTo(known.customerCut()),
                                Known.upTo(known.terminalCut())));
                assertThat(row.<Double>getList(row.fieldIndex(TrainingSet.LOGGED)))
                        .containsExactly(0.5);
            }
        }
    }

    @Test
    void everyLoggedFeatureThatDiffersFromTheArchiveIsFound() {
        FraudLog log = FraudLog.seeded(10, 300);
        Map<String, Recorded> recorded = recorded(log, new Random(10));
        List<NaiveFold.Entry> entries = log.entries();
        List<ArchivedEvent<Prediction>> served = new ArrayList<>();
        for (ArchivedEvent<Prediction> one : predictions(recorded, ScoringPath.STREAM)) {
            Recorded known = recorded.get(one.event().getEventId());
            double[] features =
                    naive(entries, known.payment, Known.upTo(known.customerCut()), Known.upTo(known.terminalCut()));
            served.add(with(one, DoubleStream.of(features).boxed().toList()));
        }
        List<Double> wrong = new ArrayList<>(served.get(3).event().getFeatures());
        wrong.set(2, Math.nextUp(wrong.get(2)));
        served.set(3, with(served.get(3), wrong));
        MemoryArchive archive = archive(log).with(served);
        SkewCheck check = new SkewCheck(new FraudTask());

        SkewCheck.Result all = check.run(archive, cut(1_000, 1_000));
        SkewCheck.Result none = check.run(archive, Cut.NOTHING);

        assertThat(all.checked()).isEqualTo(served.size());
        assertThat(all.mismatches()).isEqualTo(1);
        assertThat(all.told())
                .singleElement()
                .satisfies(told -> assertThat(told)
                        .contains(served.get(3).event().getPredictionId(), "was logged as " + wrong.get(2)));
        assertThat(all.byArrivalOrder()).as("positions were drawn at random").isGreaterThan(1);
        assertThat(all.unsettled()).isZero();
        assertThat(all.byPath()).isEqualTo(Map.of("STREAM", (long) served.size()));
        assertThat(none.checked()).isZero();
        assertThat(none.unsettled()).isEqualTo(served.size());
    }

    /** What a prediction recorded: a generation and the last offsets past its cut, for each view. */
    private record Recorded(
            Transaction payment,
            long customerGeneration,
            Map<Origin, Long> customerLast,
            long terminalGeneration,
            Map<Origin, Long> terminalLast) {
        Cut customerCut() {
            return past(CUTS.getOrDefault(customerGeneration, Cut.NOTHING), customerLast);
        }

        Cut terminalCut() {
            return past(CUTS.getOrDefault(terminalGeneration, Cut.NOTHING), terminalLast);
        }

        private static Cut past(Cut cut, Map<Origin, Long> last) {
            for (Map.Entry<Origin, Long> origin : last.entrySet()) {
                cut = cut.with(origin.getKey(), Math.max(cut.before(origin.getKey()), origin.getValue() + 1));
            }
            return cut;
        }
    }

    private static Map<String, Recorded> recorded(FraudLog log, Random random) {
        Map<String, Recorded> recorded = new HashMap<>();
        for (ArchivedEvent<Transaction> payment : log.payments()) {
            if (random.nextInt(3) > 0) {
                recorded.put(
                        payment.event().getTransactionId(),
                        new Recorded(
                                payment.event(),
                                random.nextInt(3),
                                Map.of(new Origin(TRANSACTION.topic(), random.nextInt(3)), (long) random.nextInt(150)),
                                random.nextInt(3),
                                Map.of(
                                        new Origin(TRANSACTION.topic(), random.nextInt(3)),
                                        (long) random.nextInt(150),
                                        new Origin(FRAUD_LABEL.topic(), random.nextInt(3)),
                                        (long) random.nextInt(150))));
            }
        }
        return recorded;
    }

    private static List<ArchivedEvent<Prediction>> predictions(Map<String, Recorded> recorded, ScoringPath path) {
        List<ArchivedEvent<Prediction>> log = new ArrayList<>();
        for (Recorded known : recorded.values()) {
            Transaction payment = known.payment;
            Prediction prediction = Prediction.newBuilder()
                    .setPredictionId("prediction-" + payment.getTransactionId())
                    .setUseCase("fraud")
                    .setEventId(path == ScoringPath.STREAM ? payment.getTransactionId() : "")
                    .setPath(path)
                    .setAtMillis(payment.getEventTimeMillis())
                    .setMadeMillis(payment.getEventTimeMillis())
                    .setQuestion(Map.of(
                            "customerId", payment.getCustomerId(),
                            "terminalId", payment.getTerminalId(),
                            "amountCents", String.valueOf(payment.getAmountCents())))
                    .setFeatures(List.of(0.5))
                    .setModel("fraud")
                    .setModelVersion(1)
                    .setModelSha256("")
                    .setVariant("champion")
                    .setScore(0.5)
                    .setReadings(List.of(
                            reading(
                                    FraudViews.CUSTOMER,
                                    payment.getCustomerId(),
                                    known.customerGeneration,
                                    known.customerLast),
                            reading(
                                    FraudViews.TERMINAL,
                                    payment.getTerminalId(),
                                    known.terminalGeneration,
                                    known.terminalLast)))
                    .build();
            log.add(new ArchivedEvent<>(
                    Position.of(Topics.predictions("fraud"), 0, log.size()), payment.getEventTimeMillis(), prediction));
        }
        return log;
    }

    private static ArchivedEvent<Prediction> with(ArchivedEvent<Prediction> logged, List<Double> features) {
        Prediction prediction =
                Prediction.newBuilder(logged.event()).setFeatures(features).build();
        return new ArchivedEvent<>(logged.position(), logged.arrivalMillis(), prediction);
    }

    private static ViewReading reading(View<?> view, String entity, long generation, Map<Origin, Long> last) {
        List<OriginOffset> offsets = new ArrayList<>();
        new TreeMap<>(last)
                .forEach((origin, offset) -> offsets.add(new OriginOffset(origin.topic(), origin.partition(), offset)));
        return new ViewReading(view.name(), entity, generation, offsets, true);
    }

    private MemoryArchive archive(FraudLog log) {
        return new MemoryArchive(TestSpark.get())
                .with(TRANSACTION, log.payments())
                .with(FRAUD_LABEL, log.labels())
                .with(FraudViews.CUSTOMER.name(), CUTS)
                .with(FraudViews.TERMINAL.name(), CUTS);
    }

    private static Cut cut(long payments, long labels) {
        Map<Origin, Long> before = new HashMap<>();
        for (int partition = 0; partition < 3; partition++) {
            before.put(new Origin(TRANSACTION.topic(), partition), payments + partition);
            before.put(new Origin(FRAUD_LABEL.topic(), partition), labels + partition);
        }
        return Cut.of(before);
    }

    private static Map<String, Row> byId(List<Row> rows) {
        Map<String, Row> byId = new HashMap<>();
        rows.forEach(row -> assertThat(byId.put(row.getAs(TrainingSet.ID), row)).isNull());
        return byId;
    }

    private static void assertEqual(Map<String, Row> rows, Map<String, Expected> expected) {
        assertThat(rows.keySet()).isEqualTo(expected.keySet());
        rows.forEach((id, row) -> {
            assertThat(row.<Double>getAs(TrainingSet.TARGET)).as(id).isEqualTo(expected.get(id).target);
            assertThat(features(row)).as(id).containsExactly(expected.get(id).features); // to the bit
        });
    }

    private static double[] features(Row row) {
        return row.<Double>getList(row.fieldIndex(TrainingSet.FEATURES)).stream()
                .mapToDouble(Double::doubleValue)
                .toArray();
    }

    private record Expected(double target, double[] features) {}

    private static Map<String, Expected> naive(FraudLog log, Map<String, Recorded> recorded) {
        List<NaiveFold.Entry> entries = log.entries();
        Map<String, Expected> expected = new HashMap<>();
        for (ArchivedEvent<Transaction> payment : log.payments()) {
            Transaction event = payment.event();
            ArchivedEvent<FraudLabel> label = null;
            for (ArchivedEvent<FraudLabel> one : log.labels()) {
                boolean later = label == null
                        || one.arrivalMillis() > label.arrivalMillis()
                        || one.arrivalMillis() == label.arrivalMillis()
                                && one.position().compareTo(label.position()) > 0;
                if (one.event().getTransactionId().equals(event.getTransactionId()) && later) {
                    label = one;
                }
            }
            if (label != null && event.getEventTimeMillis() >= FROM && event.getEventTimeMillis() < TO) {
                Recorded known = recorded.get(event.getTransactionId());
                Known before = Known.before(payment.position(), payment.arrivalMillis());
                expected.put(
                        event.getTransactionId(),
                        new Expected(
                                label.event().getFraud() ? 1 : 0,
                                naive(
                                        entries,
                                        event,
                                        known == null ? before : Known.upTo(known.customerCut()),
                                        known == null ? before : Known.upTo(known.terminalCut()))));
            }
        }
        return expected;
    }

    private static double[] naive(
            List<NaiveFold.Entry> entries, Transaction payment, Known ofCustomer, Known ofTerminal) {
        long at = payment.getEventTimeMillis();
        List<CustomerActivity> customer =
                NaiveFold.fold(FraudViews.CUSTOMER, entries, ofCustomer, payment.getCustomerId(), at);
        List<TerminalActivity> terminal =
                NaiveFold.fold(FraudViews.TERMINAL, entries, ofTerminal, payment.getTerminalId(), at);
        return FraudFeatures.of(
                at,
                payment.getAmountCents(),
                new WindowValues<>(FraudViews.CUSTOMER, at, customer),
                new WindowValues<>(FraudViews.TERMINAL, at, terminal));
    }
}
