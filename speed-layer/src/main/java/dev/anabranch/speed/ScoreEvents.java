package dev.anabranch.speed;

import dev.anabranch.contract.ModelVersion;
import dev.anabranch.contract.Prediction;
import dev.anabranch.contract.ScoringPath;
import dev.anabranch.event.EventType;
import dev.anabranch.model.LoadedModel;
import dev.anabranch.model.PredictionId;
import dev.anabranch.model.Question;
import dev.anabranch.view.Position;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.Record;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the live model about each event that has its readings. What it forwards depends on the event, the readings and
 * the model alone: an event processed again gives the same prediction under the same name.
 */
final class ScoreEvents<E extends SpecificRecord> extends ContextualProcessor<String, Passing<E>, String, Prediction> {
    private static final Logger LOG = LoggerFactory.getLogger(ScoreEvents.class);
    private static final String VARIANT = "champion";

    private final String useCase;
    private final EventType<E> type;
    private final Question<E> question;
    private final Scorability scorability;
    private String lastFailed = "";

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
        Optional<Prediction> prediction =
                scorability.live().use(model -> score(model, passing, features)).flatMap(made -> made);
        prediction.ifPresent(made -> {
            scorability.scored();
            context().forward(new Record<>(type.key(passing.event()), made, passing.arrivalMillis()));
        });
    }

    /** Empty when the model cannot: the views must not stand still for a bad model. */
    private Optional<Prediction> score(LoadedModel model, Passing<E> passing, double[] features) {
        try {
            return Optional.of(prediction(model.version(), passing, features, model.score(features)));
        } catch (IllegalArgumentException e) {
            scorability.failed();
            if (!model.version().getSha256().equals(lastFailed)) {
                lastFailed = model.version().getSha256();
                LOG.error(
                        "No predictions from {} version {}",
                        useCase,
                        model.version().getVersion(),
                        e);
            }
            return Optional.empty();
        }
    }

    private Prediction prediction(ModelVersion model, Passing<E> passing, double[] features, double score) {
        E event = passing.event();
        Position position = passing.position();
        return Prediction.newBuilder()
                .setPredictionId(PredictionId.ofEvent(
                                useCase,
                                passing.arrivalMillis(),
                                position.origin().partition(),
                                position.offset())
                        .toString())
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
                .setVariant(VARIANT)
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
