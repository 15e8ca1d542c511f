package dev.anabranch.local;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/**
 * The settings of the local platform. Each is a system property or an environment variable
 * ({@code ANABRANCH_LOCAL_PORTS_SERVING=9080}); options of the command go before both.
 */
@ConfigMapping(prefix = "anabranch.local")
public interface LocalConfig {
    /** Where each process listens, on 127.0.0.1. */
    PortConfig ports();

    /** The heap each process may use, as {@code -Xmx} takes it. */
    HeapConfig heap();

    /** How long a process may take to become ready, in seconds. */
    @WithDefault("60")
    int readySeconds();

    /** How long a process may take to stop before it is killed, in seconds. */
    @WithDefault("20")
    int stopSeconds();

    /** {@code anabranch.local.ports.*} */
    interface PortConfig {
        @WithDefault("19092")
        int broker();

        @WithDefault("19093")
        int controller();

        @WithDefault("8080")
        int serving();

        @WithDefault("18081")
        int archiver();

        @WithDefault("18082")
        int speed();

        @WithDefault("18083")
        int scheduler();
    }

    /** {@code anabranch.local.heap.*} */
    interface HeapConfig {
        @WithDefault("256m")
        String broker();

        @WithDefault("384m")
        String archiver();

        @WithDefault("384m")
        String speed();

        @WithDefault("384m")
        String serving();

        @WithDefault("48m")
        String scheduler();

        @WithDefault("2560m")
        String batch();
    }
}
