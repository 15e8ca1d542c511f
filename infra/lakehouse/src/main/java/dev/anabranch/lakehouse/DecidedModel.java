package dev.anabranch.lakehouse;

import dev.anabranch.contract.ModelVersion;
import dev.anabranch.lakehouse.ModelDecisions.Decision;
import java.util.Optional;
import java.util.function.Consumer;

/** The version of a model that is to be live, by the newest decision about it. */
public final class DecidedModel {
    private final String name;
    private final ModelRegistry registry;
    private final ModelDecisions decisions;

    public DecidedModel(String name, ModelRegistry registry, ModelDecisions decisions) {
        this.name = name;
        this.registry = registry;
        this.decisions = decisions;
    }

    /** Publishes it, whichever it is; empty when nothing was ever decided. */
    public Optional<Decision> publish(Consumer<ModelVersion> publisher) {
        return decisions.newest(name).map(decision -> publish(decision, version(decision), publisher));
    }

    /**
     * Publishes what has just been decided. Of two who publish at once the slower could undo what the faster did: so each looks afterwards whether
     * what it has published is still what is decided, and whoever is last leaves the newest decision live.
     *
     * @param decided   the newest decision, as far as is known
     * @param version   that it is about
     * @param publisher tells the other layers, and returns when they will hear of it
     * @return the decision that is live now
     */
    public Decision publish(Decision decided, ModelVersion version, Consumer<ModelVersion> publisher) {
        publisher.accept(version);
        Decision newest = decisions.newest(name).orElseThrow();
        while (!newest.equals(decided)) {
            decided = newest;
            publisher.accept(version(decided));
            newest = decisions.newest(name).orElseThrow();
        }
        return decided;
    }

    private ModelVersion version(Decision decision) {
        return registry.version(name, decision.version())
                .orElseThrow(() -> new IllegalStateException("The registry must have " + name + " version "
                        + decision.version() + ", which decision " + decision.number() + " is about"))
                .version();
    }
}
