package dev.anabranch.explain;

import ai.onnx.proto.OnnxMl;
import com.google.protobuf.InvalidProtocolBufferException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.LongBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** An ONNX graph as far as it is needed to say what a model is made of: a chain of nodes with constants. */
final class OnnxReader {
    private final OnnxMl.GraphProto graph;
    private final Map<String, float[]> constants = new HashMap<>();
    private final Map<String, int[]> integers = new HashMap<>();

    /** @throws IllegalArgumentException when the artifact is no ONNX model */
    OnnxReader(byte[] artifact) {
        try {
            graph = OnnxMl.ModelProto.parseFrom(artifact).getGraph();
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalArgumentException("The artifact must be an ONNX model: " + e.getMessage(), e);
        }
        for (OnnxMl.TensorProto tensor : graph.getInitializerList()) {
            if (tensor.getDataType() == OnnxMl.TensorProto.DataType.INT64.getNumber()) {
                integers.put(tensor.getName(), integers(tensor));
            } else {
                constants.put(tensor.getName(), floats(tensor));
            }
        }
    }

    String input() {
        return graph.getInput(0).getName();
    }

    String output() {
        return graph.getOutput(0).getName();
    }

    /** The only node that takes {@code name}; none when nobody does, or several. */
    Optional<OnnxMl.NodeProto> onlyConsumer(String name) {
        List<OnnxMl.NodeProto> consumers = graph.getNodeList().stream()
                .filter(node -> node.getInputList().contains(name))
                .toList();
        return consumers.size() == 1 ? Optional.of(consumers.get(0)) : Optional.empty();
    }

    /** The first node of a kind that takes {@code name}, whoever else does. */
    Optional<OnnxMl.NodeProto> consumer(String name, String operator) {
        return graph.getNodeList().stream()
                .filter(node ->
                        node.getOpType().equals(operator) && node.getInputList().contains(name))
                .findFirst();
    }

    /** A constant; none when {@code name} is computed. */
    Optional<float[]> constant(String name) {
        return Optional.ofNullable(constants.get(name));
    }

    /** A constant of integers; none when {@code name} is computed or is something else. */
    Optional<int[]> integers(String name) {
        if (integers.containsKey(name)) {
            return Optional.of(integers.get(name));
        }
        return graph.getNodeList().stream()
                .filter(node ->
                        node.getOpType().equals("Constant") && node.getOutput(0).equals(name))
                .flatMap(node -> attribute(node, "value").stream())
                .map(value -> value.getT().getInt64DataList().stream()
                        .mapToInt(Math::toIntExact)
                        .toArray())
                .findFirst();
    }

    static Optional<OnnxMl.AttributeProto> attribute(OnnxMl.NodeProto node, String name) {
        return node.getAttributeList().stream()
                .filter(attribute -> attribute.getName().equals(name))
                .findFirst();
    }

    static long[] integers(OnnxMl.NodeProto node, String name) {
        return attribute(node, name)
                .map(attribute -> attribute.getIntsList().stream()
                        .mapToLong(Long::longValue)
                        .toArray())
                .orElse(new long[0]);
    }

    static float[] floats(OnnxMl.NodeProto node, String name) {
        return attribute(node, name)
                .map(attribute -> array(attribute.getFloatsList()))
                .orElse(new float[0]);
    }

    static List<String> strings(OnnxMl.NodeProto node, String name) {
        return attribute(node, name)
                .map(attribute -> attribute.getStringsList().stream()
                        .map(bytes -> bytes.toStringUtf8())
                        .toList())
                .orElse(List.of());
    }

    private static int[] integers(OnnxMl.TensorProto tensor) {
        if (tensor.getRawData().isEmpty()) {
            return tensor.getInt64DataList().stream().mapToInt(Math::toIntExact).toArray();
        }
        LongBuffer values = tensor.getRawData()
                .asReadOnlyByteBuffer()
                .order(ByteOrder.LITTLE_ENDIAN)
                .asLongBuffer();
        int[] integers = new int[values.remaining()];
        for (int i = 0; i < integers.length; i++) {
            integers[i] = Math.toIntExact(values.get(i));
        }
        return integers;
    }

    private static float[] floats(OnnxMl.TensorProto tensor) {
        if (tensor.getRawData().isEmpty()) {
            return array(tensor.getFloatDataList());
        }
        ByteBuffer bytes = tensor.getRawData().asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
        float[] values = new float[bytes.remaining() / Float.BYTES];
        bytes.asFloatBuffer().get(values);
        return values;
    }

    private static float[] array(List<Float> values) {
        float[] array = new float[values.size()];
        for (int i = 0; i < array.length; i++) {
            array[i] = values.get(i);
        }
        return array;
    }
}
