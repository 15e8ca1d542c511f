package dev.anabranch.batch.model;

import dev.anabranch.contract.ModelSample;
import dev.anabranch.learning.Buckets;
import dev.anabranch.learning.Learning;
import dev.anabranch.learning.OnlineLearner;
import java.util.ArrayList;
import java.util.List;

/**
 * What an online model has learnt, in ONNX: each input is put beside the edges of its buckets, and the weights of the buckets
 * it lies in are added up. Edges and inputs are floats on both sides, so the buckets are those of the learner, always; the
 * sum is one of floats.
 */
final class LearntArtifact {
    private LearntArtifact() {}

    /** The same bytes for the same weights. */
    static byte[] of(Learning learning, OnlineLearner learner) {
        List<Buckets> buckets = learning.buckets();
        int size = learning.coordinates() - 1;
        long[] inputs = new long[size];
        float[] from = new float[size];
        float[] to = new float[size];
        int at = 0;
        for (int input = 0; input < buckets.size(); input++) {
            for (int bucket = 0; bucket < buckets.get(input).count(); bucket++, at++) {
                inputs[at] = input;
                from[at] = buckets.get(input).from(bucket);
                to[at] = buckets.get(input).to(bucket);
            }
        }
        double[] learnt = learner.weights();
        float[] weights = new float[size];
        for (int i = 0; i < size; i++) {
            weights[i] = (float) learnt[1 + i];
        }
        return new OnnxGraph("learnt", buckets.size())
                .constant("inputs", inputs)
                .constant("from", from, size)
                .constant("to", to, size)
                .constant("weights", weights, size)
                .constant("nothing", new float[] {0}, 1)
                .constant("row", new long[] {1})
                .constant("intercept", new float[] {(float) learnt[0]}, 1)
                .node("Gather", List.of(OnnxGraph.INPUT, "inputs"), "values", OnnxGraph.integer("axis", 1))
                .node("GreaterOrEqual", List.of("values", "from"), "reached")
                .node("Less", List.of("values", "to"), "not-passed")
                .node("And", List.of("reached", "not-passed"), "within")
                .node("Where", List.of("within", "weights", "nothing"), "parts")
                .node("ReduceSum", List.of("parts", "row"), "sum")
                .node("Add", List.of("sum", "intercept"), "margin")
                .node("Sigmoid", List.of("margin"), OnnxGraph.OUTPUT)
                .toBytes();
    }

    /** Rows of which together every bucket of every feature has one, with the learner's own scores. */
    static List<ModelSample> samples(Learning learning, OnlineLearner learner) {
        List<Buckets> buckets = learning.buckets();
        int rows = buckets.stream().mapToInt(Buckets::count).max().orElseThrow();
        List<ModelSample> samples = new ArrayList<>(rows);
        for (int row = 0; row < rows; row++) {
            List<Double> features = new ArrayList<>(buckets.size());
            for (Buckets each : buckets) {
                int bucket = row % each.count();
                features.add((double) (bucket == 0 ? each.from(1) - 1 : each.from(bucket)));
            }
            samples.add(new ModelSample(
                    features,
                    learner.score(features.stream().map(Double::floatValue).toList())));
        }
        return samples;
    }
}
