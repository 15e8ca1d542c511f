package dev.anabranch.batch;

import dev.anabranch.lakehouse.CatalogConfig;
import java.nio.file.Path;
import java.time.Duration;

/** The settings of a test: a catalog and a warehouse in a folder of its own. */
public record TestPlatform(Path stateDir, String bootstrapServers, int partitions) implements PlatformConfig {
    @Override
    public Kafka kafka() {
        return new Kafka() {
            @Override
            public String bootstrapServers() {
                return bootstrapServers;
            }

            @Override
            public Duration startWait() {
                return Duration.ofSeconds(60);
            }
        };
    }

    @Override
    public CatalogConfig catalog() {
        return CatalogConfig.under(stateDir);
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

            @Override
            public int parallelism() {
                return 0;
            }
        };
    }

    @Override
    public Batch batch() {
        return () -> true;
    }

    @Override
    public Maintenance maintenance() {
        return new Maintenance() {
            @Override
            public int files() {
                return 3;
            }

            @Override
            public Duration keep() {
                return Duration.ofHours(1);
            }
        };
    }
}
