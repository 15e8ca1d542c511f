package dev.anabranch.explain;

import dev.anabranch.contract.ModelVersion;
import dev.anabranch.contract.Wire;
import dev.anabranch.lakehouse.Lakehouse;
import dev.anabranch.lakehouse.ModelRegistry;
import dev.anabranch.model.LoadedModel;
import dev.anabranch.model.UnusableModelException;
import dev.anabranch.ranking.RankedAnswer;
import dev.anabranch.vectors.VectorsModel;
import java.lang.ref.SoftReference;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** The versions that scored predictions, from the registry; the last few stay loaded. */
final class RegisteredModels implements AutoCloseable {
    private static final int KEPT = 8;

    private final ModelRegistry registry;
    private final Map<String, Scoring> loaded = new LinkedHashMap<>(KEPT, 0.75f, true);
    /** They may be large, and are only worth keeping while there is room. */
    private final Map<String, SoftReference<VectorsModel>> vectors = new HashMap<>();

    private final Function<RankedAnswer.Version, Optional<VectorsModel>> inUse;

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

    /** @param inUse vectors that somebody in this process has anyhow */
    RegisteredModels(Lakehouse lakehouse, Function<RankedAnswer.Version, Optional<VectorsModel>> inUse) {
        registry = new ModelRegistry(lakehouse);
        this.inUse = inUse;
    }

    /** A version that scored. */
    Scoring of(RankedAnswer.Version wanted) {
        String name = name(wanted);
        Scoring scoring = loaded.get(name);
        if (scoring == null) {
            scoring = load(wanted, name);
            if (scoring.model() == null) {
                return scoring;
            }
            keep(name, scoring);
        }
        String digest = scoring.version().getSha256();
        return digest.equals(wanted.sha256()) ? scoring : Scoring.missing(otherArtifact(wanted, digest));
    }

    /**
     * The vectors that took part in an answer.
     *
     * @throws UnusableModelException when they are not there, or not those; the message says which
     */
    VectorsModel vectors(RankedAnswer.Version wanted) throws UnusableModelException {
        Optional<VectorsModel> there = inUse.apply(wanted)
                .or(() -> Optional.ofNullable(vectors.get(name(wanted))).map(SoftReference::get));
        VectorsModel found = there.isPresent() ? there.get() : loadVectors(wanted);
        String digest = found.version().getSha256();
        if (!digest.equals(wanted.sha256())) {
            throw new UnusableModelException(otherArtifact(wanted, digest));
        }
        return found;
    }

    private VectorsModel loadVectors(RankedAnswer.Version wanted) throws UnusableModelException {
        Optional<ModelRegistry.Registered> registered = registry.version(wanted.name(), wanted.version());
        if (registered.isEmpty()) {
            throw new UnusableModelException("the registry does not have " + name(wanted));
        }
        VectorsModel loaded = VectorsModel.load(registered.get().version());
        vectors.put(name(wanted), new SoftReference<>(loaded));
        return loaded;
    }

    private static String name(RankedAnswer.Version version) {
        return version.name() + " version " + version.version();
    }

    private static String otherArtifact(RankedAnswer.Version wanted, String digest) {
        return "the registry has " + name(wanted) + " with the artifact " + digest
                + ", and the prediction was made by the artifact " + wanted.sha256();
    }

    private Scoring load(RankedAnswer.Version wanted, String name) {
        Optional<ModelRegistry.Registered> registered = registry.version(wanted.name(), wanted.version());
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
        vectors.clear();
    }
}
