package dev.anabranch.speed;

import dev.anabranch.contract.ModelVersion;
import dev.anabranch.contract.Prediction;
import dev.anabranch.contract.ScoringPath;
import dev.anabranch.event.EventType;
import dev.anabranch.model.Lineup;
import dev.anabranch.model.LoadedModel;
import dev.anabranch.model.PredictionId;
import dev.anabranch.model.Question;
import dev.anabranch.view.Position;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.Record;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the model that answers its subject, and those that shadow it, about each event that has its readings. What it forwards depends on the event, the readings and
 * the models alone: an event processed again gives the same prediction under the same name.
 */
final class ScoreEvents<E extends SpecificRecord> extends ContextualProcessor<String, Passing<E>, String, Prediction> {
    private static final Logger LOG = LoggerFactory.getLogger(ScoreEvents.class);

    private final String useCase;
    private final EventType<E> type;
    private final Question<E> question;
    private final Scorability scorability;
    private final Set<String> failed = new HashSet<>(); // digests, each told once

    ScoreEvents(String useCase, EventType<E> type, Question<E> question, Scorability scorability) {
        this.useCase = useCase;
        this.type = type;
        this.question = question;
        this.scorability = scorability;
    }

    @Override
    public void process(Record<String, Passing<E>> record) {
        Passing<E> passing = record.value();
        if (passing.readings().isEmpty() || !scorability.hasModel()) {
            return;
        }
        double[] features =
                question.features(passing.event(), passing.readings().get().of(question.views()));
        List<Prediction> predictions = scorability
                .live()
                .use(lineup -> score(lineup, passing, features))
                .orElse(List.of());
        if (!predictions.isEmpty()) {
            scorability.scored();
        }
        for (Prediction made : predictions) {
            context().forward(new Record<>(type.key(passing.event()), made, passing.arrivalMillis()));
        }
    }

    /** What answers first, then its shadows. */
    private List<Prediction> score(Lineup<LoadedModel> lineup, Passing<E> passing, double[] features) {
        Lineup.Part<LoadedModel> answering = lineup.of(question.subject(passing.event()));
        List<Prediction> made = new ArrayList<>(1 + lineup.shadows().size());
        score(answering, id(passing), passing, features).ifPresent(made::add);
        for (Lineup.Part<LoadedModel> shadow : lineup.shadows()) {
            PredictionId id = id(passing).ofShadow(shadow.model().version().getVersion());
            score(shadow, id, passing, features).ifPresent(made::add);
        }
        return made;
    }

    private PredictionId id(Passing<E> passing) {
        Position position = passing.position();
        return PredictionId.ofEvent(
                useCase, passing.arrivalMillis(), position.origin().partition(), position.offset());
    }

    /** Empty when the model cannot: the views must not stand still for a bad model. */
    private Optional<Prediction> score(
            Lineup.Part<LoadedModel> part, PredictionId id, Passing<E> passing, double[] features) {
        LoadedModel model = part.model();
        try {
            return Optional.of(prediction(part, id, passing, features, model.score(features)));
        } catch (IllegalArgumentException e) {
            scorability.failed();
            if (failed.add(model.version().getSha256())) {
                LOG.error(
                        "No predictions from {} version {}",
                        useCase,
                        model.version().getVersion(),
                        e);
            }
            return Optional.empty();
        }
    }

    private Prediction prediction(
            Lineup.Part<LoadedModel> part, PredictionId id, Passing<E> passing, double[] features, double score) {
        E event = passing.event();
        ModelVersion model = part.model().version();
        return Prediction.newBuilder()
                .setPredictionId(id.toString())
                .setUseCase(useCase)
                .setEventId(type.eventId(event))
                .setPath(ScoringPath.STREAM)
                .setAtMillis(type.eventTimeMillis(event))
                .setMadeMillis(passing.arrivalMillis())
                .setQuestion(question.about(event))
                .setFeatures(boxed(features))
                .setModel(model.getName())
                .setModelVersion(model.getVersion())
                .setModelSha256(model.getSha256())
                .setVariant(part.variant())
                .setScore(score)
                .setReadings(passing.readings().orElseThrow().evidence())
                .build();
    }

    private static List<Double> boxed(double[] values) {
        List<Double> boxed = new ArrayList<>(values.length);
        for (double value : values) {
            boxed.add(value);
        }
        return boxed;
    }
}
