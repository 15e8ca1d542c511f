package dev.anabranch.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.contract.BucketRange;
import dev.anabranch.contract.Experiment;
import dev.anabranch.contract.ExperimentArm;
import dev.anabranch.contract.ModelKey;
import dev.anabranch.contract.ModelVersion;
import dev.anabranch.contract.Wire;
import dev.anabranch.experiment.Variant;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LiveLineupTest {
    private static final String MODEL = "fraud";
    private static final ModelKey LIVE = ModelKey.live(MODEL);
    private static final List<String> ENTITIES =
            IntStream.range(0, 1_000).mapToObj(i -> "c-" + i).toList();

    private final List<Opened> opened = new ArrayList<>();
    private final LiveLineup<Opened> live = new LiveLineup<>(MODEL, version -> {
        if (version.getSha256().isEmpty()) {
            throw new UnusableModelException("damaged");
        }
        Opened model = new Opened(version);
        opened.add(model);
        return model;
    });

    /** What a process holds while a version is loaded. */
    private static final class Opened implements ServedModel {
        private final ModelVersion version;
        private volatile boolean closed;

        Opened(ModelVersion version) {
            this.version = version;
        }

        @Override
        public ModelVersion version() {
            return version;
        }

        long score() {
            if (closed) {
                throw new IllegalStateException("Version " + version.getVersion() + " is closed");
            }
            return version.getVersion();
        }

        @Override
        public void close() {
            assertThat(closed).as("closed once").isFalse();
            closed = true;
        }
    }

    @AfterEach
    void inTheEndEverythingIsReleased() {
        live.close();
        assertThat(opened).allSatisfy(model -> assertThat(model.closed).isTrue());
    }

    @Test
    void aModelThatIsReplacedIsReleasedWhenItsLastScoreIsDone() throws Exception {
        take(LIVE, version(1));
        live.use(lineup -> {
            take(LIVE, version(2));
            assertThat(live.version().orElseThrow().getVersion()).isEqualTo(2);
            return assertThat(lineup.live().score()).isEqualTo(1);
        });
        assertThat(opened.get(0).closed).isTrue();
        assertThat(opened.get(1).closed).isFalse();
    }

    @Test
    void threadsScoreWithoutFailureWhileModelsAndExperimentsAreSwapped() throws Exception {
        AtomicBoolean done = new AtomicBoolean();
        AtomicLong scores = new AtomicLong();
        take(LIVE, version(1));
        List<CompletableFuture<Void>> scorers = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            scorers.add(CompletableFuture.runAsync(() -> {
                while (!done.get()) {
                    live.use(lineup -> {
                        lineup.shadows().forEach(shadow -> shadow.model().score());
                        return lineup.of("c-" + scores.incrementAndGet())
                                .model()
                                .score();
                    });
                }
            }));
        }
        for (int i = 2; i < 200; i++) {
            take(ModelKey.version(MODEL, i), version(i));
            take(ModelKey.experiment(MODEL), experiment(i, arm("challenger-" + i, i, 5_000), arm("shadow-" + i, i, 0)));
            take(LIVE, version(i));
            take(ModelKey.experiment(MODEL), null);
            take(ModelKey.version(MODEL, i), null);
        }
        done.set(true);
        scorers.forEach(CompletableFuture::join);
        assertThat(scores.get()).isPositive();
        assertThat(opened.stream().filter(model -> !model.closed))
                .as("what is live")
                .hasSize(1);
    }

    @Test
    void withoutAModelNothingIsUsed() {
        assertThat(live.isPresent()).isFalse();
        assertThat(live.use(Lineup::live)).isEmpty();
        take(ModelKey.version(MODEL, 7), version(7));
        take(ModelKey.experiment(MODEL), experiment(3, arm("challenger-7", 7, 10_000)));
        assertThat(live.use(Lineup::live))
                .as("an experiment alone answers nobody")
                .isEmpty();
    }

    @Test
    void inAnExperimentEachEntityIsAnsweredByItsArmAndEveryScoreSaysWhoMadeIt() {
        take(LIVE, version(3));
        assertThat(variants()).containsExactly("champion");
        take(ModelKey.version(MODEL, 7), version(7));
        take(ModelKey.version(MODEL, 8), version(8));
        take(ModelKey.experiment(MODEL), experiment(3, arm("challenger-7", 7, 5_000), arm("shadow-8", 8, 0)));

        assertThat(variants()).containsExactlyInAnyOrder("e1.1-champion", "e1.1-challenger-7");
        live.use(lineup -> {
            assertThat(ENTITIES).allSatisfy(entity -> {
                Lineup.Part<Opened> part = lineup.of(entity);
                assertThat(part.model().score()).isEqualTo(part.variant().equals("e1.1-champion") ? 3 : 7);
                assertThat(lineup.of(entity)).as("asked again").isEqualTo(part);
            });
            return assertThat(lineup.shadows()).extracting(Lineup.Part::variant).containsExactly("e1.1-shadow-8");
        });

        take(ModelKey.experiment(MODEL), null);
        assertThat(variants()).containsExactly("champion");
        take(ModelKey.version(MODEL, 7), null);
        assertThat(opened.get(1).closed).isTrue();
    }

    @Test
    void thoseWhoseArmIsNotLoadedAreAnsweredOutsideTheExperiment() {
        take(LIVE, version(3));
        take(ModelKey.experiment(MODEL), experiment(3, arm("challenger-7", 7, 5_000)));
        assertThat(variants()).containsExactlyInAnyOrder("e1.1-champion", "champion");
        take(ModelKey.version(MODEL, 7), version(7));
        assertThat(variants()).containsExactlyInAnyOrder("e1.1-champion", "e1.1-challenger-7");
    }

    @Test
    void whenAnotherVersionIsLiveThanTheOneComparedItsScoresStandApart() {
        take(LIVE, version(3));
        take(ModelKey.version(MODEL, 7), version(7));
        take(ModelKey.experiment(MODEL), experiment(3, arm("challenger-7", 7, 5_000)));
        take(LIVE, version(4));
        assertThat(variants()).containsExactlyInAnyOrder("champion", "e1.1-challenger-7");
    }

    @Test
    void whatCannotBeUsedLeavesWhatWasThere() {
        take(LIVE, version(3));
        ModelVersion damaged = ModelVersion.newBuilder(version(7)).setSha256("").build();
        assertThatThrownBy(() -> live.take(LIVE, Wire.MODEL_VERSION.encode(damaged)))
                .isInstanceOf(UnusableModelException.class);
        byte[] twoArmsOfOneBucket =
                Wire.EXPERIMENT.encode(experiment(3, arm("challenger-7", 7, 5_000), arm("challenger-8", 8, 1)));
        assertThatThrownBy(() -> live.take(ModelKey.experiment(MODEL), twoArmsOfOneBucket))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(variants()).containsExactly("champion");
        assertThat(live.version().orElseThrow().getVersion()).isEqualTo(3);
    }

    @Test
    void theSameRecordAgainChangesNothing() throws Exception {
        take(LIVE, version(3));
        assertThat(live.take(LIVE, Wire.MODEL_VERSION.encode(version(3)))).isEmpty();
        assertThat(opened).hasSize(1);
    }

    private Set<String> variants() {
        return live.use(lineup -> {
                    Set<String> variants = new HashSet<>();
                    ENTITIES.forEach(entity -> variants.add(lineup.of(entity).variant()));
                    return variants;
                })
                .orElseThrow();
    }

    private void take(ModelKey key, Object record) {
        try {
            live.take(
                    key,
                    record instanceof ModelVersion version
                            ? Wire.MODEL_VERSION.encode(version)
                            : record == null ? null : Wire.EXPERIMENT.encode((Experiment) record));
        } catch (UnusableModelException e) {
            throw new AssertionError(e);
        }
    }

    private static ExperimentArm arm(String name, long version, int buckets) {
        return new ExperimentArm(
                name, version, Variant.isShadow(name) ? List.of() : List.of(new BucketRange(0, buckets)));
    }

    private static Experiment experiment(long champion, ExperimentArm... arms) {
        return new Experiment(MODEL, 1L, 1, 0L, 0L, champion, List.of(arms));
    }

    private static ModelVersion version(long number) {
        return new ModelVersion(
                MODEL,
                number,
                "test",
                List.of(),
                Map.of(),
                List.of(),
                Map.of(),
                "test",
                Map.of(),
                1L,
                Map.of(),
                0L,
                "digest-" + number,
                ByteBuffer.allocate(0),
                List.of(),
                null);
    }
}
