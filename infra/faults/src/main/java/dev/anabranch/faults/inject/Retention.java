package dev.anabranch.faults.inject;

import dev.anabranch.contract.Topics;
import dev.anabranch.lakehouse.CatalogConfig;
import dev.anabranch.local.Home;
import dev.anabranch.local.Launch;
import dev.anabranch.local.Services;
import dev.anabranch.local.check.ArchivedLog;
import dev.anabranch.local.check.Progress;
import dev.anabranch.view.Origin;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.TopicPartition;

/**
 * Kafka's retention passes the archiver while it is stopped. It must refuse to go on and name the range that is lost; told
 * to accept the loss, it goes on. What is deleted here are records that are no events, so that views still equal the log.
 */
final class Retention implements Fault {
    private static final Duration WITHIN = Duration.ofSeconds(90);
    private static final int DELETED = 40;

    private final Random random;
    private TopicPartition partition;
    private long end;
    private boolean stopped;

    Retention(Random random) {
        this.random = random;
    }

    @Override
    public void inject(Scene scene) throws Exception {
        String topic = scene.traffic().type().topic();
        partition = new TopicPartition(topic, random.nextInt(2));
        try (AutoCloseable quiet = scene.load().quiet();
                Admin admin =
                        Admin.create(Map.of("bootstrap.servers", scene.site().bootstrapServers()))) {
            Progress progress = new Progress(admin);
            scene.verification().readLog();
            await(
                    "every event is archived",
                    () -> archived(scene)
                            >= scene.ledger().offsets(partition.partition()).length());
            scene.site().processes().stop(Services.ARCHIVER); // told to end, it commits what waits
            stopped = true;
            long begin = end(admin, partition);
            for (int i = 0; i < DELETED; i++) {
                scene.load()
                        .poison("lost".getBytes(StandardCharsets.UTF_8), new byte[] {(byte) i}, partition.partition());
            }
            scene.load().flush();
            end = end(admin, partition);
            await(
                    "the speed layer has read all",
                    () -> progress.behind(
                                    Topics.speedApplication(scene.traffic().useCase()), List.of(topic))
                            <= 0);
            scene.verification().readLog();
            admin.deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(end)))
                    .all()
                    .get();
            scene.hole(partition, new Scene.Hole(begin, end));
            mustRefuse(scene, archived(scene));
        }
    }

    /** @param first the first offset that is not archived; if those before the deletion were no events, it is one of them */
    private void mustRefuse(Scene scene, long first) throws InterruptedException, IOException {
        Process archiver = scene.site().processes().start(scene.site().service(Services.ARCHIVER));
        boolean ended = archiver.waitFor(WITHIN.toSeconds(), TimeUnit.SECONDS);
        String said = Files.readString(scene.site().home().log(Services.ARCHIVER));
        String must = "Offsets " + first + " to " + (end - 1) + " of " + partition + " were deleted";
        if (!ended || archiver.exitValue() == 0 || !said.contains(must)) {
            scene.violated("The archiver must stop and say '" + must + "', "
                    + (ended ? "ended with exit code " + archiver.exitValue() : "went on") + ":\n"
                    + Launch.tail(scene.site().home().log(Services.ARCHIVER)));
        }
    }

    /** Up to where the partition is archived. */
    private long archived(Scene scene) {
        Home home = scene.site().home();
        try (ArchivedLog archive = new ArchivedLog(CatalogConfig.of(home.catalog(), home.warehouse()))) {
            return archive.cut(scene.traffic().type()).before(new Origin(partition.topic(), partition.partition()));
        }
    }

    private static long end(Admin admin, TopicPartition partition) throws Exception {
        return admin.listOffsets(Map.of(partition, OffsetSpec.latest()))
                .partitionResult(partition)
                .get()
                .offset();
    }

    private static void await(String what, Callable<Boolean> done) throws Exception {
        long deadline = System.nanoTime() + WITHIN.toNanos();
        while (!done.call()) {
            if (System.nanoTime() > deadline) {
                throw new CouldNotInjectException("Waited " + WITHIN.toSeconds() + " s in vain until " + what);
            }
            TimeUnit.MILLISECONDS.sleep(100);
        }
    }

    /** The operator accepts the loss; once that is behind it, the archiver runs as usual again. */
    @Override
    public Recovery heal(Scene scene) throws Exception {
        if (!stopped) {
            return scene.signs().archives();
        }
        if (scene.site().processes().running(Services.ARCHIVER).isPresent()) {
            scene.site().processes().kill(Services.ARCHIVER);
        }
        scene.site().processes().start(scene.site().archiverWith(List.of("-Danabranch.archive.accept-holes=true")));
        await("the archiver goes on without what was lost", () -> archived(scene) >= end);
        scene.site().processes().kill(Services.ARCHIVER);
        scene.site().processes().start(Services.ARCHIVER);
        return scene.signs().archives();
    }
}
