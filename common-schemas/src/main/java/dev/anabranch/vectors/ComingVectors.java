package dev.anabranch.vectors;

import dev.anabranch.contract.ModelVersion;
import dev.anabranch.model.ComingModel;
import dev.anabranch.model.Sha256;
import dev.anabranch.model.UnusableModelException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;

/** Vectors that are made while their artifact comes: when its last part has come, so have they. */
public final class ComingVectors implements ComingModel {
    /** What would take more than half of the heap is not begun: nothing of it is known to be true before its digest is. */
    private static final long ROOM = Runtime.getRuntime().maxMemory() / 2;

    private final MessageDigest digest = Sha256.begin();
    private final VectorsReader reader = new VectorsReader(Integer.MAX_VALUE, ROOM);

    @Override
    public void take(ByteBuffer part) {
        digest.update(part.duplicate());
        reader.take(part);
    }

    @Override
    public String sha256() {
        return Sha256.end(digest);
    }

    @Override
    public VectorsModel load(ModelVersion version) throws UnusableModelException {
        return VectorsModel.of(version, reader::finish);
    }
}
