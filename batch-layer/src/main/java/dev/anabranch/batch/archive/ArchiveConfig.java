package dev.anabranch.batch.archive;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** How the archiver works. */
@ConfigMapping(prefix = "anabranch.archive")
public interface ArchiveConfig {
    /** {@code anabranch.archive.max-rows}: a topic is committed when this many rows are waiting. */
    @WithDefault("500000")
    int maxRows();

    /** {@code anabranch.archive.max-delay}: a topic is committed when its oldest waiting row is this old. */
    @WithDefault("PT5S")
    Duration maxDelay();

    /**
     * {@code anabranch.archive.max-open-files}: a topic is committed when its waiting rows fall on this many days: each
     * open file holds buffers, some .6 MB of them where rows have thirteen columns.
     */
    @WithDefault("200")
    int maxOpenFiles();

    /**
     * {@code anabranch.archive.partitions}: only these partitions of every topic, separated by commas, so that several
     * archivers may share the work. All of them when it is not set.
     */
    Optional<List<Integer>> partitions();

    /**
     * {@code anabranch.archive.accept-holes}: whether to go on where records were deleted from a topic before they were
     * archived. They are lost, and with them the promise that views equal a fold over the whole log.
     */
    @WithDefault("false")
    boolean acceptHoles();
}
