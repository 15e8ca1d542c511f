package dev.anabranch.benchmarks;

import dev.anabranch.contract.ModelSample;
import dev.anabranch.contract.ModelVersion;
import dev.anabranch.model.Sha256;
import dev.anabranch.recommendation.RecommendationUseCase;
import dev.anabranch.vectors.Vectors;
import dev.anabranch.vectors.VectorsArtifact;
import dev.anabranch.vectors.VectorsModel;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/** Item vectors that nobody has learnt, as a model version like any other. */
public final class RandomVectors {
    private RandomVectors() {}

    /** The items are called {@code item-0} and so on. */
    public static ModelVersion version(long number, int items, int rank, SplittableRandom random) {
        float[] flat = new float[items * rank];
        for (int i = 0; i < flat.length; i++) {
            flat[i] = (float) random.nextDouble(-1, 1);
        }
        List<String> names =
                IntStream.range(0, items).mapToObj(item -> "item-" + item).toList();
        List<Double> query =
                IntStream.range(0, rank).mapToObj(d -> random.nextDouble()).toList();
        float[] asked = new float[rank];
        for (int d = 0; d < rank; d++) {
            asked[d] = query.get(d).floatValue();
        }
        double greatest =
                Vectors.of(names, rank, flat).top(asked, 1, any -> true).get(0).product();
        byte[] artifact = VectorsArtifact.write(names, rank, flat);
        return ModelVersion.newBuilder()
                .setName(RecommendationUseCase.ITEMS)
                .setVersion(number)
                .setAlgorithm("random")
                .setFeatures(List.of())
                .setSnapshots(Map.of())
                .setCut(List.of())
                .setViews(Map.of())
                .setCodeRevision("bench")
                .setParameters(Map.of(VectorsModel.ALPHA, "5", VectorsModel.LAMBDA, "0.5"))
                .setSeed(0)
                .setMetrics(Map.of())
                .setCreatedMillis(System.currentTimeMillis())
                .setSha256(Sha256.of(artifact))
                .setArtifact(ByteBuffer.wrap(artifact))
                .setSamples(List.of(new ModelSample(query, greatest)))
                .build();
    }
}
