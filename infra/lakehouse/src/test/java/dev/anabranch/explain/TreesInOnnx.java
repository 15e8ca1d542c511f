package dev.anabranch.explain;

import ai.onnx.proto.OnnxMl;
import com.google.protobuf.ByteString;
import dev.anabranch.contract.ModelSample;
import dev.anabranch.contract.ModelVersion;
import dev.anabranch.fraud.FraudFeatures;
import dev.anabranch.model.OnnxScorer;
import dev.anabranch.model.Sha256;
import dev.anabranch.model.UnusableModelException;
import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/**
 * A small model that is real: two trees of two splits, their sum moved and made a probability.
 *
 * @param features what it takes
 * @param by       which three of them it splits by
 * @param at       where: the first, the second, the third, and the first once more
 */
record TreesInOnnx(String name, List<String> features, List<String> by, List<Float> at) {
    /** Over the features of payments. */
    static final TreesInOnnx OF_PAYMENTS = new TreesInOnnx(
            "fraud",
            FraudFeatures.NAMES,
            List.of("amount-cents", "customer.count.7d", "terminal.risk.30d"),
            List.of(5_000f, 3f, 0.25f, 2_000f));

    /** @param step tells versions apart: what the leaves are multiplied by */
    ModelVersion version(float step) throws UnusableModelException {
        byte[] artifact = artifact(step);
        int width = features.size();
        List<Double> nothing = Collections.nCopies(width, 0.0);
        try (OnnxScorer scorer = new OnnxScorer(artifact)) {
            return ModelVersion.newBuilder()
                    .setName(name)
                    .setVersion(0)
                    .setAlgorithm("gradient-boosted-trees")
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
                    .setSamples(List.of(new ModelSample(nothing, scorer.score(new double[width]))))
                    .build();
        }
    }

    private byte[] artifact(float step) {
        long first = features.indexOf(by.get(0));
        long second = features.indexOf(by.get(1));
        long third = features.indexOf(by.get(2));
        String leaf = "LEAF";
        String split = "BRANCH_LEQ";
        OnnxMl.NodeProto trees = OnnxMl.NodeProto.newBuilder()
                .setDomain("ai.onnx.ml")
                .setOpType("TreeEnsembleRegressor")
                .addInput("features")
                .addOutput("odds")
                .addAttribute(OnnxMl.AttributeProto.newBuilder()
                        .setName("n_targets")
                        .setType(OnnxMl.AttributeProto.AttributeType.INT)
                        .setI(1))
                .addAttribute(integers("nodes_treeids", 0, 0, 0, 0, 0, 1, 1, 1, 1, 1))
                .addAttribute(integers("nodes_nodeids", 0, 1, 2, 3, 4, 0, 1, 2, 3, 4))
                .addAttribute(integers("nodes_featureids", first, 0, third, 0, 0, second, first, 0, 0, 0))
                .addAttribute(floats("nodes_values", at.get(0), 0, at.get(2), 0, 0, at.get(1), at.get(3), 0, 0, 0))
                .addAttribute(strings("nodes_modes", split, leaf, split, leaf, leaf, split, split, leaf, leaf, leaf))
                .addAttribute(floats("nodes_hitrates", 100, 60, 40, 30, 10, 90, 50, 20, 30, 40))
                .addAttribute(integers("nodes_truenodeids", 1, 0, 3, 0, 0, 1, 2, 0, 0, 0))
                .addAttribute(integers("nodes_falsenodeids", 2, 0, 4, 0, 0, 4, 3, 0, 0, 0))
                .addAttribute(integers("target_treeids", 0, 0, 0, 1, 1, 1))
                .addAttribute(integers("target_nodeids", 1, 3, 4, 2, 3, 4))
                .addAttribute(integers("target_ids", 0, 0, 0, 0, 0, 0))
                .addAttribute(
                        floats("target_weights", -step, 0.5f * step, 2 * step, 0.1f * step, -0.2f * step, 0.7f * step))
                .build();
        OnnxMl.GraphProto graph = OnnxMl.GraphProto.newBuilder()
                .setName("trees")
                .addInput(tensor("features", features.size()))
                .addOutput(tensor("score", 1))
                .addInitializer(OnnxMl.TensorProto.newBuilder()
                        .setName("correction")
                        .setDataType(OnnxMl.TensorProto.DataType.FLOAT.getNumber())
                        .addFloatData(-0.75f)
                        .addDims(1))
                .addNode(trees)
                .addNode(node("Add", "corrected", "odds", "correction"))
                .addNode(node("Sigmoid", "score", "corrected"))
                .build();
        return OnnxMl.ModelProto.newBuilder()
                .setIrVersion(8)
                .addOpsetImport(OnnxMl.OperatorSetIdProto.newBuilder().setVersion(15))
                .addOpsetImport(OnnxMl.OperatorSetIdProto.newBuilder()
                        .setDomain("ai.onnx.ml")
                        .setVersion(3))
                .setGraph(graph)
                .build()
                .toByteArray();
    }

    private static OnnxMl.NodeProto node(String operator, String output, String... inputs) {
        return OnnxMl.NodeProto.newBuilder()
                .setOpType(operator)
                .addAllInput(List.of(inputs))
                .addOutput(output)
                .build();
    }

    private static OnnxMl.AttributeProto integers(String name, long... values) {
        OnnxMl.AttributeProto.Builder attribute = attribute(name, OnnxMl.AttributeProto.AttributeType.INTS);
        for (long value : values) {
            attribute.addInts(value);
        }
        return attribute.build();
    }

    private static OnnxMl.AttributeProto floats(String name, float... values) {
        OnnxMl.AttributeProto.Builder attribute = attribute(name, OnnxMl.AttributeProto.AttributeType.FLOATS);
        for (float value : values) {
            attribute.addFloats(value);
        }
        return attribute.build();
    }

    private static OnnxMl.AttributeProto strings(String name, String... values) {
        OnnxMl.AttributeProto.Builder attribute = attribute(name, OnnxMl.AttributeProto.AttributeType.STRINGS);
        for (String value : values) {
            attribute.addStrings(ByteString.copyFromUtf8(value));
        }
        return attribute.build();
    }

    private static OnnxMl.AttributeProto.Builder attribute(String name, OnnxMl.AttributeProto.AttributeType type) {
        return OnnxMl.AttributeProto.newBuilder().setName(name).setType(type);
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
