package dev.anabranch.speed;

import dev.anabranch.contract.Prediction;
import dev.anabranch.quality.Outcome;
import dev.anabranch.quality.Outcomes;
import java.util.ArrayList;
import java.util.List;

/**
 * How predictions and labels of one event meet, in whichever order they come.
 *
 * <p>The first prediction of each model version is judged; a label that says the opposite of the one before it takes its
 * place; and every prediction that is judged has one outcome, or one more for each time the labels changed their mind.
 */
final class CaseFile {
    private CaseFile() {}

    /**
     * A case after something has come, and what is to be told of it.
     *
     * @param next     the case as it is to be kept; the one before, when nothing has changed
     * @param outcomes to be written
     */
    record Step(Case next, List<Outcome> outcomes) {}

    /**
     * @param before    null when nothing is known of the event
     * @param nowMillis by the clock of this process
     */
    static Step predicted(Case before, Prediction prediction, long nowMillis) {
        List<CasePrediction> predictions = new ArrayList<>(before == null ? List.of() : before.getPredictions());
        if (predictions.stream().anyMatch(known -> isOfTheSameVersion(known, prediction))) {
            return new Step(before, List.of());
        }
        CasePrediction added = new CasePrediction(
                prediction.getPredictionId(),
                prediction.getModel(),
                prediction.getModelVersion(),
                prediction.getScore());
        predictions.add(added);
        Finding finding = before == null ? null : before.getFinding();
        List<Outcome> outcomes =
                finding == null ? List.of() : List.of(outcome(added, prediction.getEventId(), finding, false));
        return new Step(new Case(predictions, finding, nowMillis), outcomes);
    }

    /**
     * @param before       null when nothing is known of the event
     * @param eventId      the event that was labelled
     * @param positive     what the label says
     * @param labelMillis  the event time of the label
     * @param nowMillis    by the clock of this process
     */
    static Step labelled(Case before, String eventId, boolean positive, long labelMillis, long nowMillis) {
        Finding known = before == null ? null : before.getFinding();
        if (known != null && known.getPositive() == positive) {
            return new Step(before, List.of());
        }
        Finding finding = known == null
                ? new Finding(positive, 1, labelMillis)
                : new Finding(positive, known.getNumber() + 1, known.getFirstMillis());
        List<CasePrediction> predictions = before == null ? List.of() : before.getPredictions();
        List<Outcome> outcomes = predictions.stream()
                .map(prediction -> outcome(prediction, eventId, finding, known != null))
                .toList();
        return new Step(new Case(predictions, finding, nowMillis), outcomes);
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
                correction);
    }
}
