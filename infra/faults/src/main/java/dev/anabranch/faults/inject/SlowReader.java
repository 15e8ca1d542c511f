package dev.anabranch.faults.inject;

import dev.anabranch.faults.load.Load;
import dev.anabranch.faults.site.Link;
import dev.anabranch.local.Services;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/**
 * The serving layer reads slowly while a generation is published: it learns late what the batch layer has taken over, and
 * meanwhile sees the speed layer prune.
 */
final class SlowReader implements Fault {
    private static final Duration WITHIN = Duration.ofSeconds(240);

    /** Blocks for every partition, so that there is something to take over, and to prune. */
    private static final int EVENTS_WORTH_A_GENERATION = 9_000;

    private final Random random;

    SlowReader(Random random) {
        this.random = random;
    }

    @Override
    public void inject(Scene scene) throws InterruptedException {
        scene.load().send(EVENTS_WORTH_A_GENERATION, Load.Shape.USUAL, random);
        scene.load().flush();
        long deadline = System.nanoTime() + WITHIN.toNanos();
        while (System.nanoTime() < deadline) {
            scene.batchRuns().hurry();
            if (scene.batchRuns().publishing()) {
                scene.site().link(Services.SERVING).become(Link.Quality.SLOW);
                return;
            }
            TimeUnit.MILLISECONDS.sleep(20);
        }
        throw new CouldNotInjectException("No run of the batch layer published anything within " + WITHIN.toSeconds()
                + " s; " + scene.batchRuns().lastFailure());
    }

    @Override
    public Recovery heal(Scene scene) {
        scene.site().link(Services.SERVING).become(Link.Quality.GOOD);
        return scene.signs().of(Services.SERVING);
    }
}
