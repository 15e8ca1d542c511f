package dev.anabranch.benchmarks;

import ai.onnx.proto.OnnxMl;
import com.google.protobuf.ByteString;
import dev.anabranch.contract.ModelVersion;
import dev.anabranch.fraud.FraudFeatures;
import dev.anabranch.fraud.FraudUseCase;
import dev.anabranch.imported.ImportedModel;
import dev.anabranch.imported.RefusedFileException;
import dev.anabranch.local.Problem;
import dev.anabranch.local.check.Api;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A model whose scores anybody can work out: the logistic function of the amount in cents times a weight. Who answers with
 * the score of one version and the name of another is found out.
 *
 * @param weight of a cent
 * @param width  how many of the fraud features it asks for, from the amount on; the others weigh nothing
 */
public record KnownModel(float weight, int width) {
    private static final double ROUNDING = 1e-5;

    private double score(long amountCents) {
        return 1 / (1 + Math.exp(-weight * amountCents));
    }

    /**
     * Registers it.
     *
     * @return its version
     */
    public long register(Api desk) {
        List<String> features = FraudFeatures.NAMES.subList(0, width);
        String query = "?features=" + String.join(",", features) + "&file=known.onnx&by=bench&why=bench";
        Api.Answer answer = desk.postFile("/v1/models/fraud" + query, file()).join();
        if (!answer.ok()) {
            throw new Problem("A model must be registered, got " + answer.status() + " " + answer.body());
        }
        return answer.body().path("version").asLong();
    }

    /** Makes it live as version 1, where nothing is asked of the registry. */
    public void publish(String bootstrapServers) {
        try (LiveVersions live = new LiveVersions(bootstrapServers)) {
            ModelVersion version = ImportedModel.of(
                    file(),
                    new ImportedModel.Purpose(FraudUseCase.NAME, FraudFeatures.NAMES, Map.of()),
                    new ImportedModel.Mapping(FraudFeatures.NAMES.subList(0, width), Optional.empty()),
                    new ImportedModel.Origin("known.onnx", "bench", "to measure"),
                    System.currentTimeMillis());
            live.publish(ModelVersion.newBuilder(version).setVersion(1).build());
        } catch (RefusedFileException e) {
            throw new IllegalStateException("What is made here can be a model of fraud", e);
        }
    }

    /** Makes a version live. */
    public static void promote(Api desk, long version) {
        desk.postNow(
                "/v1/models/fraud/live",
                Map.of("version", version, "by", "bench", "why", "to measure", "unevaluated", true));
    }

    /** Whether a score is what this model says to that amount. */
    public boolean gave(double score, long amountCents) {
        return Math.abs(score - score(amountCents)) < ROUNDING;
    }

    /** As an ONNX file: {@code [rows, width]} in, {@code [rows, 1]} out. */
    private byte[] file() {
        ByteBuffer bytes = ByteBuffer.allocate(width * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putFloat(0, weight);
        OnnxMl.GraphProto.Builder graph = OnnxMl.GraphProto.newBuilder()
                .setName("known")
                .addInput(rows("features", width))
                .addOutput(rows("score", 1))
                .addInitializer(OnnxMl.TensorProto.newBuilder()
                        .setName("weight")
                        .setDataType(OnnxMl.TensorProto.DataType.FLOAT_VALUE)
                        .addDims(width)
                        .addDims(1)
                        .setRawData(ByteString.copyFrom(bytes)))
                .addNode(OnnxMl.NodeProto.newBuilder()
                        .setOpType("MatMul")
                        .addInput("features")
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

    /** What a model takes or gives: any number of rows of floats. */
    public static OnnxMl.ValueInfoProto rows(String name, int columns) {
        return OnnxMl.ValueInfoProto.newBuilder()
                .setName(name)
                .setType(OnnxMl.TypeProto.newBuilder()
                        .setTensorType(OnnxMl.TypeProto.Tensor.newBuilder()
                                .setElemType(OnnxMl.TensorProto.DataType.FLOAT_VALUE)
                                .setShape(OnnxMl.TensorShapeProto.newBuilder()
                                        .addDim(OnnxMl.TensorShapeProto.Dimension.newBuilder()
                                                .setDimParam("rows"))
                                        .addDim(OnnxMl.TensorShapeProto.Dimension.newBuilder()
                                                .setDimValue(columns)))))
                .build();
    }
}
