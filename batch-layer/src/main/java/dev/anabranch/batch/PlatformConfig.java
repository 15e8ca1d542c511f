package dev.anabranch.batch;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;

/** Where the platform is: the settings that every process of the batch layer shares. */
@ConfigMapping(prefix = "anabranch")
public interface PlatformConfig {
    /** {@code anabranch.kafka.*}: the broker. */
    Kafka kafka();

    /** {@code anabranch.catalog.*}: the Iceberg catalog. */
    Catalog catalog();

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

    /** The Iceberg catalog, kept in a database that JDBC reaches. */
    interface Catalog {
        /** {@code anabranch.catalog.uri}: the JDBC URL; the folder of an SQLite file is created when it is missing. */
        @WithDefault("jdbc:sqlite:${anabranch.state-dir:.anabranch}/catalog.db?journal_mode=WAL&busy_timeout=30000")
        String uri();

        /** {@code anabranch.catalog.warehouse}: the folder, or the URI, that the tables' files lie under. */
        @WithDefault("${anabranch.state-dir:.anabranch}/warehouse")
        String warehouse();
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
