package dev.anabranch.faults.inject;

import dev.anabranch.faults.site.Site;
import dev.anabranch.local.Launch;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A second process of a kind of which there is one: each does what it does as if it were alone. */
final class SecondProcess {
    private SecondProcess() {}

    /** Two archivers of the same topics into the same tables. */
    static final class Archiver implements Fault {
        private static final Duration READY_WITHIN = Duration.ofSeconds(90);

        @Override
        public void inject(Scene scene) throws InterruptedException {
            var second = scene.site().secondArchiver();
            Process process = scene.site().processes().start(second);
            long deadline = System.nanoTime() + READY_WITHIN.toNanos();
            while (second.readiness().missing().isPresent()) {
                if (!process.isAlive() || System.nanoTime() > deadline) {
                    throw new CouldNotInjectException("A second archiver must run, and does not:\n"
                            + Launch.tail(scene.site().home().log(second.name())));
                }
                TimeUnit.MILLISECONDS.sleep(100);
            }
        }

        @Override
        public Recovery heal(Scene scene) {
            scene.site().processes().kill(Site.SECOND_ARCHIVER);
            return scene.signs().archives();
        }
    }

    /** Two runs of the batch layer at once, as on two machines, and with no lease between them. */
    static final class BatchRun implements Fault {
        private static final String SECOND = "batch-2";

        @Override
        public void inject(Scene scene) throws InterruptedException {
            Site site = scene.site();
            Path otherMachine = site.home().state().resolve("other-machine");
            long before = scene.batchRuns().begun();
            scene.batchRuns().hurry();
            Process second = site.platform()
                    .runToEnd(
                            site.batch(
                                    List.of("run", scene.traffic().useCase()),
                                    List.of("-Danabranch.state-dir=" + otherMachine, "-Danabranch.batch.lease=false")),
                            SECOND);
            if (scene.batchRuns().begun() == before
                    && site.processes().running(Site.BATCH).isEmpty()) {
                throw new CouldNotInjectException("No run was under way beside the second one");
            }
            String log = Launch.tail(site.home().log(SECOND));
            boolean overtaken = log.contains("Another run changed the table");
            if (second.exitValue() != 0 && !overtaken) {
                scene.note("of two runs of the batch layer at once, the second ended with exit code "
                        + second.exitValue() + ":\n" + log);
            }
        }

        @Override
        public Recovery heal(Scene scene) {
            return scene.signs().runs();
        }
    }
}
