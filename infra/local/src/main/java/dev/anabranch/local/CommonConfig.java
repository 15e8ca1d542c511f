package dev.anabranch.local;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** The settings every layer reads, as far as this command hands them on. */
@ConfigMapping(prefix = "anabranch")
public interface CommonConfig {
    /** How many partitions each topic with entities has. All have the same number; it is chosen once. */
    @WithDefault("4")
    int partitions();
}
