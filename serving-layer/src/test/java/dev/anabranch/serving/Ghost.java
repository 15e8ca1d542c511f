package dev.anabranch.serving;

import dev.anabranch.usecase.UseCases;
import java.time.Clock;
import java.time.Duration;
import java.util.Properties;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;

/** A replica that takes its share of the partitions, and answers nobody: there is nothing at its address. */
final class Ghost implements AutoCloseable {
    static final String ADDRESS = "127.0.0.1:1";

    private final Partitions partitions = new Partitions(UseCases.views(), RememberedSumsTest.NONE);
    private final KafkaStreams streams;

    Ghost(String bootstrapServers, String application, int standbys) {
        this(bootstrapServers, application, standbys, Duration.ofMillis(100));
    }

    /** @param commit how often it commits what it has read, which copies may hold then */
    Ghost(String bootstrapServers, String application, int standbys, Duration commit) {
        Consumption consumption = new Consumption();
        Properties settings = new Properties();
        settings.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
        settings.put(StreamsConfig.APPLICATION_ID_CONFIG, application);
        settings.put(StreamsConfig.APPLICATION_SERVER_CONFIG, ADDRESS);
        settings.put(StreamsConfig.NUM_STANDBY_REPLICAS_CONFIG, standbys);
        settings.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, commit.toMillis());
        settings.put(StreamsConfig.MAX_TASK_IDLE_MS_CONFIG, -1L);
        settings.put(StreamsConfig.consumerPrefix("isolation.level"), "read_committed");
        settings.put(StreamsConfig.consumerPrefix("auto.offset.reset"), "earliest");
        streams = new KafkaStreams(
                new ServingTopology(UseCases.views(), partitions, consumption).get(),
                settings,
                new WatchedClients(consumption, partitions, Duration.ofHours(1), Clock.systemUTC()));
        streams.start();
    }

    /** How many partitions it was given. */
    long keeps() {
        return partitions.all().stream().filter(KeptPartition::active).count();
    }

    @Override
    public void close() {
        streams.close(CloseOptions.groupMembershipOperation(CloseOptions.GroupMembershipOperation.LEAVE_GROUP)
                .withTimeout(Duration.ofSeconds(20)));
    }
}
