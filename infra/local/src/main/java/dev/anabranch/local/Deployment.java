package dev.anabranch.local;

import dev.anabranch.lakehouse.CatalogConfig;
import dev.anabranch.process.Settings;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/**
 * A platform that others run: where its parts are, as the settings say that its own processes read.
 */
@ConfigMapping(prefix = "anabranch")
public interface Deployment {
    /** {@code anabranch.kafka.*}: the broker. */
    Kafka kafka();

    /** {@code anabranch.catalog.*}: where the archive is. */
    CatalogConfig catalog();

    /** {@code anabranch.partitions}: how many each topic with entities has. */
    @WithDefault("4")
    int partitions();

    /** {@code anabranch.topics.*}: how topics are made. */
    Topics topics();

    /** The broker. */
    interface Kafka {
        /** {@code anabranch.kafka.bootstrap-servers}: host:port, separated by commas. */
        @WithDefault("127.0.0.1:19092")
        String bootstrapServers();

        /** {@code anabranch.kafka.start-wait}: how long to wait for the broker. */
        @WithDefault("PT20S")
        Duration startWait();
    }

    /** How topics are made. */
    interface Topics {
        /** {@code anabranch.topics.replication-factor}: how many brokers keep each partition. */
        @WithDefault("1")
        int replicationFactor();

        /**
         * {@code anabranch.topics.continue-archive}: whether topics that are new begin where the archive ends: for an archive
         * whose log is lost.
         */
        @WithDefault("false")
        boolean continueArchive();
    }

    /** As the settings of this process have it. */
    static Deployment ofTheSettings() {
        return Settings.read(Deployment.class);
    }

    /** @throws Problem when no broker answers in time, naming the setting */
    default void requireBroker() throws InterruptedException {
        require(1, "anabranch.kafka.bootstrap-servers");
    }

    /** @throws Problem when there are not as many brokers in time as are to keep each partition, naming the setting */
    default void requireBrokers() throws InterruptedException {
        require(topics().replicationFactor(), "anabranch.topics.replication-factor");
    }

    private void require(int brokers, String setting) throws InterruptedException {
        String servers = kafka().bootstrapServers();
        BrokerReadiness broker = new BrokerReadiness(servers, brokers);
        long deadline = System.nanoTime() + kafka().startWait().toNanos();
        String missing;
        do {
            missing = broker.missing().orElse(null);
            if (missing == null) {
                return;
            }
            Thread.sleep(250);
        } while (System.nanoTime() < deadline);
        throw new Problem("Kafka must answer at " + servers + " within "
                + kafka().startWait().toSeconds() + " s: " + missing + " (" + setting + ")");
    }
}
