package dev.anabranch.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.onnx.proto.OnnxMl;
import dev.anabranch.contract.ModelSample;
import dev.anabranch.contract.ModelVersion;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LoadedModelTest {
    private static final List<String> FEATURES = List.of("a", "b");
    private static final byte[] ARTIFACT = logistic(0.5f, 2, -1);

    @Test
    void aModelThatKeepsItsWordScores() throws Exception {
        try (LoadedModel model = LoadedModel.load(version(ARTIFACT, ARTIFACT, sigmoid(0.5)), FEATURES)) {
            assertThat(model.score(new double[] {1, 2})).isCloseTo(sigmoid(0.5), within(1e-6));
            assertThat(model.score(new double[][] {{1, 2}, {0, 0}, {3, 1}}))
                    .containsExactly(new double[] {sigmoid(0.5), sigmoid(0.5), sigmoid(5.5)}, within(1e-6));
        }
    }

    @Test
    void theSameRowGetsTheSameBitsAloneInABatchAndOnAnyThread() throws Exception {
        try (LoadedModel model = LoadedModel.load(version(ARTIFACT, ARTIFACT, sigmoid(0.5)), FEATURES)) {
            double[] row = {0.123, 4.56};
            double alone = model.score(row);
            assertThat(model.score(new double[][] {{9, 9}, row, {1, 1}})[1]).isEqualTo(alone);
            List<CompletableFuture<Double>> others = IntStream.range(0, 100)
                    .mapToObj(i -> CompletableFuture.supplyAsync(() -> model.score(row)))
                    .toList();
            others.forEach(other -> assertThat(other.join()).isEqualTo(alone));
        }
    }

    @Test
    void aRowGetsTheSameBitsHoweverManyRowsAreScoredWithIt() throws Exception {
        Random random = new Random(3);
        float[] weights = new float[15];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = (float) random.nextGaussian();
        }
        try (OnnxScorer scorer = new OnnxScorer(logistic(0.1f, weights))) {
            double[][] rows = new double[1000][15];
            for (double[] row : rows) {
                Arrays.setAll(row, i -> random.nextGaussian());
            }
            double[] together = scorer.score(rows);
            for (int i = 0; i < rows.length; i++) {
                assertThat(scorer.score(rows[i])).isEqualTo(together[i]);
            }
        }
    }

    @Test
    void aDamagedArtifactIsRefused() {
        byte[] damaged = ARTIFACT.clone();
        damaged[damaged.length / 2] ^= 1;
        assertThatThrownBy(() -> LoadedModel.load(version(ARTIFACT, damaged, 0), FEATURES))
                .isInstanceOf(UnusableModelException.class)
                .hasMessageContaining("The artifact of test version 3 must have SHA-256 " + Sha256.of(ARTIFACT));
    }

    @Test
    void aTruncatedArtifactIsRefusedEvenWhenItsRecordAgrees() {
        byte[] truncated = Arrays.copyOf(ARTIFACT, ARTIFACT.length / 2);
        assertThatThrownBy(() -> LoadedModel.load(version(truncated, truncated, 0), FEATURES))
                .isInstanceOf(UnusableModelException.class)
                .hasMessageContaining("must be an ONNX model");
    }

    @Test
    void anArtifactThatScoresItsSamplesDifferentlyIsRefused() {
        assertThatThrownBy(() -> LoadedModel.load(version(ARTIFACT, ARTIFACT, 0.9), FEATURES))
                .isInstanceOf(UnusableModelException.class)
                .hasMessageContaining("must score a stored sample 0.9");
        assertThatThrownBy(() -> LoadedModel.load(version(ARTIFACT, ARTIFACT, Double.NaN), FEATURES))
                .isInstanceOf(UnusableModelException.class);
    }

    @Test
    void aModelOfOtherFeaturesIsRefused() {
        assertThatThrownBy(() -> LoadedModel.load(version(ARTIFACT, ARTIFACT, sigmoid(0.5)), List.of("b", "a")))
                .isInstanceOf(UnusableModelException.class)
                .hasMessage("The features of test version 3 must be [b, a], got [a, b]");
    }

    private static ModelVersion version(byte[] digested, byte[] artifact, double sampleScore) {
        return ModelVersion.newBuilder()
                .setName("test")
                .setVersion(3)
                .setAlgorithm("logistic-regression")
                .setFeatures(FEATURES)
                .setSnapshots(Map.of())
                .setCut(List.of())
                .setViews(Map.of())
                .setCodeRevision("none")
                .setParameters(Map.of())
                .setSeed(1)
                .setMetrics(Map.of())
                .setCreatedMillis(0)
                .setSha256(Sha256.of(digested))
                .setArtifact(ByteBuffer.wrap(artifact))
                .setSamples(List.of(new ModelSample(List.of(1.0, 2.0), sampleScore)))
                .build();
    }

    private static double sigmoid(double margin) {
        return 1 / (1 + Math.exp(-margin));
    }

    /** sigmoid(weights . features + bias) as an ONNX graph. */
    private static byte[] logistic(float bias, float... weights) {
        List<Float> column = new ArrayList<>();
        for (float weight : weights) {
            column.add(weight);
        }
        OnnxMl.GraphProto graph = OnnxMl.GraphProto.newBuilder()
                .setName("logistic")
                .addInput(tensor("features", weights.length))
                .addOutput(tensor("score", 1))
                .addInitializer(floats("w", column, weights.length, 1))
                .addInitializer(floats("bias", List.of(bias), 1))
                .addNode(OnnxMl.NodeProto.newBuilder()
                        .setOpType("Gemm")
                        .addInput("features")
                        .addInput("w")
                        .addInput("bias")
                        .addOutput("margin"))
                .addNode(OnnxMl.NodeProto.newBuilder()
                        .setOpType("Sigmoid")
                        .addInput("margin")
                        .addOutput("score"))
                .build();
        return OnnxMl.ModelProto.newBuilder()
                .setIrVersion(8)
                .addOpsetImport(OnnxMl.OperatorSetIdProto.newBuilder().setVersion(15))
                .setGraph(graph)
                .build()
                .toByteArray();
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

    private static OnnxMl.TensorProto floats(String name, List<Float> values, long... dimensions) {
        OnnxMl.TensorProto.Builder tensor = OnnxMl.TensorProto.newBuilder()
                .setName(name)
                .setDataType(OnnxMl.TensorProto.DataType.FLOAT.getNumber())
                .addAllFloatData(values);
        for (long dimension : dimensions) {
            tensor.addDims(dimension);
        }
        return tensor.build();
    }
}
