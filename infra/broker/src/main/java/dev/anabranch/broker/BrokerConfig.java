package dev.anabranch.broker;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The settings of the local broker. */
@ConfigMapping(prefix = "anabranch.broker")
public interface BrokerConfig {
    /** Where clients connect. */
    @WithDefault("19092")
    int port();

    /** Where the broker reaches its own controller. */
    @WithDefault("19093")
    int controllerPort();

    /** Where the log is kept. */
    @WithDefault(".anabranch/broker")
    Path directory();

    /**
     * Further ways in, for clients that reach the broker through something in between, a proxy say: each is
     * {@code port:advertised}, where the broker listens and where it tells clients that came that way to connect.
     */
    Optional<List<String>> proxied();
}
