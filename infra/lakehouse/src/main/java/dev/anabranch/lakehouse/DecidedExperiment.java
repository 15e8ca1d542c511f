package dev.anabranch.lakehouse;

import dev.anabranch.contract.ExperimentArm;
import dev.anabranch.contract.ModelKey;
import dev.anabranch.contract.Wire;
import dev.anabranch.lakehouse.Experiments.Action;
import dev.anabranch.lakehouse.Experiments.Step;
import dev.anabranch.lakehouse.ModelDecisions.Decision;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;

/** The experiment with a model that is to be in force, by the newest step that was taken. */
public final class DecidedExperiment {
    private final String model;
    private final ModelRegistry registry;
    private final Experiments experiments;

    public DecidedExperiment(String model, ModelRegistry registry, Experiments experiments) {
        this.model = model;
        this.registry = registry;
        this.experiments = experiments;
    }

    /**
     * Tells all layers, artifacts before the experiment that names them; nothing when no experiment ever was. Of two who do at
     * once the slower could undo what the faster did: so each looks afterwards whether the step he told of is still the newest, and
     * whoever is last leaves the newest in force.
     *
     * @param publisher a record of the model topic, by key; null of a tombstone; returns when all will hear of it
     */
    public void publish(BiConsumer<ModelKey, byte[]> publisher) {
        List<Step> steps = experiments.of(model);
        while (!steps.isEmpty()) {
            Step newest = last(steps);
            if (newest.running()) {
                for (ExperimentArm arm : newest.experiment().getArms()) {
                    publisher.accept(ModelKey.version(model, arm.getVersion()), artifact(arm));
                }
                publisher.accept(ModelKey.experiment(model), Wire.EXPERIMENT.encode(newest.experiment()));
            } else {
                publisher.accept(ModelKey.experiment(model), null);
            }
            leftOver(steps).forEach(version -> publisher.accept(ModelKey.version(model, version), null));
            steps = experiments.of(model);
            if (last(steps).equals(newest)) {
                return;
            }
        }
    }

    /**
     * Ends the experiment that runs beside another champion than the version that is to be live: what it would compare is not
     * there any more. It is still to be published.
     *
     * @return whether one was ended
     */
    public boolean endUnlessBeside(Decision live, String by, String why, long atMillis) {
        while (true) {
            Optional<Step> newest = experiments.newest(model);
            if (newest.filter(Step::running)
                    .filter(step -> step.experiment().getChampion() != live.version())
                    .isEmpty()) {
                return false;
            }
            if (experiments
                    .take(newest, Action.STOP, newest.get().experiment(), by, why, atMillis)
                    .isPresent()) {
                return true;
            }
        }
    }

    /** Whether what runs is what stands under the experiment's key; null where nothing stands. */
    public boolean isPublished(byte[] standing) {
        byte[] running = experiments.running(model).map(Wire.EXPERIMENT::encode).orElse(null);
        return Arrays.equals(running, standing);
    }

    /** The versions that the last two experiments had and what is in force has not. */
    private static Set<Long> leftOver(List<Step> steps) {
        Step newest = last(steps);
        Set<Long> versions = new TreeSet<>();
        steps.stream()
                .map(Step::experiment)
                .filter(experiment ->
                        experiment.getNumber() >= newest.experiment().getNumber() - 1)
                .forEach(experiment -> experiment.getArms().forEach(arm -> versions.add(arm.getVersion())));
        if (newest.running()) {
            newest.experiment().getArms().forEach(arm -> versions.remove(arm.getVersion()));
        }
        return versions;
    }

    private byte[] artifact(ExperimentArm arm) {
        return registry.version(model, arm.getVersion())
                .map(registered -> Wire.MODEL_VERSION.encode(registered.version()))
                .orElseThrow(() -> new IllegalStateException("The registry must have " + model + " version "
                        + arm.getVersion() + ", which is an arm of an experiment"));
    }

    private static Step last(List<Step> steps) {
        return steps.get(steps.size() - 1);
    }
}
