package dev.anabranch.explain;

import dev.anabranch.contract.ModelVersion;
import dev.anabranch.contract.Prediction;
import dev.anabranch.contract.Wire;
import dev.anabranch.lakehouse.Lakehouse;
import dev.anabranch.lakehouse.ModelRegistry;
import dev.anabranch.model.LoadedModel;
import dev.anabranch.model.UnusableModelException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The versions that scored predictions, from the registry; the last few stay loaded. */
final class RegisteredModels implements AutoCloseable {
    private static final int KEPT = 8;

    private final ModelRegistry registry;
    private final Map<String, Scoring> loaded = new LinkedHashMap<>(KEPT, 0.75f, true);

    /**
     * What scored a prediction, as far as it is there.
     *
     * @param model      the version, loaded and checked against its digest and samples; null when it cannot be
     * @param parts      what its scores are the sum of; null when it cannot be taken apart
     * @param notLoaded  why there is no model; null when there is
     * @param notKnown   why there are no parts; null when there are
     */
    record Scoring(LoadedModel model, ScoreParts parts, String notLoaded, String notKnown) {
        ModelVersion version() {
            return model.version();
        }

        private static Scoring missing(String why) {
            return new Scoring(null, null, why, why);
        }
    }

    RegisteredModels(Lakehouse lakehouse) {
        registry = new ModelRegistry(lakehouse);
    }

    /** The version that a prediction names. */
    Scoring of(Prediction prediction) {
        String name = prediction.getModel() + " version " + prediction.getModelVersion();
        Scoring scoring = loaded.get(name);
        if (scoring == null) {
            scoring = load(prediction, name);
            if (scoring.model() == null) {
                return scoring;
            }
            keep(name, scoring);
        }
        String digest = scoring.version().getSha256();
        return digest.equals(prediction.getModelSha256())
                ? scoring
                : Scoring.missing("the registry has " + name + " with the artifact " + digest
                        + ", and the prediction was made by the artifact " + prediction.getModelSha256());
    }

    private Scoring load(Prediction prediction, String name) {
        Optional<ModelRegistry.Registered> registered =
                registry.version(prediction.getModel(), prediction.getModelVersion());
        if (registered.isEmpty()) {
            return Scoring.missing("the registry does not have " + name);
        }
        ModelVersion version = registered.get().version();
        LoadedModel model;
        try {
            model = LoadedModel.load(version, version.getFeatures());
        } catch (UnusableModelException e) {
            return Scoring.missing(e.getMessage());
        }
        try {
            ScoreParts parts = ScoreParts.of(
                    Wire.bytes(version.getArtifact()), version.getFeatures().size());
            return parts.agreeWith(version.getSamples())
                    ? new Scoring(model, parts, null, null)
                    : new Scoring(
                            model,
                            null,
                            null,
                            "What the contributions to " + name + " add up to does not give the scores of its samples");
        } catch (IllegalArgumentException e) {
            return new Scoring(model, null, null, e.getMessage());
        }
    }

    private void keep(String name, Scoring scoring) {
        loaded.put(name, scoring);
        if (loaded.size() > KEPT) {
            String oldest = loaded.keySet().iterator().next();
            loaded.remove(oldest).model().close();
        }
    }

    @Override
    public void close() {
        loaded.values().forEach(scoring -> scoring.model().close());
        loaded.clear();
    }
}
