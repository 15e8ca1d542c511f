package dev.anabranch.explain;

import ai.onnx.proto.OnnxMl;
import dev.anabranch.contract.ModelSample;
import dev.anabranch.model.LoadedModel;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * What a score is the sum of, read off the model's artifact.
 *
 * <p>Known are trees, weighted sums and sums over buckets whose result goes, moved and scaled by constants, through a sigmoid: there
 * contributions add up to log odds. Where something else is made of the sum, contributions add up to what the trees or
 * the weighted sum result in, and {@link Contributions#of} says so.
 */
public final class ScoreParts {
    private static final String LOG_ODDS = "log odds";
    private static final String SCORE = "score";

    private final Additive additive;
    private final double scale;
    private final double shift;
    private final String of;

    private ScoreParts(Additive additive, double scale, double shift, String of) {
        this.additive = additive;
        this.scale = scale;
        this.shift = shift;
        this.of = of;
    }

    /**
     * @param features how many the model takes
     * @throws IllegalArgumentException when the model is of a kind that is not known here; the message says why
     */
    public static ScoreParts of(byte[] artifact, int features) {
        try {
            return read(new OnnxReader(artifact), features);
        } catch (IndexOutOfBoundsException | ArithmeticException | NullPointerException e) {
            throw unknown("a graph that is put together otherwise than those known here"); // it was made elsewhere
        }
    }

    /** A model made elsewhere may begin with a step that picks the features it knows. */
    private static ScoreParts read(OnnxReader graph, int features) {
        OnnxMl.NodeProto first = next(graph, graph.input());
        if (!first.getOpType().equals("Gather")) {
            return read(graph, first, features);
        }
        int[] picked = graph.integers(first.getInput(1)).orElseThrow(() -> unknown("computed features"));
        Optional<OnnxMl.NodeProto> reached = graph.consumer(first.getOutput(0), "GreaterOrEqual");
        Optional<OnnxMl.NodeProto> notPassed = graph.consumer(first.getOutput(0), "Less");
        if (reached.isPresent() && notPassed.isPresent()) {
            return readBuckets(graph, reached.get(), notPassed.get(), picked, features);
        }
        ScoreParts parts = read(graph, next(graph, first.getOutput(0)), picked.length);
        return new ScoreParts(new Picked(parts.additive, picked, features), parts.scale, parts.shift, parts.of);
    }

    /** A model that learns as labels arrive: each input beside the edges of its buckets. */
    private static ScoreParts readBuckets(
            OnnxReader graph, OnnxMl.NodeProto reached, OnnxMl.NodeProto notPassed, int[] picked, int features) {
        OnnxMl.NodeProto within = next(graph, reached.getOutput(0));
        OnnxMl.NodeProto parts = next(graph, within.getOutput(0));
        OnnxMl.NodeProto sum = next(graph, parts.getOutput(0));
        if (!within.getOpType().equals("And")
                || !within.getInputList().contains(notPassed.getOutput(0))
                || !parts.getOpType().equals("Where")
                || constant(graph, parts.getInput(2))[0] != 0
                || !sum.getOpType().equals("ReduceSum")) {
            throw unknown("buckets that are put together otherwise");
        }
        Bucketed buckets = new Bucketed(
                constant(graph, reached.getInput(1)),
                constant(graph, notPassed.getInput(1)),
                constant(graph, parts.getInput(1)));
        return through(graph, sum.getOutput(0), new Picked(buckets, picked, features));
    }

    private static ScoreParts read(OnnxReader graph, OnnxMl.NodeProto first, int features) {
        if (first.getOpType().equals("TreeEnsembleRegressor")) {
            return through(graph, first.getOutput(0), TreeEnsemble.read(first, features));
        }
        double[] offset = new double[features];
        double[] scale = new double[features];
        Arrays.fill(scale, 1);
        OnnxMl.NodeProto sum = first;
        if (first.getOpType().equals("Scaler")) {
            copy(OnnxReader.floats(first, "offset"), offset);
            copy(OnnxReader.floats(first, "scale"), scale);
            sum = next(graph, first.getOutput(0));
        }
        boolean known = sum.getOpType().equals("Gemm") || sum.getOpType().equals("MatMul");
        if (!known || !sum.getAttributeList().isEmpty()) {
            throw unknown(sum.getOpType());
        }
        float[] weights = constant(graph, sum.getInput(1));
        if (weights.length != features) {
            throw unknown("several sums");
        }
        for (int i = 0; i < features; i++) {
            scale[i] *= weights[i];
        }
        double intercept = sum.getInputCount() > 2 ? constant(graph, sum.getInput(2))[0] : 0;
        return through(graph, sum.getOutput(0), new Linear(scale, offset, intercept));
    }

    /** Follows the sum to the model's output. */
    private static ScoreParts through(OnnxReader graph, String from, Additive additive) {
        double scale = 1;
        double shift = 0;
        String at = from;
        while (!at.equals(graph.output())) {
            Optional<OnnxMl.NodeProto> node = graph.onlyConsumer(at);
            if (node.isEmpty()) {
                break;
            }
            String operator = node.get().getOpType();
            Optional<float[]> other = other(graph, node.get(), at);
            if (operator.equals("Sigmoid") && node.get().getOutput(0).equals(graph.output())) {
                return new ScoreParts(additive, scale, shift, LOG_ODDS);
            }
            if (operator.equals("Mul") && other.isPresent()) {
                scale *= other.get()[0];
                shift *= other.get()[0];
            } else if (operator.equals("Add") && other.isPresent()) {
                shift += other.get()[0];
            } else {
                break;
            }
            at = node.get().getOutput(0);
        }
        return at.equals(graph.output())
                ? new ScoreParts(additive, scale, shift, SCORE)
                : new ScoreParts(
                        additive, 1, 0, "sum of what the trees say, of which the score is made in further steps");
    }

    private static Optional<float[]> other(OnnxReader graph, OnnxMl.NodeProto node, String input) {
        List<String> others =
                node.getInputList().stream().filter(name -> !name.equals(input)).toList();
        return others.size() == 1
                ? graph.constant(others.get(0)).filter(values -> values.length == 1)
                : Optional.empty();
    }

    private static OnnxMl.NodeProto next(OnnxReader graph, String name) {
        return graph.onlyConsumer(name).orElseThrow(() -> unknown("several branches"));
    }

    private static float[] constant(OnnxReader graph, String name) {
        return graph.constant(name).orElseThrow(() -> unknown("computed weights"));
    }

    private static void copy(float[] from, double[] to) {
        for (int i = 0; i < to.length; i++) {
            to[i] = from.length == 1 ? from[0] : from[i];
        }
    }

    private static IllegalArgumentException unknown(String what) {
        return new IllegalArgumentException(
                "Contributions are known of trees, of weighted sums and of sums over buckets, not of a model with "
                        + what);
    }

    /**
     * Whether they give the scores that are known, as far as that can be told: a graph that was made elsewhere may look like
     * those known here and do otherwise.
     */
    boolean agreeWith(List<ModelSample> samples) {
        for (ModelSample sample : samples) {
            double total = at(sample.getFeatures().stream()
                            .mapToDouble(Double::doubleValue)
                            .toArray())
                    .total();
            boolean agrees = switch (of) {
                case LOG_ODDS -> near(1 / (1 + Math.exp(-total)), sample.getScore());
                case SCORE -> near(total, sample.getScore());
                default -> true;
            };
            if (!agrees) {
                return false;
            }
        }
        return true;
    }

    private static boolean near(double one, double other) {
        return Math.abs(one - other) <= LoadedModel.TOLERANCE;
    }

    /** What the score of one row of features is the sum of. */
    public Contributions at(double[] features) {
        float[] input = new float[features.length]; // as the artifact reads them
        for (int i = 0; i < input.length; i++) {
            input[i] = (float) features[i];
        }
        double[] each = additive.contributions(input);
        double base = additive.base() * scale + shift;
        double total = base;
        for (int i = 0; i < each.length; i++) {
            each[i] *= scale;
            total += each[i];
        }
        return new Contributions(of, additive.method(), base, each, total);
    }
}
