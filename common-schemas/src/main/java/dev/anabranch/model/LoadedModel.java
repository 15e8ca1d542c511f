package dev.anabranch.model;

import dev.anabranch.contract.ModelSample;
import dev.anabranch.contract.ModelVersion;
import dev.anabranch.contract.Wire;
import java.util.List;

/**
 * A model version that has proved itself: its artifact has the digest its record names and gives the sample scores
 * stored with it. Scoring the samples also warms it.
 */
public final class LoadedModel implements ServedModel {
    /** How far a score may be from the one the trainer computed: ONNX artifacts calculate in floats. */
    public static final double TOLERANCE = 1e-5;

    private final ModelVersion version;
    private final OnnxScorer scorer;

    private LoadedModel(ModelVersion version, OnnxScorer scorer) {
        this.version = version;
        this.scorer = scorer;
    }

    /**
     * @param features the features that whoever loads it can supply, in order
     * @throws UnusableModelException when the digest, the features or a sample's score differ from the record's
     */
    public static LoadedModel load(ModelVersion version, List<String> features) throws UnusableModelException {
        String name = version.getName() + " version " + version.getVersion();
        byte[] artifact = artifact(version);
        if (!features.equals(version.getFeatures())) {
            throw new UnusableModelException(
                    "The features of " + name + " must be " + features + ", got " + version.getFeatures());
        }
        OnnxScorer scorer = new OnnxScorer(artifact);
        try {
            for (ModelSample sample : version.getSamples()) {
                double score = scorer.score(toArray(sample.getFeatures()));
                if (!(Math.abs(score - sample.getScore()) <= TOLERANCE)) {
                    throw new UnusableModelException("The artifact of " + name + " must score a stored sample "
                            + sample.getScore() + " within " + TOLERANCE + ", got " + score);
                }
            }
            return new LoadedModel(version, scorer);
        } catch (IllegalArgumentException e) {
            scorer.close();
            throw new UnusableModelException("The artifact of " + name + " cannot score its samples", e);
        } catch (UnusableModelException e) {
            scorer.close();
            throw e;
        }
    }

    /**
     * The artifact of a version, whatever its kind.
     *
     * @throws UnusableModelException when its digest is not the one the record names
     */
    public static byte[] artifact(ModelVersion version) throws UnusableModelException {
        requireDigest(version);
        return Wire.bytes(version.getArtifact());
    }

    /**
     * Requires that the artifact of a version is the one its record is about.
     *
     * @throws UnusableModelException when its digest is not the one the record names
     */
    public static void requireDigest(ModelVersion version) throws UnusableModelException {
        if (version.getParts() != null && !version.getArtifact().hasRemaining()) {
            throw new UnusableModelException("The artifact of " + version.getName() + " version "
                    + version.getVersion() + " stands in parts, which are put together for item vectors alone; it has "
                    + version.getParts().getBytes() + " bytes");
        }
        String digest = Sha256.of(version.getArtifact());
        if (!digest.equals(version.getSha256())) {
            throw new UnusableModelException("The artifact of " + version.getName() + " version " + version.getVersion()
                    + " must have SHA-256 " + version.getSha256() + ", got " + digest);
        }
    }

    @Override
    public ModelVersion version() {
        return version;
    }

    /** The score of one row of features, from 0 to 1. */
    public double score(double[] features) {
        return scorer.score(features);
    }

    /** The score of each row of features. */
    public double[] score(double[][] rows) {
        return scorer.score(rows);
    }

    @Override
    public void close() {
        scorer.close();
    }

    private static double[] toArray(List<Double> values) {
        return values.stream().mapToDouble(Double::doubleValue).toArray();
    }
}
