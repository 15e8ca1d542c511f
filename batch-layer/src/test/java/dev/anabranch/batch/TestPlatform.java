package dev.anabranch.batch;

import java.nio.file.Path;

/** The settings of a test: a catalog and a warehouse in a folder of its own. */
public record TestPlatform(Path stateDir, String bootstrapServers, int partitions) implements PlatformConfig {
    @Override
    public Kafka kafka() {
        return () -> bootstrapServers;
    }

    @Override
    public Catalog catalog() {
        return new Catalog() {
            @Override
            public String uri() {
                return "jdbc:sqlite:" + stateDir.resolve("catalog.db") + "?journal_mode=WAL&busy_timeout=30000";
            }

            @Override
            public String warehouse() {
                return stateDir.resolve("warehouse").toString();
            }
        };
    }

    @Override
    public Spark spark() {
        return new Spark() {
            @Override
            public String master() {
                return "local[2]";
            }

            @Override
            public String driverHost() {
                return "127.0.0.1";
            }
        };
    }
}
