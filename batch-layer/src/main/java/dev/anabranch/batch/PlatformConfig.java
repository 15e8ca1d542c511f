package dev.anabranch.batch;

import dev.anabranch.lakehouse.CatalogConfig;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;

/** Where the platform is: the settings that every process of the batch layer shares. */
@ConfigMapping(prefix = "anabranch")
public interface PlatformConfig {
    /** {@code anabranch.kafka.*}: the broker. */
    Kafka kafka();

    /** {@code anabranch.catalog.*}: the Iceberg catalog. */
    CatalogConfig catalog();

    /** {@code anabranch.spark.*}: how Spark runs. */
    Spark spark();

    /** {@code anabranch.partitions}: how many partitions every partitioned topic has. */
    @WithDefault("4")
    int partitions();

    /** {@code anabranch.state-dir}: where this machine keeps what it must remember: locks and logs of runs. */
    @WithDefault(".anabranch")
    Path stateDir();

    /** The broker. */
    interface Kafka {
        /** {@code anabranch.kafka.bootstrap-servers}: host:port, separated by commas. */
        @WithDefault("127.0.0.1:19092")
        String bootstrapServers();
    }

    /** How Spark runs. */
    interface Spark {
        /** {@code anabranch.spark.master}: {@code local[*]} uses every core of this machine. */
        @WithDefault("local[*]")
        String master();

        /** {@code anabranch.spark.driver-host}: the address executors reach the driver at. */
        @WithDefault("127.0.0.1")
        String driverHost();
    }
}
