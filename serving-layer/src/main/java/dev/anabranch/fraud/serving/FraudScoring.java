package dev.anabranch.fraud.serving;

import dev.anabranch.contract.ModelVersion;
import dev.anabranch.contract.Prediction;
import dev.anabranch.contract.ScoringPath;
import dev.anabranch.contract.Topics;
import dev.anabranch.contract.ViewReading;
import dev.anabranch.contract.Wire;
import dev.anabranch.event.EventType.Violation;
import dev.anabranch.fraud.CustomerActivity;
import dev.anabranch.fraud.FraudEvents;
import dev.anabranch.fraud.FraudFeatures;
import dev.anabranch.fraud.FraudUseCase;
import dev.anabranch.fraud.FraudViews;
import dev.anabranch.fraud.TerminalActivity;
import dev.anabranch.fraud.Transaction;
import dev.anabranch.fraud.serving.FraudScoreResource.Question;
import dev.anabranch.model.Lineup;
import dev.anabranch.model.LoadedModel;
import dev.anabranch.model.PredictionId;
import dev.anabranch.model.ServedModel;
import dev.anabranch.serving.Answer;
import dev.anabranch.serving.Calibrations;
import dev.anabranch.serving.Models;
import dev.anabranch.serving.Provenance;
import dev.anabranch.serving.Refused;
import dev.anabranch.serving.TopicWriter;
import dev.anabranch.serving.Views;
import dev.anabranch.view.Cuts;
import dev.anabranch.view.Reading;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.DoubleStream;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.jboss.logging.Logger;

/**
 * Scores payments: both views as they stand, read at the moment of the payment; the features made of them; the live
 * model; and the prediction into the log before the answer is given.
 */
@ApplicationScoped
class FraudScoring {
    private static final Logger log = Logger.getLogger(FraudScoring.class);
    private static final String PREDICTIONS = Topics.predictions(FraudUseCase.NAME);

    private final Views views;
    private final Models models;
    private final Calibrations calibrations;
    private final TopicWriter writer;
    private final Clock clock;
    private final Timer timer;
    private final Counter failedShadows;

    FraudScoring(
            Views views,
            Models models,
            Calibrations calibrations,
            TopicWriter writer,
            Clock clock,
            MeterRegistry metrics) {
        this.views = views;
        this.models = models;
        this.calibrations = calibrations;
        this.writer = writer;
        this.clock = clock;
        timer = Timer.builder("anabranch.serving.score")
                .description("Features and score of the payments of one request, views already read")
                .tag("use.case", FraudUseCase.NAME)
                .publishPercentileHistogram()
                .register(metrics);
        failedShadows = Counter.builder("anabranch.serving.shadow.failures")
                .description("Requests that a shadow version could not score")
                .tag("use.case", FraudUseCase.NAME)
                .register(metrics);
    }

    /** What is known about one payment, before it is scored. */
    private record Known(
            Question question,
            long atMillis,
            Answer<CustomerActivity> customer,
            Answer<TerminalActivity> terminal,
            double[] features) {}

    /** What was known of a payment, and the record of its score. */
    private record Scored(Known known, ModelVersion by, Prediction prediction) {}

    Uni<FraudScore> score(Question question) {
        return score(List.of(question), "").map(scores -> scores.get(0));
    }

    Uni<List<FraudScore>> score(List<Question> questions) {
        return score(questions, "[%d].");
    }

    private Uni<List<FraudScore>> score(List<Question> questions, String path) {
        long now = clock.millis();
        check(questions, path, now);
        models.require(FraudUseCase.NAME);
        if (questions.size() == 1) {
            return read(questions.get(0), now).flatMap(known -> finish(List.of(known), now));
        }
        List<Uni<Known>> reading = questions.stream().map(q -> read(q, now)).toList();
        return Uni.join().all(reading).andFailFast().flatMap(known -> finish(known, now));
    }

    /** A payment to be scored keeps the rules of a payment that was made. */
    private static void check(List<Question> questions, String path, long now) {
        List<Violation> violations = new ArrayList<>();
        for (int i = 0; i < questions.size(); i++) {
            Question question = questions.get(i);
            Transaction payment = new Transaction(
                    question.transactionId() == null ? "unnamed" : question.transactionId(),
                    at(question, now),
                    question.customerId(),
                    question.terminalId(),
                    question.amountCents());
            Optional<Violation> broken = FraudEvents.TRANSACTION.check(payment, now);
            if (broken.isPresent()) {
                Violation one = broken.get();
                violations.add(new Violation(path.formatted(i) + one.field(), one.must(), one.value()));
            }
        }
        if (!violations.isEmpty()) {
            throw new Refused(violations);
        }
    }

    private static long at(Question question, long now) {
        return question.eventTimeMillis() == null ? now : question.eventTimeMillis();
    }

    private Uni<Known> read(Question question, long now) {
        long at = at(question, now);
        return Uni.combine()
                .all()
                .unis(
                        views.ask(FraudViews.CUSTOMER, question.customerId(), at),
                        views.ask(FraudViews.TERMINAL, question.terminalId(), at))
                .with((customer, terminal) -> new Known(
                        question,
                        at,
                        customer,
                        terminal,
                        FraudFeatures.of(
                                at,
                                question.amountCents(),
                                customer.reading().merged(),
                                terminal.reading().merged())));
    }

    /**
     * Scores what is known, each payment by the version that answers its customer and by all that shadow it, and answers when
     * the predictions are in the log.
     */
    private Uni<List<FraudScore>> finish(List<Known> known, long now) {
        long start = System.nanoTime();
        List<Scored> scored = models.withLineup(FraudUseCase.NAME, lineup -> scored(known, lineup, now));
        timer.record(System.nanoTime() - start, TimeUnit.NANOSECONDS);
        List<CompletableFuture<RecordMetadata>> logged = new ArrayList<>(known.size());
        for (Scored each : scored) {
            byte[] prediction = Wire.PREDICTION.encode(each.prediction());
            CompletableFuture<RecordMetadata> appended =
                    writer.append(PREDICTIONS, each.known().question().customerId(), prediction);
            if (logged.size() < known.size()) {
                logged.add(appended); // answers come first: nobody waits for a shadow
            }
        }
        List<Scored> answers = scored.subList(0, known.size());
        return Uni.createFrom()
                .completionStage(CompletableFuture.allOf(logged.toArray(CompletableFuture[]::new)))
                .map(acknowledged -> answers.stream().map(this::answer).toList());
    }

    /** First the answers, in the order of what is known; then what shadows them. */
    private List<Scored> scored(List<Known> known, Lineup<ServedModel> lineup, long now) {
        Map<Lineup.Part<ServedModel>, List<Integer>> drawn = new LinkedHashMap<>();
        PredictionId[] ids = new PredictionId[known.size()];
        for (int i = 0; i < ids.length; i++) {
            drawn.computeIfAbsent(lineup.of(known.get(i).question().customerId()), part -> new ArrayList<>())
                    .add(i);
            ids[i] = PredictionId.ofAnswer(FraudUseCase.NAME, now, UUID.randomUUID());
        }
        Scored[] answers = new Scored[ids.length];
        drawn.forEach((part, which) -> {
            List<Known> theirs = which.stream().map(known::get).toList();
            double[] scores = scores(part, theirs);
            for (int i = 0; i < scores.length; i++) {
                int at = which.get(i);
                answers[at] = scored(theirs.get(i), ids[at], scores[i], part, now);
            }
        });
        List<Scored> all = new ArrayList<>(List.of(answers));
        lineup.shadows().forEach(shadow -> all.addAll(scored(known, ids, shadow, now)));
        return all;
    }

    /** What a shadow makes of it; nothing where it cannot: nobody's answer hangs on it. */
    private List<Scored> scored(List<Known> known, PredictionId[] ids, Lineup.Part<ServedModel> shadow, long now) {
        try {
            double[] scores = scores(shadow, known);
            long version = shadow.model().version().getVersion();
            List<Scored> scored = new ArrayList<>(scores.length);
            for (int i = 0; i < scores.length; i++) {
                scored.add(scored(known.get(i), ids[i].ofShadow(version), scores[i], shadow, now));
            }
            return scored;
        } catch (RuntimeException e) { // whatever it is: it is counted, and told to whoever looks closely
            failedShadows.increment();
            log.debugf(e, "%s cannot score", shadow.variant());
            return List.of();
        }
    }

    private static double[] scores(Lineup.Part<ServedModel> part, List<Known> known) {
        double[][] rows = known.stream().map(Known::features).toArray(double[][]::new);
        return ((LoadedModel) part.model()).score(rows);
    }

    private static Scored scored(Known known, PredictionId id, double score, Lineup.Part<ServedModel> part, long now) {
        ModelVersion version = part.model().version();
        Reading<CustomerActivity> customer = known.customer.reading();
        Reading<TerminalActivity> terminal = known.terminal.reading();
        Prediction prediction = new Prediction(
                id.toString(),
                FraudUseCase.NAME,
                known.question.transactionId() == null ? "" : known.question.transactionId(),
                ScoringPath.REST,
                known.atMillis,
                now,
                Map.of(
                        "customerId", known.question.customerId(),
                        "terminalId", known.question.terminalId(),
                        "amountCents", String.valueOf(known.question.amountCents())),
                DoubleStream.of(known.features).boxed().toList(),
                version.getName(),
                version.getVersion(),
                version.getSha256(),
                part.variant(),
                score,
                List.of(reading(customer), reading(terminal)));
        return new Scored(known, version, prediction);
    }

    /** Made when it is given: the ages it tells are as of then. */
    private FraudScore answer(Scored scored) {
        long now = clock.millis();
        Map<String, Provenance> provenance = new LinkedHashMap<>();
        provenance.put(FraudViews.CUSTOMER.name(), Provenance.of(scored.known.customer, now));
        provenance.put(FraudViews.TERMINAL.name(), Provenance.of(scored.known.terminal, now));
        Prediction prediction = scored.prediction;
        return new FraudScore(
                prediction.getPredictionId(),
                prediction.getScore(),
                calibrations.calibrated(scored.by, prediction.getScore()).orElse(null),
                scored.known.atMillis,
                new FraudScore.Model(
                        prediction.getModel(),
                        prediction.getModelVersion(),
                        prediction.getVariant(),
                        prediction.getModelSha256()),
                named(scored.known.features),
                provenance);
    }

    private static ViewReading reading(Reading<?> reading) {
        return new ViewReading(
                reading.merged().view().name(),
                reading.entity(),
                reading.generation(),
                Cuts.writeOffsets(reading.last()),
                reading.exact());
    }

    private static Map<String, Double> named(double[] features) {
        Map<String, Double> named = new LinkedHashMap<>();
        for (int i = 0; i < features.length; i++) {
            named.put(FraudFeatures.NAMES.get(i), features[i]);
        }
        return named;
    }
}
