package dev.anabranch.speed;

import ai.onnx.proto.OnnxMl;
import dev.anabranch.contract.ModelSample;
import dev.anabranch.contract.ModelVersion;
import dev.anabranch.fraud.FraudFeatures;
import dev.anabranch.fraud.FraudUseCase;
import dev.anabranch.model.LoadedModel;
import dev.anabranch.model.Sha256;
import dev.anabranch.model.UnusableModelException;
import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/** Small models that are real: a logistic regression over the fraud features, in ONNX. */
final class Models {
    private static final int WIDTH = FraudFeatures.NAMES.size();

    private Models() {}

    static LoadedModel loaded(long version) {
        try {
            return LoadedModel.load(version(version), FraudFeatures.NAMES);
        } catch (UnusableModelException e) {
            throw new AssertionError(e);
        }
    }

    /** A version whose every weight is {@code version / 1000}. */
    static ModelVersion version(long version) {
        byte[] artifact = logistic(version / 1000f);
        return ModelVersion.newBuilder()
                .setName(FraudUseCase.NAME)
                .setVersion(version)
                .setAlgorithm("logistic-regression")
                .setFeatures(FraudFeatures.NAMES)
                .setSnapshots(Map.of())
                .setCut(List.of())
                .setViews(Map.of())
                .setCodeRevision("test")
                .setParameters(Map.of())
                .setSeed(1)
                .setMetrics(Map.of())
                .setCreatedMillis(0)
                .setSha256(Sha256.of(artifact))
                .setArtifact(ByteBuffer.wrap(artifact))
                .setSamples(List.of(new ModelSample(Collections.nCopies(WIDTH, 0.0), 0.5)))
                .build();
    }

    private static byte[] logistic(float weight) {
        OnnxMl.GraphProto graph = OnnxMl.GraphProto.newBuilder()
                .setName("logistic")
                .addInput(tensor("features", WIDTH))
                .addOutput(tensor("score", 1))
                .addInitializer(OnnxMl.TensorProto.newBuilder()
                        .setName("weights")
                        .setDataType(OnnxMl.TensorProto.DataType.FLOAT.getNumber())
                        .addAllFloatData(Collections.nCopies(WIDTH, weight))
                        .addDims(WIDTH)
                        .addDims(1))
                .addNode(OnnxMl.NodeProto.newBuilder()
                        .setOpType("Gemm")
                        .addInput("features")
                        .addInput("weights")
                        .addOutput("margin"))
                .addNode(OnnxMl.NodeProto.newBuilder()
                        .setOpType("Sigmoid")
                        .addInput("margin")
                        .addOutput("score"))
                .build();
        return OnnxMl.ModelProto.newBuilder()
                .setIrVersion(8)
                .addOpsetImport(OnnxMl.OperatorSetIdProto.newBuilder().setVersion(15))
                .setGraph(graph)
                .build()
                .toByteArray();
    }

    private static OnnxMl.ValueInfoProto tensor(String name, int width) {
        OnnxMl.TensorShapeProto.Builder shape = OnnxMl.TensorShapeProto.newBuilder()
                .addDim(OnnxMl.TensorShapeProto.Dimension.newBuilder().setDimParam("rows"))
                .addDim(OnnxMl.TensorShapeProto.Dimension.newBuilder().setDimValue(width));
        return OnnxMl.ValueInfoProto.newBuilder()
                .setName(name)
                .setType(OnnxMl.TypeProto.newBuilder()
                        .setTensorType(OnnxMl.TypeProto.Tensor.newBuilder()
                                .setElemType(OnnxMl.TensorProto.DataType.FLOAT.getNumber())
                                .setShape(shape)))
                .build();
    }
}
