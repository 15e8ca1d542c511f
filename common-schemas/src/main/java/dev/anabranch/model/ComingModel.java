package dev.anabranch.model;

import dev.anabranch.contract.ModelVersion;
import java.nio.ByteBuffer;

/** A model that is made of its artifact as that comes, a part after the other. For one thread at a time. */
public interface ComingModel {
    /**
     * Takes the next part, an array's buffer, leaving it as it was.
     *
     * @throws IllegalArgumentException when it is not of such an artifact; then nothing more may be taken
     */
    void take(ByteBuffer part);

    /** The digest of all that has come, in lower-case hexadecimal. Asked once, after the last part. */
    String sha256();

    /**
     * The model, when the whole artifact has come, and has it prove itself.
     *
     * @param version what its record says, of an artifact with this digest
     * @throws UnusableModelException when it does not do that
     */
    ServedModel load(ModelVersion version) throws UnusableModelException;
}
