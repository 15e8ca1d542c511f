package dev.anabranch.batch.model;

import dev.anabranch.batch.BatchRun;
import dev.anabranch.batch.model.HeldOut.HeldOutRow;
import dev.anabranch.contract.ModelSample;
import dev.anabranch.contract.ModelVersion;
import dev.anabranch.lakehouse.ModelRegistry;
import dev.anabranch.model.Sha256;
import dev.anabranch.process.Settings;
import dev.anabranch.view.Cuts;
import dev.anabranch.view.View;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The record of a version: everything that is needed to trust it and to train it again. */
public final class VersionRecord {
    private static final int SAMPLES_OF_EACH = 8;

    private VersionRecord() {}

    /**
     * A version without its number, which the registry gives.
     *
     * @param features   the names of the features, in order
     * @param views      what they are made of
     * @param parameters those of the use case, the periods among them; the algorithm's own are added
     */
    public static ModelVersion of(
            BatchRun run,
            Candidate candidate,
            List<String> features,
            List<View<?>> views,
            Map<String, String> parameters,
            long seed,
            HeldOut heldOut) {
        Map<String, String> all = new LinkedHashMap<>(parameters);
        all.putAll(candidate.algorithm().parameters());
        return of(
                run,
                run.useCase().name(),
                candidate.algorithm().name(),
                features,
                views,
                all,
                seed,
                candidate.metrics(),
                candidate.model().artifact(),
                samples(candidate.model(), heldOut));
    }

    /**
     * A version of a model of any kind, without its number.
     *
     * @param name       what the model is for
     * @param features   the names of its inputs, in order; none when it takes something else
     * @param parameters all of them
     * @param samples    inputs with the scores they must give
     */
    public static ModelVersion of(
            BatchRun run,
            String name,
            String algorithm,
            List<String> features,
            List<View<?>> views,
            Map<String, String> parameters,
            long seed,
            Map<String, Double> metrics,
            byte[] artifact,
            List<ModelSample> samples) {
        Map<String, String> all = new LinkedHashMap<>(parameters);
        run.asOf().ifPresent(asOf -> all.put(ModelRegistry.AS_OF, asOf));
        Map<String, String> fingerprints = new LinkedHashMap<>();
        views.forEach(view -> fingerprints.put(view.name(), view.fingerprint()));
        return ModelVersion.newBuilder()
                .setName(name)
                .setVersion(0)
                .setAlgorithm(algorithm)
                .setFeatures(features)
                .setSnapshots(run.snapshots())
                .setCut(Cuts.write(run.cut()))
                .setViews(fingerprints)
                .setCodeRevision(
                        Settings.read(ModelConfig.class).codeRevision().orElseGet(() -> CodeRevision.of(Path.of(""))))
                .setParameters(all)
                .setSeed(seed)
                .setMetrics(metrics)
                .setCreatedMillis(run.clock().millis())
                .setSha256(Sha256.of(artifact))
                .setArtifact(ByteBuffer.wrap(artifact))
                .setSamples(samples)
                .build();
    }

    /** The first few rows of each kind, scored by the library that trained the model and not by its artifact. */
    private static List<ModelSample> samples(TrainedModel model, HeldOut heldOut) {
        Stream<HeldOutRow> positives =
                heldOut.rows().stream().filter(row -> row.target() == 1).limit(SAMPLES_OF_EACH);
        Stream<HeldOutRow> negatives =
                heldOut.rows().stream().filter(row -> row.target() == 0).limit(SAMPLES_OF_EACH);
        return Stream.concat(positives, negatives)
                .map(row ->
                        new ModelSample(Arrays.stream(row.features()).boxed().toList(), model.score(row.features())))
                .toList();
    }
}
