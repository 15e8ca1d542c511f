package dev.anabranch.serving;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto.Dimension;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import dev.anabranch.contract.ModelSample;
import dev.anabranch.contract.ModelVersion;
import dev.anabranch.model.Sha256;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/** A model whose score can be computed by hand: {@code sigmoid(bias + weight * first feature)}. */
public record SmallModel(String name, List<String> features, float weight, float bias) {
    public double score(double firstFeature) {
        return 1 / (1 + Math.exp(-(bias + weight * (float) firstFeature)));
    }

    public ModelVersion version(long version) {
        byte[] artifact = artifact();
        return version(version, Sha256.of(artifact), bias);
    }

    /** The same from a model that takes one row at a time: its sample is scored, and two questions at once are refused. */
    public ModelVersion versionOfOneRow(long version) {
        byte[] artifact = artifact(Dimension.newBuilder().setDimValue(1));
        return version(version, artifact, Sha256.of(artifact), bias);
    }

    /** The same, with a digest and a bias for its sample that may be wrong. */
    public ModelVersion version(long version, String sha256, float sampleBias) {
        return version(version, artifact(), sha256, sampleBias);
    }

    private ModelVersion version(long version, byte[] artifact, String sha256, float sampleBias) {
        List<Double> sample = new ArrayList<>(Collections.nCopies(features.size(), 0.0));
        sample.set(0, 1.0);
        return new ModelVersion(
                name,
                version,
                "logistic-regression",
                features,
                Map.of("events.transaction", 1L),
                List.of(),
                Map.of(),
                "test",
                Map.of(),
                7L,
                Map.of("auc", 0.9),
                1_000L,
                sha256,
                ByteBuffer.wrap(artifact),
                List.of(new ModelSample(sample, new SmallModel(name, features, weight, sampleBias).score(1.0))),
                null);
    }

    private byte[] artifact() {
        return artifact(Dimension.newBuilder().setDimParam("rows"));
    }

    private byte[] artifact(Dimension.Builder rows) {
        TensorProto.Builder weights = TensorProto.newBuilder()
                .setName("weights")
                .setDataType(TensorProto.DataType.FLOAT.getNumber())
                .addDims(features.size())
                .addDims(1);
        for (int i = 0; i < features.size(); i++) {
            weights.addFloatData(i == 0 ? weight : 0);
        }
        TensorProto.Builder biases = TensorProto.newBuilder()
                .setName("bias")
                .setDataType(TensorProto.DataType.FLOAT.getNumber())
                .addDims(1)
                .addFloatData(bias);
        GraphProto.Builder graph = GraphProto.newBuilder()
                .setName("small")
                .addInput(tensor("features", rows, features.size()))
                .addOutput(tensor("score", rows, 1))
                .addInitializer(weights)
                .addInitializer(biases)
                .addNode(NodeProto.newBuilder()
                        .setOpType("Gemm")
                        .addInput("features")
                        .addInput("weights")
                        .addInput("bias")
                        .addOutput("sum"))
                .addNode(NodeProto.newBuilder()
                        .setOpType("Sigmoid")
                        .addInput("sum")
                        .addOutput("score"));
        return ModelProto.newBuilder()
                .setIrVersion(8)
                .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("").setVersion(15))
                .setGraph(graph)
                .build()
                .toByteArray();
    }

    private static ValueInfoProto tensor(String name, Dimension.Builder rows, int width) {
        TensorShapeProto.Builder shape = TensorShapeProto.newBuilder()
                .addDim(rows)
                .addDim(Dimension.newBuilder().setDimValue(width));
        return ValueInfoProto.newBuilder()
                .setName(name)
                .setType(TypeProto.newBuilder()
                        .setTensorType(TypeProto.Tensor.newBuilder()
                                .setElemType(TensorProto.DataType.FLOAT.getNumber())
                                .setShape(shape)))
                .build();
    }
}
