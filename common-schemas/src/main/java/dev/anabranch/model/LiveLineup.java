package dev.anabranch.model;

import dev.anabranch.contract.Experiment;
import dev.anabranch.contract.ExperimentArm;
import dev.anabranch.contract.ModelKey;
import dev.anabranch.contract.ModelVersion;
import dev.anabranch.contract.Wire;
import dev.anabranch.experiment.Assignment;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;

/**
 * The lineup of one model as the records of {@link dev.anabranch.contract.Topics#MODELS} make it, swapped whole. One thread takes in
 * records, any number score; what is replaced is released when the last of them is done.
 *
 * @param <M> the kind of model
 */
public final class LiveLineup<M extends ServedModel> implements AutoCloseable {
    private final String model;
    private final Loader<M> loader;
    private final AtomicReference<Shared<Lineup<M>>> current = new AtomicReference<>();
    private final Map<Long, Shared<M>> versions = new HashMap<>();
    private Shared<M> live;
    private Assignment assignment;

    /** Makes a version ready, and has it prove itself. */
    public interface Loader<M> {
        /** @throws UnusableModelException when it does not do what its record says */
        M load(ModelVersion version) throws UnusableModelException;
    }

    /** @param model its name */
    public LiveLineup(String model, Loader<M> loader) {
        this.model = model;
        this.loader = loader;
    }

    public boolean isPresent() {
        return current.get() != null;
    }

    /** The version that is live now. */
    public Optional<ModelVersion> version() {
        return use(lineup -> lineup.live().version());
    }

    /** Applies {@code work} to the lineup, which stays loaded meanwhile; empty when nothing is live. */
    public <R> Optional<R> use(Function<Lineup<M>, R> work) {
        while (true) {
            Shared<Lineup<M>> shared = current.get();
            if (shared == null) {
                return Optional.empty();
            }
            if (shared.hold()) {
                try {
                    return Optional.of(work.apply(shared.get()));
                } finally {
                    shared.letGo();
                }
            }
            // Replaced and let go between the two looks: the next look finds its successor.
        }
    }

    /**
     * Takes in a record about this model.
     *
     * @param value null of a tombstone
     * @return what has changed, in words; empty when nothing has
     * @throws UnusableModelException   when a version does not do what its record says; then what was there stays
     * @throws IllegalArgumentException when the record cannot be read; the same
     */
    public Optional<String> take(ModelKey key, byte[] value) throws UnusableModelException {
        if (!key.model().equals(model)) {
            throw new IllegalArgumentException("The record must be about " + model + ", got " + key);
        }
        return switch (key.subject()) {
            case LIVE -> takeLive(value);
            case VERSION -> takeVersion(key.version(), value);
            case EXPERIMENT -> takeExperiment(value);
        };
    }

    private Optional<String> takeLive(byte[] value) throws UnusableModelException {
        Shared<M> next = null;
        if (value != null) {
            ModelVersion version = Wire.MODEL_VERSION.decode(value);
            if (live != null && isSame(live.get().version(), version)) {
                return Optional.empty();
            }
            next = load(version);
        } else if (live == null) {
            return Optional.empty();
        }
        Shared<M> before = live;
        live = next;
        swap();
        letGo(before);
        return Optional.of(
                next == null
                        ? model + " was withdrawn"
                        : "%s version %d (%s) is live"
                                .formatted(
                                        model,
                                        next.get().version().getVersion(),
                                        next.get().version().getAlgorithm()));
    }

    private Optional<String> takeVersion(long number, byte[] value) throws UnusableModelException {
        Shared<M> before = versions.get(number);
        if (value == null && before == null) {
            return Optional.empty();
        }
        if (value == null) {
            versions.remove(number);
        } else {
            ModelVersion version = Wire.MODEL_VERSION.decode(value);
            if (before != null && isSame(before.get().version(), version)) {
                return Optional.empty();
            }
            versions.put(number, load(version));
        }
        swap();
        letGo(before);
        return Optional.of("%s version %d is %s".formatted(model, number, value == null ? "let go" : "loaded"));
    }

    private Optional<String> takeExperiment(byte[] value) {
        Assignment next = value == null ? null : new Assignment(Wire.EXPERIMENT.decode(value));
        if (experiment(next).equals(experiment(assignment))) {
            return Optional.empty();
        }
        assignment = next;
        swap();
        return experiment(next)
                .map(begun -> "experiment %d with %s is in phase %d: %s"
                        .formatted(
                                begun.getNumber(),
                                model,
                                begun.getPhase(),
                                begun.getArms().stream()
                                        .map(ExperimentArm::getName)
                                        .toList()))
                .or(() -> Optional.of("the experiment with " + model + " has ended"));
    }

    private static Optional<Experiment> experiment(Assignment assignment) {
        return Optional.ofNullable(assignment).map(Assignment::experiment);
    }

    private Shared<M> load(ModelVersion version) throws UnusableModelException {
        M loaded = loader.load(version);
        return new Shared<>(loaded, loaded::close);
    }

    private static boolean isSame(ModelVersion one, ModelVersion other) {
        return one.getVersion() == other.getVersion() && one.getSha256().equals(other.getSha256());
    }

    private void swap() {
        Shared<Lineup<M>> next = null;
        if (live != null) {
            Lineup<M> lineup = new Lineup<>(live, assignment, versions);
            next = new Shared<>(lineup, lineup::close);
        }
        letGo(current.getAndSet(next));
    }

    private static void letGo(Shared<?> held) {
        if (held != null) {
            held.letGo();
        }
    }

    /** From now on there is no model. Called by the thread that takes in records, or after it has ended. */
    @Override
    public void close() {
        letGo(current.getAndSet(null));
        letGo(live);
        live = null;
        versions.values().forEach(Shared::letGo);
        versions.clear();
        assignment = null;
    }
}
