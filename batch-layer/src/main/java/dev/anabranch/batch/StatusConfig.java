package dev.anabranch.batch;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.util.OptionalInt;

/** Where a process answers for its health and its metrics. */
@ConfigMapping(prefix = "anabranch.status")
public interface StatusConfig {
    /** {@code anabranch.status.host}: the address to bind to. */
    @WithDefault("127.0.0.1")
    String host();

    /** {@code anabranch.status.port}: the port; each process has its own when none is set. */
    OptionalInt port();
}
