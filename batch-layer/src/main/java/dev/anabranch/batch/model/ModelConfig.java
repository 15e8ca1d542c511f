package dev.anabranch.batch.model;

import io.smallrye.config.ConfigMapping;
import java.util.Optional;

/** What every model's record says, whatever it is for. */
@ConfigMapping(prefix = "anabranch")
public interface ModelConfig {
    /**
     * {@code anabranch.code-revision}: the revision of the code, where it does not run from its Git work tree: an image
     * is built with it.
     */
    Optional<String> codeRevision();
}
