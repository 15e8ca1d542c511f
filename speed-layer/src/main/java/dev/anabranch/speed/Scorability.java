package dev.anabranch.speed;

import dev.anabranch.model.LiveLineup;
import dev.anabranch.model.LoadedModel;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;

/** Whether events can be scored at present, and how many were not, by reason. */
final class Scorability {
    private static final String UNSCORED = "anabranch.speed.unscored";

    private final LiveLineup<LoadedModel> live;
    private final Counter withoutModel;
    private final Counter overtaken;
    private final Counter failed;
    private final Counter scored;

    Scorability(String useCase, LiveLineup<LoadedModel> live, MeterRegistry metrics) {
        this.live = live;
        withoutModel = unscored("no-model", useCase, metrics);
        overtaken = unscored("overtaken", useCase, metrics);
        failed = unscored("model-failed", useCase, metrics);
        scored = Counter.builder("anabranch.speed.scored")
                .description("Events that a prediction was made for")
                .tag("use.case", useCase)
                .register(metrics);
    }

    /** Whether a model is live; without one, reading views for it would be in vain. Counts the event when there is none. */
    boolean hasModel() {
        if (live.isPresent()) {
            return true;
        }
        withoutModel.increment();
        return false;
    }

    void overtaken() {
        overtaken.increment();
    }

    void failed() {
        failed.increment();
    }

    void scored() {
        scored.increment();
    }

    LiveLineup<LoadedModel> live() {
        return live;
    }

    private static Counter unscored(String reason, String useCase, MeterRegistry metrics) {
        return Counter.builder(UNSCORED)
                .description("Events that no prediction was made for")
                .tag("use.case", useCase)
                .tag("reason", reason)
                .register(metrics);
    }
}
