package dev.anabranch.model;

import dev.anabranch.contract.Experiment;
import dev.anabranch.contract.ExperimentArm;
import dev.anabranch.experiment.Assignment;
import dev.anabranch.experiment.Variant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The versions of a model that score at one moment, and who is answered by which. It does not change: an answer that is made with
 * it is made with one state of affairs.
 *
 * @param <M> the kind of model
 */
public final class Lineup<M extends ServedModel> {
    private final List<Shared<M>> held = new ArrayList<>();
    private final Map<String, Part<M>> arms = new HashMap<>();
    private final List<Part<M>> shadows = new ArrayList<>();
    private final Part<M> champion;
    private final Assignment assignment;

    /**
     * A version, and what its scores are to be called.
     *
     * @param variant as {@link Variant} says
     */
    public record Part<M>(M model, String variant) {}

    /**
     * Holds every version it is made of, until it is closed.
     *
     * @param live       the version that answers whoever has no other
     * @param assignment of the experiment; null while there is none
     * @param versions   those of its arms that are loaded, by number
     */
    Lineup(Shared<M> live, Assignment assignment, Map<Long, Shared<M>> versions) {
        this.assignment = assignment;
        M model = hold(live);
        if (assignment == null) {
            champion = new Part<>(model, Variant.CHAMPION);
            return;
        }
        Experiment experiment = assignment.experiment();
        boolean isCompared = model.version().getVersion() == experiment.getChampion();
        champion = new Part<>(model, isCompared ? name(experiment, Variant.CHAMPION) : Variant.CHAMPION);
        for (ExperimentArm arm : experiment.getArms()) {
            Shared<M> version = versions.get(arm.getVersion());
            if (version != null) {
                Part<M> part = new Part<>(hold(version), name(experiment, arm.getName()));
                arms.put(arm.getName(), part);
                if (Variant.isShadow(arm.getName())) {
                    shadows.add(part);
                }
            }
        }
    }

    private static String name(Experiment experiment, String arm) {
        return new Variant(experiment.getNumber(), experiment.getPhase(), arm).toString();
    }

    private M hold(Shared<M> version) {
        if (!version.hold()) {
            throw new IllegalStateException("A version must be open to take part in a lineup");
        }
        held.add(version);
        return version.get();
    }

    /** The version that is live. */
    public M live() {
        return champion.model();
    }

    /**
     * What answers an entity. Where its arm cannot be loaded here it is the live version, outside the
     * experiment: what its arm did not answer must not be counted with those that nobody drew.
     */
    public Part<M> of(String entity) {
        if (assignment == null) {
            return champion;
        }
        Optional<ExperimentArm> arm = assignment.of(entity);
        if (arm.isEmpty()) {
            return champion;
        }
        Part<M> part = arms.get(arm.get().getName());
        return part == null ? new Part<>(champion.model(), Variant.CHAMPION) : part;
    }

    /** Whether an arm of the experiment is loaded. */
    public boolean has(String arm) {
        return arms.containsKey(arm);
    }

    /** What scores everything and answers nobody. */
    public List<Part<M>> shadows() {
        return shadows;
    }

    void close() {
        held.forEach(Shared::letGo);
    }
}
