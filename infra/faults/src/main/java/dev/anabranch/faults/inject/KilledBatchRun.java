package dev.anabranch.faults.inject;

import dev.anabranch.faults.site.Site;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/** A run of the batch layer killed in the middle of one of its stages, as its log tells them. */
final class KilledBatchRun implements Fault {
    private static final Duration WITHIN = Duration.ofSeconds(240);

    /** A stage, from one line of the log to another. */
    enum Stage {
        VIEWS("starting Spark", "publish ", 4_000, 4_000),
        PUBLISHING("advance ", "training set", 0, 600),
        TRAINING("training set", "done in", 0, 4_000);

        private final String after;
        private final String before;
        private final int wait;
        private final int spread;

        Stage(String after, String before, int wait, int spread) {
            this.after = after;
            this.before = before;
            this.wait = wait;
            this.spread = spread;
        }
    }

    private final Stage stage;
    private final Random random;

    KilledBatchRun(Stage stage, Random random) {
        this.stage = stage;
        this.random = random;
    }

    @Override
    public void inject(Scene scene) throws InterruptedException {
        long deadline = System.nanoTime() + WITHIN.toNanos();
        String seen = "nothing";
        while (System.nanoTime() < deadline) {
            scene.batchRuns().hurry();
            seen = scene.batchRuns().log();
            if (seen.contains(stage.after) && !seen.contains(stage.before)) {
                TimeUnit.MILLISECONDS.sleep(stage.wait + random.nextInt(stage.spread));
                boolean still = scene.site().processes().running(Site.BATCH).isPresent()
                        && !scene.batchRuns().log().contains(stage.before);
                if (still) {
                    scene.site().processes().kill(Site.BATCH);
                    return;
                }
            }
            TimeUnit.MILLISECONDS.sleep(20);
        }
        throw new CouldNotInjectException("No run of the batch layer was met in its stage " + stage + " within "
                + WITHIN.toSeconds() + " s; " + scene.batchRuns().lastFailure());
    }

    @Override
    public Recovery heal(Scene scene) {
        return scene.signs().runs();
    }
}
