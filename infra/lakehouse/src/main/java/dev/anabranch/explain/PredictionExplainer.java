package dev.anabranch.explain;

import dev.anabranch.contract.Prediction;
import dev.anabranch.contract.ViewReading;
import dev.anabranch.model.Question;
import dev.anabranch.ranking.RankedAnswer;
import dev.anabranch.usecase.UseCase;
import dev.anabranch.usecase.UseCases;
import dev.anabranch.view.Cut;
import dev.anabranch.view.Position;
import dev.anabranch.view.View;
import dev.anabranch.view.WindowValues;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.avro.specific.SpecificRecord;

/** Makes a score again from the archive, and takes it apart. Not thread safe. */
final class PredictionExplainer {
    private final GenerationCuts cuts;
    private final ArchivedHistory history;
    private final RegisteredModels models;

    PredictionExplainer(GenerationCuts cuts, ArchivedHistory history, RegisteredModels models) {
        this.cuts = cuts;
        this.history = history;
        this.models = models;
    }

    /**
     * @param mostEvents how many of the events behind a view are named; the others are counted
     * @throws IllegalArgumentException when the use case asks no question today, or the prediction is of a view or a
     *     generation that the archive does not know
     */
    Explanation explain(Prediction prediction, int mostEvents) {
        return explain(List.of(prediction), mostEvents).get(0);
    }

    /** The same of several, in their order: the archive is read once for all of them. */
    List<Explanation> explain(List<Prediction> predictions, int mostEvents) {
        Map<String, Asked<?>> asked = new LinkedHashMap<>();
        List<Supplier<Explanation>> told = new ArrayList<>();
        for (Prediction prediction : predictions) {
            told.add(ask(prediction, question(prediction), asked, mostEvents));
        }
        history.tell(asked.values());
        return told.stream().map(Supplier::get).toList();
    }

    private static Question<?> question(Prediction prediction) {
        return UseCases.named(prediction.getUseCase())
                .flatMap(UseCase::question)
                .orElseThrow(() -> new IllegalArgumentException("Prediction " + prediction.getPredictionId()
                        + " must be of a use case that asks a question, got '" + prediction.getUseCase() + "'"));
    }

    /** @return its explanation, once what is asked has been told */
    private <E extends SpecificRecord> Supplier<Explanation> ask(
            Prediction prediction, Question<E> question, Map<String, Asked<?>> asked, int mostEvents) {
        List<Concern<?>> concerns = new ArrayList<>();
        for (View<?> view : question.views()) {
            concerns.add(ask(view, prediction, asked));
        }
        return () -> explanation(prediction, question, concerns, mostEvents);
    }

    private <A> Concern<A> ask(View<A> view, Prediction prediction, Map<String, Asked<?>> asked) {
        Concern<A> concern = concern(view, prediction);
        @SuppressWarnings("unchecked") // a name is that of one view
        Asked<A> ofView = (Asked<A>) asked.computeIfAbsent(view.name(), name -> new Asked<>(view));
        ofView.add(concern);
        return concern;
    }

    private <E extends SpecificRecord> Explanation explanation(
            Prediction prediction, Question<E> question, List<Concern<?>> concerns, int mostEvents) {
        List<WindowValues<?>> values = new ArrayList<>();
        concerns.forEach(concern -> values.add(concern.values()));
        double[] features = question.features(question.asked(prediction), values);
        Map<String, Double> byName = new LinkedHashMap<>();
        for (int i = 0; i < features.length; i++) {
            byName.put(question.featureNames().get(i), features[i]);
        }
        return new Comparison(prediction, question, concerns, byName, models.of(version(prediction)), mostEvents)
                .explanation();
    }

    private <A> Concern<A> concern(View<A> view, Prediction prediction) {
        ViewReading reading = prediction.getReadings().stream()
                .filter(recorded -> recorded.getView().equals(view.name()))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("Prediction " + prediction.getPredictionId()
                        + " must record what it read of " + view + ", got only "
                        + prediction.getReadings().stream()
                                .map(ViewReading::getView)
                                .toList()));
        return new Concern<>(view, reading, prediction.getAtMillis(), cuts.of(view.name(), reading.getGeneration()));
    }

    private static RankedAnswer.Version version(Prediction prediction) {
        return new RankedAnswer.Version(
                prediction.getModel(),
                prediction.getModelVersion(),
                prediction.getModelSha256(),
                prediction.getVariant());
    }

    /** A cut as the positions it does not include. */
    static List<Position> positions(Cut cut) {
        return cut.origins().entrySet().stream()
                .map(origin -> new Position(origin.getKey(), origin.getValue()))
                .toList();
    }
}
