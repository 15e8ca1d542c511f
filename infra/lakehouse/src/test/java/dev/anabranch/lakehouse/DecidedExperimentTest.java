package dev.anabranch.lakehouse;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.contract.Experiment;
import dev.anabranch.contract.ExperimentArm;
import dev.anabranch.contract.ModelKey;
import dev.anabranch.contract.Wire;
import dev.anabranch.lakehouse.Experiments.Action;
import dev.anabranch.lakehouse.Experiments.Step;
import dev.anabranch.lakehouse.ModelDecisions.Decision;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DecidedExperimentTest {
    @TempDir
    private Path folder;

    private Lakehouse lakehouse;
    private Experiments experiments;
    private DecidedExperiment decided;
    /** What stands on the topic, by key, and the keys in the order of their records. */
    private final Map<ModelKey, byte[]> topic = new HashMap<>();

    private final List<ModelKey> order = new ArrayList<>();

    @BeforeEach
    void twoVersions() {
        lakehouse = Lakehouse.open(CatalogConfig.under(folder));
        ModelRegistry registry = new ModelRegistry(lakehouse);
        registry.register(ModelRegistryTest.version("fraud"), Judgement.of("test", true, "test"));
        registry.register(ModelRegistryTest.version("fraud"), Judgement.of("test", true, "test"));
        experiments = new Experiments(lakehouse);
        decided = new DecidedExperiment("fraud", registry, experiments);
    }

    @AfterEach
    void close() {
        lakehouse.close();
    }

    @Test
    void anArtifactStandsBeforeTheExperimentThatNamesIt() {
        publish();
        assertThat(topic).as("where no experiment ever was").isEmpty();
        take(Optional.empty(), Action.START, experiment(1, 2));
        publish();
        assertThat(order).containsExactly(ModelKey.version("fraud", 2), ModelKey.experiment("fraud"));
        assertThat(decided.isPublished(topic.get(ModelKey.experiment("fraud")))).isTrue();
        assertThat(decided.isPublished(null)).isFalse();
    }

    @Test
    void whatWasStoppedStandsNoMoreAndNeitherDoItsVersions() {
        Optional<Step> start = take(Optional.empty(), Action.START, experiment(1, 2));
        publish();
        take(start, Action.STOP, experiment(1, 2));
        assertThat(decided.isPublished(topic.get(ModelKey.experiment("fraud"))))
                .as("whoever stopped it died before all were told")
                .isFalse();
        publish();
        assertThat(topic.values()).containsOnlyNulls();
        assertThat(decided.isPublished(null)).isTrue();
    }

    /** The slower of two takes down the version that the faster has just put up for the next experiment. */
    @Test
    void whoFindsANewerStepAfterwardsTellsOfThat() {
        Optional<Step> start = take(Optional.empty(), Action.START, experiment(1, 2));
        publish();
        Optional<Step> stop = take(start, Action.STOP, experiment(1, 2));
        decided.publish((key, record) -> {
            if (key.equals(ModelKey.version("fraud", 2))
                    && record == null
                    && experiments.newest("fraud").equals(stop)) {
                take(stop, Action.START, experiment(2, 2));
                publish();
            }
            write(key, record);
        });
        assertThat(topic.get(ModelKey.version("fraud", 2))).isNotNull();
        assertThat(Wire.EXPERIMENT
                        .decode(topic.get(ModelKey.experiment("fraud")))
                        .getNumber())
                .isEqualTo(2);
    }

    @Test
    void anExperimentBesideAVersionThatIsNotLiveAnyMoreIsEnded() {
        take(Optional.empty(), Action.START, experiment(1, 2));
        assertThat(decided.endUnlessBeside(live(1), "run", "why", 9)).isFalse();
        assertThat(decided.endUnlessBeside(live(2), "run", "why", 9)).isTrue();
        assertThat(experiments.newest("fraud").orElseThrow().running()).isFalse();
        assertThat(decided.endUnlessBeside(live(2), "run", "why", 9)).isFalse();
    }

    private void publish() {
        decided.publish(this::write);
    }

    private void write(ModelKey key, byte[] record) {
        topic.put(key, record);
        order.add(key);
    }

    private Optional<Step> take(Optional<Step> seen, Action action, Experiment experiment) {
        Optional<Step> taken = experiments.take(seen, action, experiment, "ann", "to see", 7);
        assertThat(taken).isPresent();
        return taken;
    }

    private static Decision live(long version) {
        return new Decision("fraud", 1, version, null, "ann", "why", 1, false);
    }

    private static Experiment experiment(long number, long shadow) {
        return new Experiment(
                "fraud", number, 1, 0L, 0L, 1L, List.of(new ExperimentArm("shadow-" + shadow, shadow, List.of())));
    }
}
