package dev.anabranch.imported;

import ai.onnx.proto.OnnxMl;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.anabranch.contract.ModelSample;
import dev.anabranch.contract.ModelVersion;
import dev.anabranch.event.EventType.Violation;
import dev.anabranch.model.LargeArtifacts;
import dev.anabranch.model.OnnxScorer;
import dev.anabranch.model.Sha256;
import dev.anabranch.model.UnusableModelException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * A version made of an ONNX file that was trained elsewhere. It is checked as far as that can be done without labels: what
 * it takes is what the use case supplies, and it gives a score from 0 to 1 for each row, the same alone and among others.
 *
 * <p>Where the file takes other features than all of the use case's in their order, or gives more than a score, its nodes
 * are kept as they are between two steps that pick columns; the record names the digest of the file itself.
 */
public final class ImportedModel {
    /** What the registry calls the algorithm of such a version. */
    public static final String ALGORITHM = "imported-onnx";

    /** How large a file may be: the stream takes it from the record of its version. */
    public static final int MOST_BYTES = LargeArtifacts.RECORD_BYTES;

    private static final int PROBES = 64;
    private static final int SAMPLES = 16;
    private static final long SEED = 1;

    private ImportedModel() {}

    /**
     * What the file is to be a model of.
     *
     * @param model    its name
     * @param features what the use case supplies, in order
     * @param views    the fingerprints of the views these are made of, by name
     */
    public record Purpose(String model, List<String> features, Map<String, String> views) {}

    /**
     * How the file is to be understood.
     *
     * @param features the name of each of its inputs, in order
     * @param output   which of its outputs is the score; may be missing where only one can be
     */
    public record Mapping(List<String> features, Optional<String> output) {}

    /**
     * Where it comes from.
     *
     * @param file its name there
     * @param by   who brought it
     * @param why  for whoever wonders later
     */
    public record Origin(String file, String by, String why) {}

    /** Whether a version came from outside. */
    public static boolean isOne(ModelVersion version) {
        return version.getAlgorithm().equals(ALGORITHM);
    }

    /**
     * A version without its number, which the registry gives.
     *
     * @throws RefusedFileException when the file cannot be a model of that
     */
    public static ModelVersion of(byte[] file, Purpose purpose, Mapping mapping, Origin origin, long nowMillis)
            throws RefusedFileException {
        int[] columns = columns(purpose, mapping.features());
        OnnxMl.ModelProto model = parse(file);
        OnnxSignature signature = OnnxSignature.read(model.getGraph(), columns.length, mapping.output());
        int features = purpose.features().size();
        byte[] artifact = OnnxAdapter.isNeeded(model.getGraph(), signature, columns, features)
                ? OnnxAdapter.adapt(model, signature, columns, features).toByteArray()
                : file;
        if (artifact.length > MOST_BYTES) {
            throw refused(
                    "onnx",
                    "must have 1 to " + MOST_BYTES + " bytes with the steps that pick its columns",
                    String.valueOf(artifact.length));
        }
        List<ModelSample> samples = probe(artifact, features);
        Map<String, String> parameters = new LinkedHashMap<>();
        parameters.put("imported-file", origin.file());
        parameters.put("imported-sha256", Sha256.of(file));
        parameters.put("imported-features", String.join(",", mapping.features()));
        parameters.put("imported-output", signature.output());
        parameters.put("imported-by", origin.by());
        parameters.put("imported-why", origin.why());
        return ModelVersion.newBuilder()
                .setName(purpose.model())
                .setVersion(0)
                .setAlgorithm(ALGORITHM)
                .setFeatures(purpose.features())
                .setSnapshots(Map.of())
                .setCut(List.of())
                .setViews(purpose.views())
                .setCodeRevision("not trained here")
                .setParameters(parameters)
                .setSeed(0)
                .setMetrics(Map.of())
                .setCreatedMillis(nowMillis)
                .setSha256(Sha256.of(artifact))
                .setArtifact(ByteBuffer.wrap(artifact))
                .setSamples(samples)
                .build();
    }

    /** Where each of the file's features stands among those of the use case. */
    private static int[] columns(Purpose purpose, List<String> mapped) throws RefusedFileException {
        List<Violation> violations = new ArrayList<>();
        if (purpose.features().isEmpty()) {
            violations.add(new Violation("model", "must be one that scores rows of features", purpose.model()));
        } else if (mapped.isEmpty()) {
            violations.add(new Violation("features", "must name what the file takes, in order", "none"));
        }
        int[] columns = new int[mapped.size()];
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < columns.length; i++) {
            columns[i] = purpose.features().indexOf(mapped.get(i));
            if (columns[i] < 0 && !purpose.features().isEmpty()) {
                violations.add(new Violation(
                        "features[" + i + "]", "must be one of " + purpose.features(), "'" + mapped.get(i) + "'"));
            } else if (!seen.add(mapped.get(i))) {
                violations.add(
                        new Violation("features[" + i + "]", "must be named once", "'" + mapped.get(i) + "' again"));
            }
        }
        if (!violations.isEmpty()) {
            throw new RefusedFileException(violations);
        }
        return columns;
    }

    private static OnnxMl.ModelProto parse(byte[] file) throws RefusedFileException {
        if (file.length == 0 || file.length > MOST_BYTES) {
            throw refused("onnx", "must have 1 to " + MOST_BYTES + " bytes", String.valueOf(file.length));
        }
        OnnxMl.ModelProto model;
        try {
            model = OnnxMl.ModelProto.parseFrom(file);
        } catch (InvalidProtocolBufferException e) {
            throw refused("onnx", "must be an ONNX model", "something else (" + e.getMessage() + ")");
        }
        if (!model.hasGraph() || model.getGraph().getNodeCount() == 0) {
            throw refused("onnx", "must be an ONNX model", "one without a graph");
        }
        return model;
    }

    /**
     * Asks it about rows that are none of anybody: all zeros, all ones, and amounts from small to large.
     *
     * @return some of them with their scores
     */
    private static List<ModelSample> probe(byte[] artifact, int features) throws RefusedFileException {
        double[][] rows = rows(features);
        double[] scores;
        try (OnnxScorer scorer = new OnnxScorer(artifact)) {
            scores = scorer.score(rows);
            for (int i = 0; i < scores.length; i++) {
                if (!(scores[i] >= 0 && scores[i] <= 1)) {
                    throw refused(
                            "output",
                            "must be a score from 0 to 1 for every row",
                            scores[i] + " for " + Arrays.toString(rows[i]));
                }
                double alone = scorer.score(rows[i]);
                if (alone != scores[i]) {
                    throw refused(
                            "output",
                            "must be the same for a row alone as among others, or no prediction could be made again to"
                                    + " the bit",
                            alone + " and " + scores[i] + " for " + Arrays.toString(rows[i]));
                }
            }
        } catch (UnusableModelException | IllegalArgumentException e) {
            throw refused("onnx", "must run in ONNX Runtime", String.valueOf(e.getMessage()));
        }
        List<ModelSample> samples = new ArrayList<>();
        for (int i = 0; i < SAMPLES; i++) {
            samples.add(new ModelSample(Arrays.stream(rows[i]).boxed().toList(), scores[i]));
        }
        return samples;
    }

    private static double[][] rows(int features) {
        SplittableRandom random = new SplittableRandom(SEED);
        double[][] rows = new double[PROBES][features];
        Arrays.fill(rows[1], 1);
        for (int i = 2; i < PROBES; i++) {
            for (int feature = 0; feature < features; feature++) {
                rows[i][feature] = random.nextInt(4) == 0 ? 0 : (float) Math.exp(random.nextDouble() * 16 - 4);
            }
        }
        return rows;
    }

    private static RefusedFileException refused(String thing, String rule, String value) {
        return new RefusedFileException(List.of(new Violation(thing, rule, value)));
    }
}
