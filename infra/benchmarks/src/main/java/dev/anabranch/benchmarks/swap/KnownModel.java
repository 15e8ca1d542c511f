package dev.anabranch.benchmarks.swap;

import ai.onnx.proto.OnnxMl;
import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A model whose scores anybody can work out: the logistic function of the amount in cents times a weight. Who answers with
 * the score of one version and the name of another is found out.
 *
 * @param weight of a cent
 */
record KnownModel(float weight) {
    static final String FEATURE = "amount-cents";

    private static final double ROUNDING = 1e-5;

    double score(long amountCents) {
        return 1 / (1 + Math.exp(-weight * amountCents));
    }

    boolean gave(double score, long amountCents) {
        return Math.abs(score - score(amountCents)) < ROUNDING;
    }

    /** As an ONNX file: {@code [rows, 1]} in and out. */
    byte[] file() {
        ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putFloat(0, weight);
        OnnxMl.GraphProto.Builder graph = OnnxMl.GraphProto.newBuilder()
                .setName("known")
                .addInput(tensor("amount"))
                .addOutput(tensor("score"))
                .addInitializer(OnnxMl.TensorProto.newBuilder()
                        .setName("weight")
                        .setDataType(OnnxMl.TensorProto.DataType.FLOAT_VALUE)
                        .addDims(1)
                        .addDims(1)
                        .setRawData(ByteString.copyFrom(bytes)))
                .addNode(OnnxMl.NodeProto.newBuilder()
                        .setOpType("MatMul")
                        .addInput("amount")
                        .addInput("weight")
                        .addOutput("sum"))
                .addNode(OnnxMl.NodeProto.newBuilder()
                        .setOpType("Sigmoid")
                        .addInput("sum")
                        .addOutput("score"));
        return OnnxMl.ModelProto.newBuilder()
                .setIrVersion(8)
                .addOpsetImport(OnnxMl.OperatorSetIdProto.newBuilder().setVersion(15))
                .setGraph(graph)
                .build()
                .toByteArray();
    }

    private static OnnxMl.ValueInfoProto tensor(String name) {
        return OnnxMl.ValueInfoProto.newBuilder()
                .setName(name)
                .setType(OnnxMl.TypeProto.newBuilder()
                        .setTensorType(OnnxMl.TypeProto.Tensor.newBuilder()
                                .setElemType(OnnxMl.TensorProto.DataType.FLOAT_VALUE)
                                .setShape(OnnxMl.TensorShapeProto.newBuilder()
                                        .addDim(OnnxMl.TensorShapeProto.Dimension.newBuilder()
                                                .setDimParam("rows"))
                                        .addDim(OnnxMl.TensorShapeProto.Dimension.newBuilder()
                                                .setDimValue(1)))))
                .build();
    }
}
