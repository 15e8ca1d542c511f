package dev.anabranch.explain;

import dev.anabranch.contract.Prediction;
import dev.anabranch.contract.ViewReading;
import dev.anabranch.explain.Explanation.Feature;
import dev.anabranch.explain.Explanation.From;
import dev.anabranch.explain.Explanation.InWindow;
import dev.anabranch.explain.Explanation.Viewed;
import dev.anabranch.model.Question;
import dev.anabranch.view.Window;
import dev.anabranch.view.WindowValues;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A logged prediction beside the same made again, number by number. */
final class Comparison {
    private final Prediction logged;
    private final Question<?> question;
    private final List<Concern<?>> concerns;
    private final Map<String, Double> features;
    private final RegisteredModels.Scoring scoring;
    private final int mostEvents;
    private final List<String> names;
    private final List<String> differences = new ArrayList<>();

    /**
     * @param concerns one for each of the question's views, told by the archive
     * @param features as they came out, by name
     */
    Comparison(
            Prediction logged,
            Question<?> question,
            List<Concern<?>> concerns,
            Map<String, Double> features,
            RegisteredModels.Scoring scoring,
            int mostEvents) {
        this.logged = logged;
        this.question = question;
        this.concerns = concerns;
        this.features = features;
        this.scoring = scoring;
        this.mostEvents = mostEvents;
        // The logged ones are in the order of the version's features, which the question's code may have left behind.
        this.names = scoring.model() == null
                ? question.featureNames()
                : scoring.version().getFeatures();
    }

    Explanation explanation() {
        double[] row = row();
        Explanation.Scores score = score(row);
        Contributions parts =
                row == null || scoring.parts() == null ? null : scoring.parts().at(row);
        List<Viewed> views = concerns.stream().map(this::viewed).toList();
        List<Feature> each = features(views, parts);
        return new Explanation(
                logged.getPredictionId(),
                logged.getUseCase(),
                logged.getPath().name(),
                logged.getEventId(),
                logged.getAtMillis(),
                logged.getMadeMillis(),
                logged.getQuestion(),
                differences.isEmpty(),
                List.copyOf(differences),
                score,
                model(),
                parts == null ? null : new Explanation.Sum(parts.of(), parts.method(), parts.base(), parts.total()),
                parts == null ? notTakenApart() : null,
                each,
                views);
    }

    /** The features in the version's order; null when one of them is not made any more. */
    private double[] row() {
        if (logged.getFeatures().size() != names.size()) {
            differences.add("There must be " + names.size() + " features, got "
                    + logged.getFeatures().size() + " in the log");
            return null;
        }
        double[] row = new double[names.size()];
        for (int i = 0; i < row.length; i++) {
            Double value = features.get(names.get(i));
            if (value == null) {
                differences.add("Feature " + names.get(i) + " is not made by the code of today");
                return null;
            }
            row[i] = value;
        }
        return row;
    }

    private Explanation.Scores score(double[] row) {
        if (scoring.model() == null) {
            differences.add("The score cannot be made again: " + scoring.notLoaded());
        }
        if (scoring.model() == null || row == null) {
            return new Explanation.Scores(logged.getScore(), null, false);
        }
        double score = scoring.model().score(row);
        boolean identical = same(score, logged.getScore());
        if (!identical) {
            differences.add("The score was " + logged.getScore() + ", and is now " + score);
        }
        return new Explanation.Scores(logged.getScore(), score, identical);
    }

    private String notTakenApart() {
        return scoring.notKnown() == null ? "the features could not be made again" : scoring.notKnown();
    }

    private List<Feature> features(List<Viewed> views, Contributions parts) {
        List<Feature> each = new ArrayList<>();
        for (int i = 0; i < Math.min(names.size(), logged.getFeatures().size()); i++) {
            String name = names.get(i);
            double before = logged.getFeatures().get(i);
            Double now = features.get(name);
            boolean identical = now != null && same(before, now);
            if (now != null && !identical) {
                differences.add("Feature " + name + " was " + before + ", and is now " + now);
            }
            each.add(new Feature(
                    name, before, now, identical, parts == null ? null : parts.each()[i], from(name, views)));
        }
        return each;
    }

    private List<From> from(String feature, List<Viewed> views) {
        if (!question.featureNames().contains(feature)) {
            return List.of();
        }
        List<From> from = new ArrayList<>();
        for (Question.WindowOf read : question.windowsOf(feature)) {
            for (Viewed view : views) {
                if (view.view().equals(read.view().name())) {
                    view.windows().stream()
                            .filter(window -> window.window().equals(read.label()))
                            .forEach(window -> from.add(new From(view.view(), window.window(), window.events())));
                }
            }
        }
        return from;
    }

    private <A> Viewed viewed(Concern<A> concern) {
        ViewReading reading = logged.getReadings().stream()
                .filter(recorded -> recorded.getView().equals(concern.view().name()))
                .findFirst()
                .orElseThrow();
        WindowValues<A> values = concern.values();
        List<Behind> behind = concern.behind();
        List<InWindow> windows = new ArrayList<>();
        for (int i = 0; i < concern.view().windows().size(); i++) {
            Window window = concern.view().windows().get(i);
            A aggregate = values.get(i);
            Map<String, Double> measures = new LinkedHashMap<>();
            concern.view().measures().forEach((measure, of) -> measures.put(measure, of.applyAsDouble(aggregate)));
            windows.add(new InWindow(
                    window.label(),
                    window.fromMillis(logged.getAtMillis()),
                    window.toMillis(logged.getAtMillis()),
                    (int) behind.stream()
                            .filter(event -> event.windows().contains(window.label()))
                            .count(),
                    measures));
        }
        return new Viewed(
                reading.getView(),
                reading.getEntity(),
                reading.getGeneration(),
                PredictionExplainer.positions(concern.cut()),
                PredictionExplainer.positions(concern.asOf()),
                reading.getExact(),
                windows,
                behind.size(),
                List.copyOf(behind.subList(0, Math.min(mostEvents, behind.size()))));
    }

    private Explanation.Model model() {
        boolean loaded = scoring.model() != null;
        return new Explanation.Model(
                logged.getModel(),
                logged.getModelVersion(),
                logged.getVariant(),
                logged.getModelSha256(),
                loaded ? scoring.version().getAlgorithm() : null,
                loaded ? scoring.version().getCodeRevision() : null,
                loaded ? scoring.version().getCreatedMillis() : null);
    }

    /** To the bit: 0 and -0 differ, NaN and NaN do not. */
    static boolean same(double one, double other) {
        return Double.doubleToRawLongBits(one) == Double.doubleToRawLongBits(other);
    }
}
