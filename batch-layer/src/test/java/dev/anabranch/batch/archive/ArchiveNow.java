package dev.anabranch.batch.archive;

import dev.anabranch.event.EventType;
import dev.anabranch.lakehouse.Lakehouse;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.apache.avro.specific.SpecificRecord;

/** Archives what is in a topic and returns, for tests of what comes after. */
public final class ArchiveNow {
    private ArchiveNow() {}

    public static <E extends SpecificRecord> void archive(
            EventType<E> type, Lakehouse lakehouse, String bootstrapServers, int rowsACommit) {
        archive(ArchivedTopic.events(type), lakehouse, bootstrapServers, rowsACommit);
    }

    public static void archivePredictions(
            String useCase, Lakehouse lakehouse, String bootstrapServers, int rowsACommit) {
        archive(ArchivedTopic.predictions(useCase), lakehouse, bootstrapServers, rowsACommit);
    }

    private static <E extends SpecificRecord> void archive(
            ArchivedTopic<E> topic, Lakehouse lakehouse, String bootstrapServers, int rowsACommit) {
        ArchiveConfig config = new ArchiveConfig() {
            @Override
            public int maxRows() {
                return rowsACommit;
            }

            @Override
            public Duration maxDelay() {
                return Duration.ofMinutes(10);
            }

            @Override
            public int maxOpenFiles() {
                return 400;
            }

            @Override
            public Optional<List<Integer>> partitions() {
                return Optional.empty();
            }

            @Override
            public boolean acceptHoles() {
                return false;
            }
        };
        try (TopicArchiver<E> archiver = new TopicArchiver<>(
                topic,
                config,
                lakehouse,
                bootstrapServers,
                new ArchiveProgress(topic.topic(), new SimpleMeterRegistry()))) {
            archiver.runToEnd();
        }
    }
}
