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

    /** How long a process may take to become ready, in seconds. One that has a lot to restore may need it. */
    @WithDefault("180")
    int readySeconds();

    /** How long a process may take to stop before it is killed, in seconds; the first stop after a build has most to do. */
    @WithDefault("60")
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

        /** Until a batch run takes over, it holds a cell for every event of every view. */
        @WithDefault("1g")
        String speed();

        /** It holds what the speed layer holds, and the batch views. */
        @WithDefault("1g")
        String serving();

        @WithDefault("48m")
        String scheduler();

        @WithDefault("2g")
        String batch();
    }
}
