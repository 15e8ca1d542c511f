package dev.anabranch.batch.model;

import dev.anabranch.contract.ModelVersion;
import dev.anabranch.model.Sha256;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;

/** A model of two inputs that is nothing but their weights. */
public final class WeighingModel {
    private WeighingModel() {}

    /** The artifact. */
    public static byte[] artifact(float first, float second) {
        return new OnnxGraph("weighing", 2)
                .constant("weights", new float[] {first, second}, 2, 1)
                .node("MatMul", List.of(OnnxGraph.INPUT, "weights"), "sum")
                .node("Sigmoid", List.of("sum"), OnnxGraph.OUTPUT)
                .toBytes();
    }

    /** A version with it, complete but for its number where that is 0. */
    public static ModelVersion version(String name, List<String> features, long number, byte[] artifact) {
        return ModelVersion.newBuilder()
                .setName(name)
                .setVersion(number)
                .setAlgorithm("weighing")
                .setFeatures(features)
                .setSnapshots(Map.of())
                .setCut(List.of())
                .setViews(Map.of())
                .setCodeRevision("test")
                .setParameters(Map.of())
                .setSeed(1)
                .setMetrics(Map.of())
                .setCreatedMillis(1)
                .setSha256(Sha256.of(artifact))
                .setArtifact(ByteBuffer.wrap(artifact))
                .setSamples(List.of())
                .build();
    }
}
