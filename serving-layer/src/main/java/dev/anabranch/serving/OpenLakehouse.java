package dev.anabranch.serving;

import dev.anabranch.lakehouse.Lakehouse;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;

/** The archive and the registry, opened when they are first asked for: most replicas never are. */
@ApplicationScoped
class OpenLakehouse {
    private static final Duration THERE_SOON = Duration.ofSeconds(5);

    private final ServingConfig config;
    private Lakehouse lakehouse;

    OpenLakehouse(ServingConfig config) {
        this.config = config;
    }

    /** @throws Unavailable when it cannot be opened, which may pass */
    synchronized Lakehouse get() {
        if (lakehouse == null) {
            try {
                lakehouse = Lakehouse.open(config.catalog());
            } catch (Lakehouse.UnusableException e) {
                throw new Unavailable(e.getMessage(), THERE_SOON);
            }
        }
        return lakehouse;
    }

    @PreDestroy
    synchronized void close() {
        if (lakehouse != null) {
            lakehouse.close();
        }
    }
}
