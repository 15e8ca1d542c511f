package dev.anabranch.imported;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.onnx.proto.OnnxMl;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import dev.anabranch.contract.ModelVersion;
import dev.anabranch.contract.Wire;
import dev.anabranch.explain.Contributions;
import dev.anabranch.explain.ScoreParts;
import dev.anabranch.imported.ImportedModel.Mapping;
import dev.anabranch.imported.ImportedModel.Origin;
import dev.anabranch.imported.ImportedModel.Purpose;
import dev.anabranch.model.LoadedModel;
import dev.anabranch.model.OnnxScorer;
import dev.anabranch.model.Sha256;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Files as other tools write them, and files that are none. */
class ImportedModelTest {
    private static final List<String> FEATURES = List.of("amount", "count", "mean", "risk");
    private static final Purpose PURPOSE = new Purpose("fraud", FEATURES, Map.of("fraud.customer", "f00d"));
    private static final Origin ORIGIN = new Origin("lab.onnx", "ann", "from the lab");
    private static final long NOW = 1_750_000_000_000L;

    @Test
    void aFileThatTakesWhatTheUseCaseSuppliesIsKeptToTheBitWithItsLineage() throws Exception {
        byte[] file = LabOnnx.logistic("x", -1, 0.001f, 0.1f, -0.001f, 2);

        ModelVersion version = read(file, FEATURES);

        assertThat(Wire.bytes(version.getArtifact())).isEqualTo(file);
        assertThat(version.getSha256()).isEqualTo(Sha256.of(file));
        assertThat(version.getAlgorithm()).isEqualTo("imported-onnx");
        assertThat(version.getFeatures()).isEqualTo(FEATURES);
        assertThat(version.getViews()).isEqualTo(PURPOSE.views());
        assertThat(version.getCreatedMillis()).isEqualTo(NOW);
        assertThat(version.getMetrics()).isEmpty();
        assertThat(version.getParameters())
                .isEqualTo(Map.of(
                        "imported-file", "lab.onnx",
                        "imported-sha256", Sha256.of(file),
                        "imported-features", "amount,count,mean,risk",
                        "imported-output", "score",
                        "imported-by", "ann",
                        "imported-why", "from the lab"));
        assertThat(version.getSamples()).hasSize(16);
        LoadedModel.load(version, FEATURES).close(); // proves itself as any other
    }

    @Test
    void aFileThatTakesSomeFeaturesInAnOrderOfItsOwnScoresTheseOfARow() throws Exception {
        for (byte[] file : List.of(
                LabOnnx.logistic("x", -1, 2, 0.001f),
                LabOnnx.logistic("anabranch-features", -1, 2, 0.001f), // a name that is taken
                LabOnnx.old(-1, 2, 0.001f))) {
            ModelVersion version = read(file, List.of("risk", "amount"));

            assertThat(version.getParameters()).containsEntry("imported-sha256", Sha256.of(file));
            try (LoadedModel model = LoadedModel.load(version, FEATURES);
                    OnnxScorer itself = new OnnxScorer(file)) {
                ScoreParts parts = ScoreParts.of(Wire.bytes(version.getArtifact()), FEATURES.size());
                Random random = new Random(1);
                for (int i = 0; i < 100; i++) {
                    double[] row = random.doubles(4).map(value -> value * 100).toArray();
                    double score = model.score(row);
                    Contributions contributions = parts.at(row);

                    assertThat(score).isEqualTo(itself.score(new double[] {row[3], row[0]}));
                    assertThat(contributions.of()).isEqualTo("log odds");
                    assertThat(contributions.each()[1]).isZero();
                    assertThat(contributions.each()[2]).isZero();
                    assertThat(contributions.each()[3]).isCloseTo(2 * row[3], within(1e-4));
                    assertThat(1 / (1 + Math.exp(-contributions.total()))).isCloseTo(score, within(1e-5));
                }
            }
        }
    }

    @Test
    void ofAClassifierTheProbabilityOfYesIsTheScoreAndItsContributionsCannotBeTold() throws Exception {
        byte[] file = LabOnnx.classifier(-1, 2, 0.01f);

        ModelVersion version = read(file, List.of("risk", "count"));

        assertThat(version.getParameters()).containsEntry("imported-output", "probabilities");
        try (LoadedModel model = LoadedModel.load(version, FEATURES)) {
            double odds = 2 * (-1 + 2 * 0.5 + 0.01 * 7); // softmax of plus and minus
            assertThat(model.score(new double[] {0, 7, 0, 0.5})).isCloseTo(1 / (1 + Math.exp(-odds)), within(1e-6));
        }
        assertThatThrownBy(() -> ScoreParts.of(Wire.bytes(version.getArtifact()), FEATURES.size()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "Contributions are known of trees, of weighted sums and of sums over buckets, not of a model with several sums");
    }

    @Test
    void treesOfSomeFeaturesAreTakenApartThoughTheFileKnowsTheOperatorsOfTreesOnly() throws Exception {
        ModelVersion version = read(LabOnnx.treeOnly(1, 2, "SUM"), List.of("risk", "amount"));

        Contributions contributions = ScoreParts.of(Wire.bytes(version.getArtifact()), FEATURES.size())
                .at(new double[] {80, 0, 0, 0});

        assertThat(contributions.of()).isEqualTo("score");
        assertThat(contributions.total()).isCloseTo(0.75, within(1e-9));
        assertThat(contributions.base()).isCloseTo(0.6 * 0.25 + 0.4 * 0.75, within(1e-9));
        assertThat(Arrays.copyOfRange(contributions.each(), 1, 4)).containsOnly(0);
    }

    @Test
    void aFileThatIsTooLargeForARecordOnceItsColumnsArePickedIsRefused() throws Exception {
        OnnxMl.ModelProto small = OnnxMl.ModelProto.parseFrom(LabOnnx.logistic("x", 0, 1, 1));
        byte[] file = small.toBuilder()
                .setDocString(
                        "x".repeat(ImportedModel.MOST_BYTES - small.getSerializedSize() - 5)) // its tag and length
                .build()
                .toByteArray();

        assertThat(file).hasSize(ImportedModel.MOST_BYTES);
        assertRefused(
                file,
                List.of("risk", "count"),
                "onnx must have 1 to 15728640 bytes with the steps that pick its columns, got 157");
    }

    @Test
    void whereSeveralOutputsCouldBeTheScoreItMustBeNamed() throws Exception {
        byte[] file = LabOnnx.twoScores(-1, 1, 1, 1, 1);

        assertRefused(
                file,
                FEATURES,
                "output must be named where several could be the score, got sum float [N, 1], score float");
        ModelVersion version =
                ImportedModel.of(file, PURPOSE, new Mapping(FEATURES, Optional.of("score")), ORIGIN, NOW);
        assertThat(LoadedModel.load(version, FEATURES).score(new double[4])).isCloseTo(0.2689, within(1e-4));
        assertThatThrownBy(() ->
                        ImportedModel.of(file, PURPOSE, new Mapping(FEATURES, Optional.of("logits")), ORIGIN, NOW))
                .hasMessageContaining("output must be one of sum float [N, 1], score float [N, 1], got logits");
    }

    @Test
    void featuresThatTheUseCaseDoesNotSupplyAreNamedAllAtOnce() {
        assertRefused(
                LabOnnx.logistic("x", 0, 1, 1, 1),
                List.of("amount", "mood", "amount"),
                "features[1] must be one of [amount, count, mean, risk], got 'mood'; features[2] must be named once, got"
                        + " 'amount' again");
        assertRefused(
                LabOnnx.logistic("x", 0, 1), List.of(), "features must name what the file takes, in order, got none");
        assertRefused(
                LabOnnx.logistic("x", 0, 1, 1, 1),
                List.of("amount", "risk"),
                "features must be as many as the input x takes, 3, got 2");
    }

    @Test
    void aModelOfAnotherKindTakesNoFile() {
        assertThatThrownBy(() -> ImportedModel.of(
                        LabOnnx.logistic("x", 0, 1),
                        new Purpose("items", List.of(), Map.of()),
                        new Mapping(List.of("a"), Optional.empty()),
                        ORIGIN,
                        NOW))
                .hasMessage("model must be one that scores rows of features, got items");
    }

    @Test
    void whatIsNoModelIsRefused() {
        assertRefused(new byte[0], FEATURES, "onnx must have 1 to 15728640 bytes, got 0");
        assertRefused(
                new byte[ImportedModel.MOST_BYTES + 1], FEATURES, "onnx must have 1 to 15728640 bytes, got 15728641");
        assertRefused(
                "<html>not found</html>".getBytes(StandardCharsets.UTF_8), FEATURES, "onnx must be an ONNX model, got");
        assertRefused(
                Arrays.copyOf(LabOnnx.logistic("x", 0, 1, 1, 1, 1), 60), FEATURES, "onnx must be an ONNX model, got");
        assertRefused(
                OnnxMl.ModelProto.newBuilder().setIrVersion(8).build().toByteArray(),
                FEATURES,
                "onnx must be an ONNX model, got one without a graph");
    }

    @Test
    void whatTakesOrGivesSomethingElseIsRefused() {
        OnnxMl.ValueInfoProto x = LabOnnx.value("x", DataType.FLOAT, -1, 4);
        assertRefused(
                LabOnnx.of(LabOnnx.value("x", DataType.DOUBLE, -1, 4), LabOnnx.value("y", DataType.DOUBLE, -1, 1)),
                FEATURES,
                "input x must be a float tensor [rows, features], got x double [N, 4]; output must be a float tensor [rows],"
                        + " [rows, 1] or [rows, 2], the score of each row, got y double [N, 1]");
        assertRefused(
                LabOnnx.of(LabOnnx.value("x", DataType.FLOAT, 4), LabOnnx.value("y", DataType.FLOAT, 4)),
                FEATURES,
                "input x must be a float tensor [rows, features], got x float [4]");
        assertRefused(
                LabOnnx.of(LabOnnx.value("x", DataType.FLOAT, 1, 4), LabOnnx.value("y", DataType.FLOAT, 1, 1)),
                FEATURES,
                "input x must leave the number of rows open, got x float [1, 4]");
        assertRefused(LabOnnx.of(x, LabOnnx.value("y", DataType.INT64, -1, 1)), FEATURES, "got y int64 [N, 1]");
        assertRefused(LabOnnx.of(x, LabOnnx.value("y", DataType.FLOAT, -1, 4)), FEATURES, "got y float [N, 4]");
        assertRefused(LabOnnx.of(x), FEATURES, "the score of each row, got none");
        assertRefused( // says one value a row, gives four
                LabOnnx.of(x, LabOnnx.value("y", DataType.FLOAT, -1, -1)),
                FEATURES,
                "onnx must run in ONNX Runtime, got");
    }

    @Test
    void scoresThatAreNoProbabilitiesAreRefusedWithTheRow() {
        assertRefused(
                LabOnnx.linear(7.5f, 0, 0, 0, 0),
                FEATURES,
                "output must be a score from 0 to 1 for every row, got 7.5 for [0.0, 0.0, 0.0, 0.0]");
        assertRefused(
                LabOnnx.dividing(4),
                FEATURES,
                "output must be a score from 0 to 1 for every row, got NaN for [0.0, 0.0, 0.0, 0.0]");
    }

    @Test
    void scoresThatDependOnTheOtherRowsAreRefused() {
        assertRefused(
                LabOnnx.acrossRows(4),
                FEATURES,
                "output must be the same for a row alone as among others, or no prediction could be made again to the bit,"
                        + " got 1.0 and ");
    }

    private static ModelVersion read(byte[] file, List<String> features) throws RefusedFileException {
        return ImportedModel.of(file, PURPOSE, new Mapping(features, Optional.empty()), ORIGIN, NOW);
    }

    private static void assertRefused(byte[] file, List<String> features, String message) {
        assertThatThrownBy(() -> read(file, features))
                .isInstanceOf(RefusedFileException.class)
                .hasMessageContaining(message);
    }
}
