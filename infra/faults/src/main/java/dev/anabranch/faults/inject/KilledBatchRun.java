package dev.anabranch.faults.inject;

import dev.anabranch.faults.load.Load;
import dev.anabranch.faults.site.Site;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/** A run of the batch layer killed in the middle of one of its stages, as its log tells them. */
final class KilledBatchRun implements Fault {
    private static final Duration WITHIN = Duration.ofSeconds(240);

    /** Old enough to be followed by a label each, most of them: a block of labels for every partition. */
    private static final int EVENTS_WORTH_TRAINING = 6_000;

    /** A stage: its log has a line for each stage that is done. */
    enum Stage {
        VIEWS(4_000, 4_000) {
            @Override
            boolean underWay(String log) {
                return log.contains("starting Spark") && count(log, " publish ") == 0;
            }
        },
        PUBLISHING(0, 400) {
            @Override
            boolean underWay(String log) {
                return count(log, " advance ") > count(log, " publish ");
            }
        },
        TRAINING(0, 4_000) {
            @Override
            boolean underWay(String log) {
                return log.contains(" training set") && !log.contains(" done in ");
            }
        };

        private final int waitMillis;
        private final int spreadMillis;

        Stage(int waitMillis, int spreadMillis) {
            this.waitMillis = waitMillis;
            this.spreadMillis = spreadMillis;
        }

        abstract boolean underWay(String log);

        private static int count(String log, String what) {
            return log.split(what, -1).length - 1;
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
        if (stage == Stage.TRAINING) {
            // A run trains nothing unless the cut has moved past labels, and it moves by blocks.
            scene.load().send(EVENTS_WORTH_TRAINING, Load.Shape.LATE, random);
        }
        long deadline = System.nanoTime() + WITHIN.toNanos();
        while (System.nanoTime() < deadline) {
            scene.batchRuns().hurry();
            if (stage.underWay(scene.batchRuns().log())) {
                TimeUnit.MILLISECONDS.sleep(stage.waitMillis + random.nextInt(stage.spreadMillis));
                boolean still = scene.site().processes().running(Site.BATCH).isPresent()
                        && stage.underWay(scene.batchRuns().log());
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
