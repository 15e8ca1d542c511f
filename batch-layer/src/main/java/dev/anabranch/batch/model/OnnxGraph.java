package dev.anabranch.batch.model;

import ai.onnx.proto.OnnxMl;
import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * An ONNX model with one input, {@code features [rows, features]}, and one output, {@code score [rows, 1]}, both floats.
 * Nodes are added in the order data flows; equal graphs give equal bytes.
 */
final class OnnxGraph {
    static final String INPUT = "features";
    static final String OUTPUT = "score";

    private static final long IR_VERSION = 8;
    private static final long OPSET = 15;
    private static final long ML_OPSET = 3;
    private static final String ML = "ai.onnx.ml";

    private final OnnxMl.GraphProto.Builder graph = OnnxMl.GraphProto.newBuilder();

    OnnxGraph(String name, int features) {
        graph.setName(name).addInput(tensor(INPUT, features)).addOutput(tensor(OUTPUT, 1));
    }

    /** A node of the standard operators. */
    OnnxGraph node(String operator, List<String> inputs, String output, OnnxMl.AttributeProto... attributes) {
        graph.addNode(OnnxMl.NodeProto.newBuilder()
                .setName(output + "-" + operator)
                .setOpType(operator)
                .addAllInput(inputs)
                .addOutput(output)
                .addAllAttribute(List.of(attributes)));
        return this;
    }

    /** A node of the machine-learning operators. */
    OnnxGraph learned(String operator, String input, String output, List<OnnxMl.AttributeProto> attributes) {
        graph.addNode(OnnxMl.NodeProto.newBuilder()
                .setName(output + "-" + operator)
                .setDomain(ML)
                .setOpType(operator)
                .addInput(input)
                .addOutput(output)
                .addAllAttribute(attributes));
        return this;
    }

    /** A constant tensor. */
    OnnxGraph constant(String name, float[] values, long... shape) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            bytes.putFloat(value);
        }
        OnnxMl.TensorProto.Builder tensor = OnnxMl.TensorProto.newBuilder()
                .setName(name)
                .setDataType(OnnxMl.TensorProto.DataType.FLOAT.getNumber())
                .setRawData(ByteString.copyFrom(bytes.array()));
        for (long dimension : shape) {
            tensor.addDims(dimension);
        }
        graph.addInitializer(tensor);
        return this;
    }

    /** A constant list of whole numbers. */
    OnnxGraph constant(String name, long[] values) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (long value : values) {
            bytes.putLong(value);
        }
        graph.addInitializer(OnnxMl.TensorProto.newBuilder()
                .setName(name)
                .setDataType(OnnxMl.TensorProto.DataType.INT64.getNumber())
                .setRawData(ByteString.copyFrom(bytes.array()))
                .addDims(values.length));
        return this;
    }

    byte[] toBytes() {
        return OnnxMl.ModelProto.newBuilder()
                .setIrVersion(IR_VERSION)
                .setProducerName("anabranch")
                .addOpsetImport(OnnxMl.OperatorSetIdProto.newBuilder().setVersion(OPSET))
                .addOpsetImport(
                        OnnxMl.OperatorSetIdProto.newBuilder().setDomain(ML).setVersion(ML_OPSET))
                .setGraph(graph)
                .build()
                .toByteArray();
    }

    static OnnxMl.AttributeProto floats(String name, List<Float> values) {
        return attribute(name, OnnxMl.AttributeProto.AttributeType.FLOATS)
                .addAllFloats(values)
                .build();
    }

    static OnnxMl.AttributeProto integers(String name, List<Long> values) {
        return attribute(name, OnnxMl.AttributeProto.AttributeType.INTS)
                .addAllInts(values)
                .build();
    }

    static OnnxMl.AttributeProto integer(String name, long value) {
        return attribute(name, OnnxMl.AttributeProto.AttributeType.INT)
                .setI(value)
                .build();
    }

    static OnnxMl.AttributeProto strings(String name, List<String> values) {
        OnnxMl.AttributeProto.Builder attribute = attribute(name, OnnxMl.AttributeProto.AttributeType.STRINGS);
        values.forEach(value -> attribute.addStrings(ByteString.copyFrom(value, StandardCharsets.UTF_8)));
        return attribute.build();
    }

    static OnnxMl.AttributeProto string(String name, String value) {
        return attribute(name, OnnxMl.AttributeProto.AttributeType.STRING)
                .setS(ByteString.copyFrom(value, StandardCharsets.UTF_8))
                .build();
    }

    private static OnnxMl.AttributeProto.Builder attribute(String name, OnnxMl.AttributeProto.AttributeType type) {
        return OnnxMl.AttributeProto.newBuilder().setName(name).setType(type);
    }

    private static OnnxMl.ValueInfoProto tensor(String name, int width) {
        OnnxMl.TensorShapeProto shape = OnnxMl.TensorShapeProto.newBuilder()
                .addDim(OnnxMl.TensorShapeProto.Dimension.newBuilder().setDimParam("rows"))
                .addDim(OnnxMl.TensorShapeProto.Dimension.newBuilder().setDimValue(width))
                .build();
        OnnxMl.TypeProto.Tensor type = OnnxMl.TypeProto.Tensor.newBuilder()
                .setElemType(OnnxMl.TensorProto.DataType.FLOAT.getNumber())
                .setShape(shape)
                .build();
        return OnnxMl.ValueInfoProto.newBuilder()
                .setName(name)
                .setType(OnnxMl.TypeProto.newBuilder().setTensorType(type))
                .build();
    }
}
