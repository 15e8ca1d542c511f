package dev.anabranch.vectors;

import dev.anabranch.contract.ModelVersion;
import dev.anabranch.model.ComingModel;
import dev.anabranch.model.LoadedModel;
import dev.anabranch.model.Sha256;
import dev.anabranch.model.UnusableModelException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;

/** Vectors that are made while their artifact comes: when its last part has come, so have they. */
public final class ComingVectors implements ComingModel {
    /** What says to be larger than that is not believed before its digest is known. */
    private static final long ROOM = Runtime.getRuntime().maxMemory() / 2;

    private final MessageDigest digest = Sha256.begin();
    private final VectorsReader reader = new VectorsReader(Math.min(Integer.MAX_VALUE, ROOM));

    @Override
    public void take(ByteBuffer part) {
        digest.update(part.duplicate());
        reader.take(part);
    }

    @Override
    public VectorsModel load(ModelVersion version) throws UnusableModelException {
        LoadedModel.requireDigest(version, Sha256.end(digest));
        return VectorsModel.of(version, reader::finish);
    }
}
