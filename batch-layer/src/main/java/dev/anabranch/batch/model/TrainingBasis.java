package dev.anabranch.batch.model;

import dev.anabranch.contract.ModelVersion;
import dev.anabranch.view.Cut;
import dev.anabranch.view.Cuts;
import dev.anabranch.view.View;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a model is made of, as far as it is known before it is made. Two trainings on one basis give one model, so the
 * second is not worth its time.
 *
 * @param labels     how far the labels have been archived
 * @param labelTopic their topic
 * @param features   the names of the features, in order
 * @param views      the fingerprints of the views they are made of, by name
 * @param settings   what else decides, by the name it has among a version's parameters
 * @param seed       of everything random
 */
public record TrainingBasis(
        Cut labels,
        String labelTopic,
        List<String> features,
        Map<String, String> views,
        Map<String, String> settings,
        long seed) {
    /** @param cut of the run that would train */
    public static TrainingBasis of(
            Cut cut,
            String labelTopic,
            List<String> features,
            List<View<?>> views,
            Map<String, String> settings,
            long seed) {
        Map<String, String> fingerprints = new LinkedHashMap<>();
        views.forEach(view -> fingerprints.put(view.name(), view.fingerprint()));
        return new TrainingBasis(
                cut.onlyTopics(List.of(labelTopic)), labelTopic, features, fingerprints, settings, seed);
    }

    /** Whether a version was made of the same. */
    public boolean isThatOf(ModelVersion version) {
        return Cuts.read(version.getCut()).onlyTopics(List.of(labelTopic)).equals(labels)
                && version.getFeatures().equals(features)
                && version.getViews().equals(views)
                && version.getParameters().entrySet().containsAll(settings.entrySet())
                && version.getSeed() == seed;
    }
}
