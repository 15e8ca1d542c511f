package dev.anabranch.imported;

import ai.onnx.proto.OnnxMl;
import dev.anabranch.event.EventType.Violation;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What an ONNX file takes and gives: one float tensor {@code [rows, features]} in; out, among whatever else, one score for
 * each row.
 *
 * @param input  the name of what it takes
 * @param output the name of what it gives
 * @param width  how many values it gives for each row: 1, or 2 where they are the probabilities of no and yes; empty when
 *               the file does not say
 */
record OnnxSignature(String input, String output, OptionalLong width) {
    private static final int FLOAT = OnnxMl.TensorProto.DataType.FLOAT.getNumber();

    /**
     * @param features how many the file is said to take
     * @param wanted   the output to take; may be missing where only one will do
     * @throws RefusedFileException when it takes or gives something else
     */
    static OnnxSignature read(OnnxMl.GraphProto graph, int features, Optional<String> wanted)
            throws RefusedFileException {
        List<Violation> violations = new ArrayList<>();
        Optional<String> input = input(graph, features, violations);
        Optional<OnnxMl.ValueInfoProto> output = output(graph, wanted, violations);
        if (!violations.isEmpty()) {
            throw new RefusedFileException(violations);
        }
        return new OnnxSignature(input.orElseThrow(), output.orElseThrow().getName(), width(output.orElseThrow()));
    }

    /** Constants may stand among the inputs; they are none. */
    private static Optional<String> input(OnnxMl.GraphProto graph, int features, List<Violation> violations) {
        Set<String> constants = graph.getInitializerList().stream()
                .map(OnnxMl.TensorProto::getName)
                .collect(Collectors.toSet());
        List<OnnxMl.ValueInfoProto> inputs = graph.getInputList().stream()
                .filter(each -> !constants.contains(each.getName()))
                .toList();
        if (inputs.size() != 1) {
            violations.add(new Violation("input", "must be one, a float tensor [rows, features]", told(inputs)));
            return Optional.empty();
        }
        OnnxMl.ValueInfoProto input = inputs.get(0);
        List<OnnxMl.TensorShapeProto.Dimension> shape = shape(input);
        if (!isFloats(input) || shape.size() != 2) {
            violations.add(
                    new Violation("input " + input.getName(), "must be a float tensor [rows, features]", told(input)));
            return Optional.empty();
        }
        if (shape.get(0).hasDimValue()) {
            violations.add(
                    new Violation("input " + input.getName(), "must leave the number of rows open", told(input)));
        }
        if (shape.get(1).hasDimValue() && shape.get(1).getDimValue() != features) {
            violations.add(new Violation(
                    "features",
                    "must be as many as the input " + input.getName() + " takes, "
                            + shape.get(1).getDimValue(),
                    String.valueOf(features)));
        }
        return Optional.of(input.getName());
    }

    private static Optional<OnnxMl.ValueInfoProto> output(
            OnnxMl.GraphProto graph, Optional<String> wanted, List<Violation> violations) {
        List<OnnxMl.ValueInfoProto> outputs = graph.getOutputList();
        List<OnnxMl.ValueInfoProto> scores =
                outputs.stream().filter(OnnxSignature::isScore).toList();
        if (wanted.isPresent()) {
            Optional<OnnxMl.ValueInfoProto> named = outputs.stream()
                    .filter(each -> each.getName().equals(wanted.get()))
                    .findFirst();
            if (named.isEmpty()) {
                violations.add(new Violation("output", "must be one of " + told(outputs), wanted.get()));
            } else if (!scores.contains(named.get())) {
                violations.add(new Violation(
                        "output " + wanted.get(),
                        "must be a float tensor [rows], [rows, 1] or [rows, 2], the score of each row",
                        told(named.get())));
                return Optional.empty();
            }
            return named;
        }
        if (scores.size() != 1) {
            violations.add(new Violation(
                    "output",
                    scores.isEmpty()
                            ? "must be a float tensor [rows], [rows, 1] or [rows, 2], the score of each row"
                            : "must be named where several could be the score",
                    told(outputs)));
            return Optional.empty();
        }
        return Optional.of(scores.get(0));
    }

    private static boolean isScore(OnnxMl.ValueInfoProto output) {
        int rank = shape(output).size();
        OptionalLong width = width(output);
        return isFloats(output) && rank <= 2 && (width.isEmpty() || width.getAsLong() == 1 || width.getAsLong() == 2);
    }

    private static OptionalLong width(OnnxMl.ValueInfoProto output) {
        List<OnnxMl.TensorShapeProto.Dimension> shape = shape(output);
        if (shape.size() == 1) {
            return OptionalLong.of(1);
        }
        return shape.size() == 2 && shape.get(1).hasDimValue()
                ? OptionalLong.of(shape.get(1).getDimValue())
                : OptionalLong.empty();
    }

    private static boolean isFloats(OnnxMl.ValueInfoProto value) {
        return value.getType().hasTensorType()
                && value.getType().getTensorType().getElemType() == FLOAT;
    }

    /** Empty when it is not told. */
    private static List<OnnxMl.TensorShapeProto.Dimension> shape(OnnxMl.ValueInfoProto value) {
        return value.getType().getTensorType().getShape().getDimList();
    }

    private static String told(List<OnnxMl.ValueInfoProto> values) {
        return values.isEmpty()
                ? "none"
                : values.stream().map(OnnxSignature::told).collect(Collectors.joining(", "));
    }

    /** {@code probabilities float [rows, 2]}. */
    private static String told(OnnxMl.ValueInfoProto value) {
        if (!value.getType().hasTensorType()) {
            return value.getName() + ", no tensor";
        }
        OnnxMl.TensorProto.DataType type = OnnxMl.TensorProto.DataType.forNumber(
                value.getType().getTensorType().getElemType());
        return value.getName() + " "
                + (type == null ? "of no type" : type.name().toLowerCase(java.util.Locale.ROOT))
                + shape(value).stream()
                        .map(each -> each.hasDimValue()
                                ? String.valueOf(each.getDimValue())
                                : each.getDimParam().isEmpty() ? "?" : each.getDimParam())
                        .collect(Collectors.joining(", ", " [", "]"));
    }
}
