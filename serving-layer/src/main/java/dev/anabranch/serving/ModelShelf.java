package dev.anabranch.serving;

import dev.anabranch.contract.ModelVersion;
import dev.anabranch.lakehouse.ModelRegistry;
import dev.anabranch.lakehouse.ModelRegistry.Entry;
import dev.anabranch.lakehouse.ModelRegistry.Registered;
import dev.anabranch.learning.LearntVersion;
import dev.anabranch.model.UnusableModelException;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;

/** The versions that there are of the models used here. It blocks: the registry is in the archive. */
@ApplicationScoped
class ModelShelf {
    private final OpenLakehouse lakehouse;
    private final Models models;

    ModelShelf(OpenLakehouse lakehouse, Models models) {
        this.lakehouse = lakehouse;
        this.models = models;
    }

    /** @throws Unknown when no model of that name is used here */
    void requireKnown(String name) {
        if (!models.names().contains(name)) {
            throw new Unknown("model", name, List.copyOf(models.names()));
        }
    }

    List<Entry> versions(String name) {
        requireKnown(name);
        return new ModelRegistry(lakehouse.get()).entries(name);
    }

    /** @throws Missing when there is none of that number */
    Registered version(String name, long number) {
        requireKnown(name);
        return new ModelRegistry(lakehouse.get())
                .version(name, number)
                .orElseThrow(() -> new Missing("There is no version " + number + " of " + name + "; there are "
                        + versions(name).stream().map(Entry::version).toList()));
    }

    /**
     * A version that may answer.
     *
     * @param unevaluated whether it may be one that was measured on no labels
     * @throws Missing  when there is none of that number
     * @throws Conflict when it did not pass its gates or has not faced them, or does not do what its record says
     */
    Registered fitToAnswer(String name, long number, boolean unevaluated) {
        Registered registered = version(name, number);
        if (!registered.evaluated() && !unevaluated) {
            String told = LearntVersion.isOne(registered.version())
                    ? " learns as labels arrive and has been measured on none yet that it has not learnt from. A batch run"
                            + " that has enough of them"
                    : " was trained elsewhere and has been measured on no labels yet. The next batch run that has labels";
            throw new Conflict("Version " + number + " of " + name + told
                    + " judges it beside the live version; 'unevaluated' must be true to let it answer all the same");
        }
        if (!registered.passed()) {
            throw new Conflict("Version " + number + " of " + name + " did not pass its gates: " + registered.gate());
        }
        prove(registered.version());
        return registered;
    }

    /** @throws Conflict when it does not do what its record says */
    void prove(ModelVersion version) {
        try {
            models.prove(version);
        } catch (UnusableModelException e) {
            throw new Conflict("Version " + version.getVersion() + " of " + version.getName() + " cannot answer: "
                    + e.getMessage());
        }
    }
}
