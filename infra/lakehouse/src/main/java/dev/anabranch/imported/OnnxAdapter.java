package dev.anabranch.imported;

import ai.onnx.proto.OnnxMl;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Makes a file take what every layer supplies, all features of a use case in their order, and give one score for each row.
 * The file's own nodes stay as they are, between a step that picks its features and one that picks its score.
 */
final class OnnxAdapter {
    private static final long OPSET = 13;
    private static final String FEATURES = "anabranch-features";
    private static final String SCORE = "anabranch-score";

    private OnnxAdapter() {}

    /**
     * @param columns  which of the use case's features each of the file's inputs is
     * @param features how many features the use case has
     */
    static OnnxMl.ModelProto adapt(OnnxMl.ModelProto file, OnnxSignature signature, int[] columns, int features) {
        OnnxMl.GraphProto graph = file.getGraph();
        Set<String> names = names(graph);
        String input = free(FEATURES, names);
        OnnxMl.GraphProto.Builder adapted =
                graph.toBuilder().clearNode().clearInput().clearOutput();
        adapted.addInput(floats(input, features));
        graph.getInputList().stream()
                .filter(each -> !each.getName().equals(signature.input()))
                .forEach(adapted::addInput); // constants, as files of old have them
        long[] picked = new long[columns.length];
        for (int i = 0; i < picked.length; i++) {
            picked[i] = columns[i];
        }
        pick(adapted, free(FEATURES + "-picked", names), input, signature.input(), picked);
        adapted.addAllNode(graph.getNodeList());
        if (signature.width().isPresent() && signature.width().getAsLong() == 2) {
            String score = free(SCORE, names);
            pick(adapted, free(SCORE + "-picked", names), signature.output(), score, 1); // how likely yes is
            adapted.addOutput(floats(score, 1));
        } else {
            graph.getOutputList().stream()
                    .filter(each -> each.getName().equals(signature.output()))
                    .forEach(adapted::addOutput);
        }
        OnnxMl.ModelProto.Builder model = file.toBuilder().setGraph(adapted);
        if (file.getOpsetImportList().stream().noneMatch(opset -> isStandard(opset.getDomain()))) {
            model.addOpsetImport(OnnxMl.OperatorSetIdProto.newBuilder().setVersion(OPSET));
        }
        return model.build();
    }

    /** Whether a file is as every layer wants it already. */
    static boolean isNeeded(OnnxMl.GraphProto graph, OnnxSignature signature, int[] columns, int features) {
        for (int i = 0; i < columns.length; i++) {
            if (columns[i] != i) {
                return true;
            }
        }
        boolean oneScore = signature.width().isEmpty() || signature.width().getAsLong() == 1;
        boolean first = graph.getOutput(0).getName().equals(signature.output())
                && graph.getInput(0).getName().equals(signature.input());
        return columns.length != features || !oneScore || !first;
    }

    private static void pick(OnnxMl.GraphProto.Builder graph, String indices, String from, String to, long... columns) {
        OnnxMl.TensorProto.Builder tensor = OnnxMl.TensorProto.newBuilder()
                .setDataType(OnnxMl.TensorProto.DataType.INT64.getNumber())
                .addDims(columns.length);
        for (long column : columns) {
            tensor.addInt64Data(column);
        }
        graph.addNode(OnnxMl.NodeProto.newBuilder()
                .setOpType("Constant")
                .addOutput(indices)
                .addAttribute(OnnxMl.AttributeProto.newBuilder()
                        .setName("value")
                        .setType(OnnxMl.AttributeProto.AttributeType.TENSOR)
                        .setT(tensor)));
        graph.addNode(OnnxMl.NodeProto.newBuilder()
                .setOpType("Gather")
                .addAllInput(List.of(from, indices))
                .addOutput(to)
                .addAttribute(OnnxMl.AttributeProto.newBuilder()
                        .setName("axis")
                        .setType(OnnxMl.AttributeProto.AttributeType.INT)
                        .setI(1)));
    }

    private static boolean isStandard(String domain) {
        return domain.isEmpty() || domain.equals("ai.onnx");
    }

    private static Set<String> names(OnnxMl.GraphProto graph) {
        Set<String> names = new HashSet<>();
        graph.getInputList().forEach(each -> names.add(each.getName()));
        graph.getInitializerList().forEach(each -> names.add(each.getName()));
        graph.getNodeList().forEach(each -> names.addAll(each.getOutputList()));
        return names;
    }

    private static String free(String wanted, Set<String> taken) {
        String name = wanted;
        while (!taken.add(name)) {
            name += "-";
        }
        return name;
    }

    private static OnnxMl.ValueInfoProto floats(String name, int width) {
        return OnnxMl.ValueInfoProto.newBuilder()
                .setName(name)
                .setType(OnnxMl.TypeProto.newBuilder()
                        .setTensorType(OnnxMl.TypeProto.Tensor.newBuilder()
                                .setElemType(OnnxMl.TensorProto.DataType.FLOAT.getNumber())
                                .setShape(OnnxMl.TensorShapeProto.newBuilder()
                                        .addDim(OnnxMl.TensorShapeProto.Dimension.newBuilder()
                                                .setDimParam("rows"))
                                        .addDim(OnnxMl.TensorShapeProto.Dimension.newBuilder()
                                                .setDimValue(width)))))
                .build();
    }
}
