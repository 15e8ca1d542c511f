package dev.anabranch.speed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.fraud.FraudFeatures;
import dev.anabranch.model.LoadedModel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class LiveModelTest {
    private static final double[] FEATURES = new double[FraudFeatures.NAMES.size()];

    @Test
    void aReplacedModelIsReleasedOnlyWhenNobodyScoresWithItAnyMore() {
        LoadedModel first = Models.loaded(1);
        try (LiveModel live = new LiveModel()) {
            live.swap(first);
            live.use(inFlight -> {
                live.swap(Models.loaded(2));
                assertThat(live.version().orElseThrow().getVersion()).isEqualTo(2);
                return assertThat(inFlight.score(FEATURES)).isEqualTo(0.5);
            });
            assertThatThrownBy(() -> first.score(FEATURES)).as("released").isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void threadsScoreWithoutFailureWhileModelsAreSwapped() {
        AtomicBoolean done = new AtomicBoolean();
        AtomicLong scores = new AtomicLong();
        try (LiveModel live = new LiveModel()) {
            live.swap(Models.loaded(1));
            List<CompletableFuture<Void>> scorers = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                scorers.add(CompletableFuture.runAsync(() -> {
                    while (!done.get()) {
                        assertThat(live.use(model -> model.score(FEATURES))).contains(0.5);
                        scores.incrementAndGet();
                    }
                }));
            }
            for (int version = 2; version < 60; version++) {
                live.swap(Models.loaded(version));
            }
            done.set(true);
            scorers.forEach(CompletableFuture::join);
            assertThat(scores.get()).isPositive();
        }
    }

    @Test
    void withoutAModelNothingIsUsed() {
        try (LiveModel live = new LiveModel()) {
            assertThat(live.isPresent()).isFalse();
            assertThat(live.use(model -> model.score(FEATURES))).isEmpty();
            assertThat(live.version()).isEmpty();
        }
    }
}
