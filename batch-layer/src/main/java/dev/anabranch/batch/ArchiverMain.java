package dev.anabranch.batch;

import dev.anabranch.batch.archive.ArchiveConfig;
import dev.anabranch.batch.archive.ArchivedTopic;
import dev.anabranch.batch.archive.Archiver;
import dev.anabranch.batch.archive.LostRecordsException;
import dev.anabranch.lakehouse.Lakehouse;
import dev.anabranch.process.Settings;
import dev.anabranch.process.StatusServer;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

/** The archiver: a process that runs all the time and ends, in order, when it is told to. */
public final class ArchiverMain {
    private static final int STATUS_PORT = 18081;

    private ArchiverMain() {}

    public static void main(String[] arguments) {
        try {
            run();
        } catch (Brokers.UnreachableException
                | Lakehouse.UnusableException
                | LostRecordsException
                | IllegalArgumentException
                | IOException e) {
            System.err.println(e.getMessage());
            System.exit(1);
        } catch (InterruptedException e) {
            System.exit(1);
        } catch (RuntimeException | Error e) { // threads that are left would keep the process, and nobody would know
            e.printStackTrace();
            System.exit(1);
        }
    }

    private static void run() throws IOException, InterruptedException {
        PlatformConfig platform = Settings.read(PlatformConfig.class);
        ArchiveConfig config = Settings.read(ArchiveConfig.class);
        StatusConfig statusConfig = Settings.read(StatusConfig.class);
        List<ArchivedTopic<?>> topics = ArchivedTopic.all();
        AtomicReference<Archiver> running = new AtomicReference<>();
        try (StatusServer status = new StatusServer(
                        statusConfig.host(), statusConfig.port().orElse(STATUS_PORT), () -> readiness(running.get()));
                Lakehouse lakehouse = Lakehouse.open(platform.catalog())) {
            String bootstrapServers = platform.kafka().bootstrapServers();
            Brokers.await(
                    bootstrapServers,
                    topics.stream().map(ArchivedTopic::topic).toList(),
                    platform.kafka().startWait());
            try (Archiver archiver = new Archiver(topics, config, lakehouse, bootstrapServers, status.metrics())) {
                running.set(archiver);
                Runtime.getRuntime().addShutdownHook(new Thread(archiver::close, "stop"));
                archiver.start();
                archiver.await();
            }
        }
    }

    private static StatusServer.Readiness readiness(Archiver archiver) {
        return archiver == null
                ? new StatusServer.Readiness(false, "waiting for Kafka")
                : new StatusServer.Readiness(archiver.reading(), archiver.describe());
    }
}
