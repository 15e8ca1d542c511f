package dev.anabranch.faults.inject;

import dev.anabranch.faults.site.Site;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** A process stopped with SIGSTOP and continued: to itself no time has passed. */
final class PausedProcess implements Fault {
    private static final Duration RUN_WITHIN = Duration.ofSeconds(120);

    private final String name;

    PausedProcess(String name) {
        this.name = name;
    }

    @Override
    public void inject(Scene scene) throws InterruptedException {
        if (name.equals(Site.BATCH)) {
            awaitRun(scene);
        }
        if (scene.site().processes().running(name).isEmpty()) {
            throw new CouldNotInjectException("The " + name + " does not run");
        }
        scene.site().processes().pause(name);
    }

    private void awaitRun(Scene scene) throws InterruptedException {
        scene.batchRuns().hurry();
        long deadline = System.nanoTime() + RUN_WITHIN.toNanos();
        while (scene.site().processes().running(name).isEmpty() && System.nanoTime() < deadline) {
            TimeUnit.MILLISECONDS.sleep(50);
        }
    }

    @Override
    public Recovery heal(Scene scene) {
        scene.site().processes().resume(name);
        return scene.signs().of(name);
    }
}
