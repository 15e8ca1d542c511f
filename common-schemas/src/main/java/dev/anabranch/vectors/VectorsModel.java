package dev.anabranch.vectors;

import dev.anabranch.contract.ModelSample;
import dev.anabranch.contract.ModelVersion;
import dev.anabranch.model.LargeArtifacts;
import dev.anabranch.model.LoadedModel;
import dev.anabranch.model.ServedModel;
import dev.anabranch.model.UnusableModelException;
import java.util.List;
import java.util.function.Supplier;

/**
 * A version whose artifact is vectors. A sample of it is a query and the greatest inner product that a vector has with it.
 * It is immutable and holds nothing but memory, so whoever has asked for it may use it after it was replaced.
 */
public final class VectorsModel implements ServedModel {
    /** The parameter that says how much a choice outweighs none. */
    public static final String ALPHA = "alpha";
    /** The parameter that says how much is held against long vectors. */
    public static final String LAMBDA = "lambda";

    private static final double TOLERANCE = 1e-4;

    private final ModelVersion version;
    private final Vectors vectors;
    private final FoldIn foldIn;

    private VectorsModel(ModelVersion version, Vectors vectors, FoldIn foldIn) {
        this.version = version;
        this.vectors = vectors;
        this.foldIn = foldIn;
    }

    /** @throws UnusableModelException when digest, artifact, parameters or a sample are not as the record says */
    public static VectorsModel load(ModelVersion version) throws UnusableModelException {
        LoadedModel.requireDigest(version);
        return of(version, () -> VectorsArtifact.read(version.getArtifact()));
    }

    /** Of an artifact that is known to have the digest of the record. */
    static VectorsModel of(ModelVersion version, Supplier<Vectors> artifact) throws UnusableModelException {
        String name = version.getName() + " version " + version.getVersion();
        try {
            Vectors vectors = artifact.get();
            FoldIn foldIn = new FoldIn(vectors, parameter(version, ALPHA), parameter(version, LAMBDA));
            for (ModelSample sample : version.getSamples()) {
                float[] query = new float[vectors.rank()];
                for (int d = 0; d < query.length; d++) {
                    query[d] = sample.getFeatures().get(d).floatValue();
                }
                List<Vectors.Found> found = vectors.top(query, 1, any -> true);
                double product = found.isEmpty() ? Double.NaN : found.get(0).product();
                if (!(Math.abs(product - sample.getScore()) <= TOLERANCE * Math.max(1, Math.abs(sample.getScore())))) {
                    throw new UnusableModelException("The vectors of " + name + " must give a stored sample "
                            + sample.getScore() + ", got " + product);
                }
            }
            return new VectorsModel(LargeArtifacts.bare(version), vectors, foldIn);
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            throw new UnusableModelException("The vectors of " + name + " cannot be read: " + e.getMessage(), e);
        }
    }

    private static double parameter(ModelVersion version, String name) {
        String value = version.getParameters().get(name);
        if (value == null) {
            throw new IllegalArgumentException("The parameter " + name + " must be given, got "
                    + version.getParameters().keySet());
        }
        return Double.parseDouble(value);
    }

    @Override
    public ModelVersion version() {
        return version;
    }

    public Vectors vectors() {
        return vectors;
    }

    public FoldIn foldIn() {
        return foldIn;
    }

    @Override
    public void close() {
        // nothing but memory
    }
}
