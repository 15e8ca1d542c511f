package dev.anabranch.batch;

import dev.anabranch.lakehouse.CatalogConfig;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.time.Duration;

/** Where the platform is: the settings that every process of the batch layer shares. */
@ConfigMapping(prefix = "anabranch")
public interface PlatformConfig {
    /** {@code anabranch.kafka.*}: the broker. */
    Kafka kafka();

    /** {@code anabranch.catalog.*}: the Iceberg catalog. */
    CatalogConfig catalog();

    /** {@code anabranch.spark.*}: how Spark runs. */
    Spark spark();

    /** {@code anabranch.batch.*}: how runs are kept apart; when they are made, the scheduler's settings say. */
    Batch batch();

    /** {@code anabranch.maintenance.*}: how the tables of the archive are kept small. */
    Maintenance maintenance();

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

        /** {@code anabranch.kafka.start-wait}: how long to wait at start for the broker and its topics. */
        @WithDefault("PT60S")
        Duration startWait();
    }

    /** How Spark runs. */
    interface Spark {
        /** {@code anabranch.spark.master}: {@code local[*]} uses every core of this machine. */
        @WithDefault("local[*]")
        String master();

        /** {@code anabranch.spark.driver-host}: the address executors reach the driver at. */
        @WithDefault("127.0.0.1")
        String driverHost();

        /**
         * {@code anabranch.spark.parallelism}: how many parts work is divided into: the cores of the cluster; 0 for those of
         * this machine.
         */
        @WithDefault("0")
        int parallelism();
    }

    /** How runs are kept apart. */
    interface Batch {
        /**
         * {@code anabranch.batch.lease}: whether a run waits until no other of its use case is under way on any machine.
         * Without, the commits of the tables keep them apart, and one has worked in vain.
         */
        @WithDefault("true")
        boolean lease();
    }

    /** How the tables of the archive are kept small. */
    interface Maintenance {
        /** {@code anabranch.maintenance.files}: so many small files of one day are made into one. */
        @WithDefault("8")
        int files();

        /**
         * {@code anabranch.maintenance.keep}: older snapshots go, and with them files that have been replaced. Longer than
         * any query or run takes. Those that a registered model was trained on are kept however old they are.
         */
        @WithDefault("PT1H")
        Duration keep();
    }
}
