package dev.anabranch.imported;

import ai.onnx.proto.OnnxMl;
import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.List;

/** Small models that are real, as other tools write them. */
public final class LabOnnx {
    private final OnnxMl.GraphProto.Builder graph =
            OnnxMl.GraphProto.newBuilder().setName("lab");
    private final List<OnnxMl.OperatorSetIdProto> opsets = new ArrayList<>();
    private long irVersion = 8;

    private LabOnnx() {
        opsets.add(OnnxMl.OperatorSetIdProto.newBuilder().setVersion(15).build());
    }

    /** A logistic regression over some features: {@code sigmoid(x · weights + bias)}. */
    public static byte[] logistic(String input, float bias, float... weights) {
        return start(input, weights.length)
                .sum(input, bias, weights)
                .node("Sigmoid", "score", "sum")
                .output("score", OnnxMl.TensorProto.DataType.FLOAT, 1)
                .bytes();
    }

    /** The same without a sigmoid: no probability. */
    static byte[] linear(float bias, float... weights) {
        return start("x", weights.length)
                .sum("x", bias, weights)
                .output("sum", OnnxMl.TensorProto.DataType.FLOAT, 1)
                .bytes();
    }

    /** A classifier as scikit-learn's converter writes it: the label first, then the probabilities of no and yes. */
    public static byte[] classifier(float bias, float... weights) {
        float[] both = new float[2 * weights.length];
        for (int i = 0; i < weights.length; i++) {
            both[2 * i] = -weights[i];
            both[2 * i + 1] = weights[i];
        }
        return start("X", weights.length)
                .floats("weights", both, weights.length, 2)
                .floats("bias", new float[] {-bias, bias}, 2)
                .node("Gemm", "odds", "X", "weights", "bias")
                .node("Softmax", "probabilities", "odds")
                .node("ArgMax", "label", "probabilities")
                .output("label", OnnxMl.TensorProto.DataType.INT64, 1)
                .output("probabilities", OnnxMl.TensorProto.DataType.FLOAT, 2)
                .bytes();
    }

    /** Two outputs that could both be the score. */
    static byte[] twoScores(float bias, float... weights) {
        return start("x", weights.length)
                .sum("x", bias, weights)
                .node("Sigmoid", "score", "sum")
                .output("sum", OnnxMl.TensorProto.DataType.FLOAT, 1)
                .output("score", OnnxMl.TensorProto.DataType.FLOAT, 1)
                .bytes();
    }

    /** As files were before constants had a place of their own: they stand among the inputs. */
    static byte[] old(float bias, float... weights) {
        LabOnnx lab = start("x", weights.length)
                .sum("x", bias, weights)
                .node("Sigmoid", "score", "sum")
                .output("score", OnnxMl.TensorProto.DataType.FLOAT, 1);
        lab.graph.addInput(value("weights", OnnxMl.TensorProto.DataType.FLOAT, weights.length, 1));
        lab.graph.addInput(value("bias", OnnxMl.TensorProto.DataType.FLOAT, 1));
        lab.irVersion = 3;
        lab.opsets.set(0, OnnxMl.OperatorSetIdProto.newBuilder().setVersion(9).build());
        return lab.bytes();
    }

    /**
     * Without the operators that all models have: two trees that are alike, of the operators for machine learning.
     *
     * @param aggregate what is made of what the trees say: SUM, AVERAGE
     */
    public static byte[] treeOnly(int feature, int width, String aggregate) {
        LabOnnx lab = start("x", width).output("score", OnnxMl.TensorProto.DataType.FLOAT, 1);
        lab.graph.addNode(OnnxMl.NodeProto.newBuilder()
                .setDomain("ai.onnx.ml")
                .setOpType("TreeEnsembleRegressor")
                .addInput("x")
                .addOutput("score")
                .addAttribute(integer("n_targets", 1))
                .addAttribute(OnnxMl.AttributeProto.newBuilder()
                        .setName("aggregate_function")
                        .setType(OnnxMl.AttributeProto.AttributeType.STRING)
                        .setS(ByteString.copyFromUtf8(aggregate)))
                .addAttribute(integers("nodes_treeids", 0, 0, 0, 1, 1, 1))
                .addAttribute(integers("nodes_nodeids", 0, 1, 2, 0, 1, 2))
                .addAttribute(integers("nodes_featureids", feature, 0, 0, feature, 0, 0))
                .addAttribute(floats("nodes_values", 50, 0, 0, 50, 0, 0))
                .addAttribute(OnnxMl.AttributeProto.newBuilder()
                        .setName("nodes_modes")
                        .setType(OnnxMl.AttributeProto.AttributeType.STRINGS)
                        .addStrings(ByteString.copyFromUtf8("BRANCH_LEQ"))
                        .addStrings(ByteString.copyFromUtf8("LEAF"))
                        .addStrings(ByteString.copyFromUtf8("LEAF"))
                        .addStrings(ByteString.copyFromUtf8("BRANCH_LEQ"))
                        .addStrings(ByteString.copyFromUtf8("LEAF"))
                        .addStrings(ByteString.copyFromUtf8("LEAF")))
                .addAttribute(floats("nodes_hitrates", 10, 6, 4, 10, 6, 4))
                .addAttribute(integers("nodes_truenodeids", 1, 0, 0, 1, 0, 0))
                .addAttribute(integers("nodes_falsenodeids", 2, 0, 0, 2, 0, 0))
                .addAttribute(integers("target_treeids", 0, 0, 1, 1))
                .addAttribute(integers("target_nodeids", 1, 2, 1, 2))
                .addAttribute(integers("target_ids", 0, 0, 0, 0))
                .addAttribute(floats("target_weights", 0.125f, 0.375f, 0.125f, 0.375f)));
        lab.opsets.set(
                0,
                OnnxMl.OperatorSetIdProto.newBuilder()
                        .setDomain("ai.onnx.ml")
                        .setVersion(3)
                        .build());
        return lab.bytes();
    }

    /** Divides by the first feature. */
    static byte[] dividing(int width) {
        float[] first = new float[width];
        first[0] = 1;
        return start("x", width)
                .sum("x", 0, first)
                .node("Div", "score", "sum", "sum")
                .output("score", OnnxMl.TensorProto.DataType.FLOAT, 1)
                .bytes();
    }

    /** Shares one among all rows that are asked at once. */
    static byte[] acrossRows(int width) {
        LabOnnx lab = start("x", width).sum("x", 0, new float[width]);
        lab.graph.addNode(OnnxMl.NodeProto.newBuilder()
                .setOpType("Softmax")
                .addInput("sum")
                .addOutput("score")
                .addAttribute(integer("axis", 0)));
        return lab.output("score", OnnxMl.TensorProto.DataType.FLOAT, 1).bytes();
    }

    /** What it takes and gives is as told, and nothing is made of it. */
    static byte[] of(OnnxMl.ValueInfoProto input, OnnxMl.ValueInfoProto... outputs) {
        LabOnnx lab = new LabOnnx();
        lab.graph.addInput(input).addAllOutput(List.of(outputs));
        lab.node("Identity", outputs.length == 0 ? "y" : outputs[0].getName(), input.getName());
        return lab.bytes();
    }

    private static LabOnnx start(String input, int width) {
        LabOnnx lab = new LabOnnx();
        lab.graph.addInput(value(input, OnnxMl.TensorProto.DataType.FLOAT, -1, width));
        return lab;
    }

    private LabOnnx sum(String input, float bias, float... weights) {
        return floats("weights", weights, weights.length, 1)
                .floats("bias", new float[] {bias}, 1)
                .node("Gemm", "sum", input, "weights", "bias");
    }

    private LabOnnx floats(String name, float[] values, long... shape) {
        OnnxMl.TensorProto.Builder tensor = OnnxMl.TensorProto.newBuilder()
                .setName(name)
                .setDataType(OnnxMl.TensorProto.DataType.FLOAT.getNumber());
        for (float value : values) {
            tensor.addFloatData(value);
        }
        for (long dimension : shape) {
            tensor.addDims(dimension);
        }
        graph.addInitializer(tensor);
        return this;
    }

    private LabOnnx node(String operator, String output, String... inputs) {
        OnnxMl.NodeProto.Builder node = OnnxMl.NodeProto.newBuilder()
                .setOpType(operator)
                .addAllInput(List.of(inputs))
                .addOutput(output);
        if (operator.equals("ArgMax")) {
            node.addAttribute(integer("axis", 1));
        }
        graph.addNode(node);
        return this;
    }

    private LabOnnx output(String name, OnnxMl.TensorProto.DataType type, int width) {
        graph.addOutput(value(name, type, -1, width));
        return this;
    }

    private byte[] bytes() {
        return OnnxMl.ModelProto.newBuilder()
                .setIrVersion(irVersion)
                .setProducerName("lab")
                .addAllOpsetImport(opsets)
                .setGraph(graph)
                .build()
                .toByteArray();
    }

    /** @param shape -1 for what is open */
    static OnnxMl.ValueInfoProto value(String name, OnnxMl.TensorProto.DataType type, long... shape) {
        OnnxMl.TensorShapeProto.Builder dimensions = OnnxMl.TensorShapeProto.newBuilder();
        for (long dimension : shape) {
            dimensions.addDim(
                    dimension < 0
                            ? OnnxMl.TensorShapeProto.Dimension.newBuilder().setDimParam("N")
                            : OnnxMl.TensorShapeProto.Dimension.newBuilder().setDimValue(dimension));
        }
        return OnnxMl.ValueInfoProto.newBuilder()
                .setName(name)
                .setType(OnnxMl.TypeProto.newBuilder()
                        .setTensorType(OnnxMl.TypeProto.Tensor.newBuilder()
                                .setElemType(type.getNumber())
                                .setShape(dimensions)))
                .build();
    }

    private static OnnxMl.AttributeProto integer(String name, long value) {
        return OnnxMl.AttributeProto.newBuilder()
                .setName(name)
                .setType(OnnxMl.AttributeProto.AttributeType.INT)
                .setI(value)
                .build();
    }

    private static OnnxMl.AttributeProto integers(String name, long... values) {
        OnnxMl.AttributeProto.Builder attribute =
                OnnxMl.AttributeProto.newBuilder().setName(name).setType(OnnxMl.AttributeProto.AttributeType.INTS);
        for (long value : values) {
            attribute.addInts(value);
        }
        return attribute.build();
    }

    private static OnnxMl.AttributeProto floats(String name, float... values) {
        OnnxMl.AttributeProto.Builder attribute =
                OnnxMl.AttributeProto.newBuilder().setName(name).setType(OnnxMl.AttributeProto.AttributeType.FLOATS);
        for (float value : values) {
            attribute.addFloats(value);
        }
        return attribute.build();
    }
}
