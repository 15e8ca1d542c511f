package dev.anabranch.benchmarks.kernels;

import ai.onnx.proto.OnnxMl;
import com.google.protobuf.ByteString;
import dev.anabranch.benchmarks.KnownModel;
import java.util.SplittableRandom;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/** Trees as gradient boosting makes them, in ONNX, but that every one is full and asks at random. */
final class FullTrees {
    private final int trees;
    private final int nodes;
    private final int inner;
    private final int width;
    private final SplittableRandom random;

    /**
     * @param depth of each
     * @param width features they ask for
     */
    FullTrees(int trees, int depth, int width, long seed) {
        this.trees = trees;
        this.nodes = (1 << depth + 1) - 1;
        this.inner = (1 << depth) - 1;
        this.width = width;
        random = new SplittableRandom(seed);
    }

    /** As a file: {@code [rows, width]} in, {@code [rows, 1]} out, features between 0 and 1. */
    byte[] file() {
        int leaves = nodes - inner;
        OnnxMl.NodeProto.Builder ensemble = OnnxMl.NodeProto.newBuilder()
                .setDomain("ai.onnx.ml")
                .setOpType("TreeEnsembleRegressor")
                .addInput("features")
                .addOutput("odds")
                .addAttribute(integers("nodes_treeids", trees * nodes, i -> i / nodes))
                .addAttribute(integers("nodes_nodeids", trees * nodes, i -> i % nodes))
                .addAttribute(
                        integers("nodes_featureids", trees * nodes, i -> i % nodes < inner ? random.nextInt(width) : 0))
                .addAttribute(floats("nodes_values", trees * nodes, i -> (float) random.nextDouble()))
                .addAttribute(modes())
                .addAttribute(
                        integers("nodes_truenodeids", trees * nodes, i -> i % nodes < inner ? 2 * (i % nodes) + 1 : 0))
                .addAttribute(
                        integers("nodes_falsenodeids", trees * nodes, i -> i % nodes < inner ? 2 * (i % nodes) + 2 : 0))
                .addAttribute(integers("target_treeids", trees * leaves, i -> i / leaves))
                .addAttribute(integers("target_nodeids", trees * leaves, i -> inner + i % leaves))
                .addAttribute(integers("target_ids", trees * leaves, i -> 0))
                .addAttribute(floats("target_weights", trees * leaves, i -> (float) random.nextDouble(-0.1, 0.1)))
                .addAttribute(OnnxMl.AttributeProto.newBuilder()
                        .setName("n_targets")
                        .setType(OnnxMl.AttributeProto.AttributeType.INT)
                        .setI(1));
        return OnnxMl.ModelProto.newBuilder()
                .setIrVersion(8)
                .addOpsetImport(OnnxMl.OperatorSetIdProto.newBuilder().setVersion(15))
                .addOpsetImport(OnnxMl.OperatorSetIdProto.newBuilder()
                        .setDomain("ai.onnx.ml")
                        .setVersion(3))
                .setGraph(OnnxMl.GraphProto.newBuilder()
                        .setName("trees")
                        .addInput(KnownModel.rows("features", width))
                        .addOutput(KnownModel.rows("score", 1))
                        .addNode(ensemble)
                        .addNode(OnnxMl.NodeProto.newBuilder()
                                .setOpType("Sigmoid")
                                .addInput("odds")
                                .addOutput("score")))
                .build()
                .toByteArray();
    }

    private OnnxMl.AttributeProto modes() {
        OnnxMl.AttributeProto.Builder modes = OnnxMl.AttributeProto.newBuilder()
                .setName("nodes_modes")
                .setType(OnnxMl.AttributeProto.AttributeType.STRINGS);
        for (int i = 0; i < trees * nodes; i++) {
            modes.addStrings(ByteString.copyFromUtf8(i % nodes < inner ? "BRANCH_LEQ" : "LEAF"));
        }
        return modes.build();
    }

    private static OnnxMl.AttributeProto integers(String name, int count, IntFunction<Integer> value) {
        return OnnxMl.AttributeProto.newBuilder()
                .setName(name)
                .setType(OnnxMl.AttributeProto.AttributeType.INTS)
                .addAllInts(IntStream.range(0, count)
                        .mapToObj(i -> (long) value.apply(i))
                        .toList())
                .build();
    }

    private static OnnxMl.AttributeProto floats(String name, int count, IntFunction<Float> value) {
        return OnnxMl.AttributeProto.newBuilder()
                .setName(name)
                .setType(OnnxMl.AttributeProto.AttributeType.FLOATS)
                .addAllFloats(IntStream.range(0, count).mapToObj(value).toList())
                .build();
    }
}
