package dev.anabranch.speed;

import dev.anabranch.contract.Prediction;
import dev.anabranch.learning.LabelledExample;
import dev.anabranch.model.Question;
import dev.anabranch.quality.Outcome;
import dev.anabranch.quality.Outcomes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.apache.avro.specific.SpecificRecord;

/**
 * How predictions and labels of one event meet, in whichever order they come.
 *
 * <p>The first prediction of each model version is judged; a label that says the opposite of the one before it takes its
 * place; and every prediction that is judged has one outcome, or one more for each time the labels changed their mind.
 *
 * <p>An event teaches once: when its first prediction and its first label have met, with what the label says by then. What
 * was learnt cannot be taken back, so a label that says the opposite later teaches nothing.
 */
final class CaseFile {
    private final Function<Prediction, Long> stake;
    private final Optional<String> learner;

    /**
     * @param stake   what it costs when what a prediction warns of comes true; null when it stands for nothing but itself
     * @param learner who learns from what predictions and labels make together; empty when nobody does
     */
    CaseFile(Function<Prediction, Long> stake, Optional<String> learner) {
        this.stake = stake;
        this.learner = learner;
    }

    /** What is at stake in what {@code question} asks. */
    static <E extends SpecificRecord> CaseFile of(Question<E> question, Optional<String> learner) {
        return new CaseFile(
                question.stake()
                        .map(stake -> (Function<Prediction, Long>) asked -> stake.applyAsLong(question.asked(asked)))
                        .orElse(asked -> null),
                learner);
    }

    /**
     * A case after something has come, and what is to be told of it.
     *
     * @param next     the case as it is to be kept; the one before, when nothing has changed
     * @param outcomes to be written
     * @param example  to be written, when there is something to learn
     */
    record Step(Case next, List<Outcome> outcomes, Optional<LabelledExample> example) {
        static Step nothing(Case before) {
            return new Step(before, List.of(), Optional.empty());
        }
    }

    /**
     * @param before    null when nothing is known of the event
     * @param nowMillis by the clock of this process
     */
    Step predicted(Case before, Prediction prediction, long nowMillis) {
        List<CasePrediction> predictions = new ArrayList<>(before == null ? List.of() : before.getPredictions());
        for (CasePrediction known : predictions) {
            if (isOfTheSameVersion(known, prediction)) {
                return Step.nothing(before);
            }
        }
        CasePrediction added = new CasePrediction(
                prediction.getPredictionId(),
                prediction.getModel(),
                prediction.getModelVersion(),
                prediction.getScore(),
                stake.apply(prediction));
        boolean isFirst = predictions.isEmpty();
        predictions.add(added);
        Finding finding = before == null ? null : before.getFinding();
        if (finding == null) {
            List<Float> features = isFirst ? toLearnFrom(prediction) : before.getFeatures();
            return new Step(new Case(predictions, null, nowMillis, features), List.of(), Optional.empty());
        }
        return new Step(
                new Case(predictions, finding, nowMillis, List.of()),
                List.of(outcome(added, prediction.getEventId(), finding, false)),
                isFirst ? example(added, prediction.getEventId(), finding, toLearnFrom(prediction)) : Optional.empty());
    }

    /**
     * @param before       null when nothing is known of the event
     * @param eventId      the event that was labelled
     * @param positive     what the label says
     * @param labelMillis  the event time of the label
     * @param nowMillis    by the clock of this process
     */
    Step labelled(Case before, String eventId, boolean positive, long labelMillis, long nowMillis) {
        Finding known = before == null ? null : before.getFinding();
        if (known != null && known.getPositive() == positive) {
            return Step.nothing(before);
        }
        Finding finding = known == null
                ? new Finding(positive, 1, labelMillis)
                : new Finding(positive, known.getNumber() + 1, known.getFirstMillis());
        List<CasePrediction> predictions = before == null ? List.of() : before.getPredictions();
        List<Outcome> outcomes = new ArrayList<>(predictions.size());
        for (CasePrediction prediction : predictions) {
            outcomes.add(outcome(prediction, eventId, finding, known != null));
        }
        boolean meet = known == null && !predictions.isEmpty();
        return new Step(
                new Case(predictions, finding, nowMillis, List.of()),
                outcomes,
                meet ? example(predictions.get(0), eventId, finding, before.getFeatures()) : Optional.empty());
    }

    /** As an artifact reads them. */
    private List<Float> toLearnFrom(Prediction prediction) {
        return learner.isEmpty()
                ? List.of()
                : prediction.getFeatures().stream().map(Double::floatValue).toList();
    }

    /** None, too, of a prediction that was made while nobody learnt: its features were not kept. */
    private Optional<LabelledExample> example(
            CasePrediction prediction, String eventId, Finding finding, List<Float> features) {
        return learner.filter(name -> !features.isEmpty())
                .map(name -> new LabelledExample(
                        prediction.getPredictionId(),
                        finding.getFirstMillis(),
                        name,
                        eventId,
                        finding.getPositive(),
                        features));
    }

    private static boolean isOfTheSameVersion(CasePrediction known, Prediction prediction) {
        return known.getModelVersion() == prediction.getModelVersion()
                && known.getModel().equals(prediction.getModel());
    }

    private static Outcome outcome(CasePrediction prediction, String eventId, Finding finding, boolean correction) {
        return new Outcome(
                prediction.getPredictionId() + "-" + finding.getNumber(),
                finding.getFirstMillis(),
                Outcomes.judged(prediction.getModel(), prediction.getModelVersion()),
                prediction.getPredictionId(),
                eventId,
                prediction.getScore(),
                finding.getPositive(),
                correction,
                prediction.getStake());
    }
}
