package dev.anabranch.speed;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The settings of the speed layer. */
@ConfigMapping(prefix = "anabranch")
public interface SpeedSettings {
    Kafka kafka();

    /** How many partitions every topic has that is partitioned by entity; the topics must have as many. */
    @WithDefault("4")
    int partitions();

    /** The directory that processes keep their local state in; the speed layer uses {@code speed} in it. */
    @WithDefault(".anabranch/state")
    Path stateDir();

    Status status();

    Speed speed();

    /** The broker. */
    interface Kafka {
        /** Where to ask for the brokers: {@code host:port}, several with commas. */
        @WithDefault("127.0.0.1:19092")
        String bootstrapServers();
    }

    /** Health and metrics over HTTP. */
    interface Status {
        /** The address to bind to. */
        @WithDefault("127.0.0.1")
        String host();

        /** The port to bind to; 0 for any free one. */
        @WithDefault("18082")
        int port();
    }

    /** The engine. */
    interface Speed {
        /** Where cells and batch rows are kept: {@code memory} or {@code rocksdb}. */
        @WithDefault("memory")
        StoreKind store();

        /**
         * The use cases that this process runs, with commas between; all on the class path unless told. A process for each
         * lets them grow apart.
         */
        Optional<List<String>> useCases();

        /**
         * Names this instance among those of the same application, so that it takes its own place again at once when it
         * is killed and restarted, instead of waiting for its former self to time out. No two that run at once may bear
         * the same name: the later one fences the earlier. Unless told, the name of the host and the status port.
         */
        Optional<String> instance();

        /** How often what was folded becomes visible to readers. */
        @WithDefault("PT0.025S")
        Duration commitInterval();

        /** How many stream threads a use case has; more than partitions are of no use. */
        @WithDefault("1")
        int threads();

        /** How long after the last sign of life of an instance the others take over its partitions. */
        @WithDefault("PT10S")
        Duration sessionTimeout();

        /**
         * How long a record of a batch view stays in its topic after its successor was written, at least: the topic's
         * {@code min.compaction.lag.ms}, less what clocks may differ by. Who reads later than that may find holes.
         */
        @WithDefault("PT30M")
        Duration wholeFor();

        /** How long to wait at start for the broker, for the topics and for the models to be read. */
        @WithDefault("PT60S")
        Duration startTimeout();
    }
}
