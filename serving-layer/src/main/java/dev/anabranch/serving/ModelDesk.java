package dev.anabranch.serving;

import dev.anabranch.contract.ModelVersion;
import dev.anabranch.contract.Topics;
import dev.anabranch.contract.Wire;
import dev.anabranch.imported.ImportedModel;
import dev.anabranch.imported.ImportedModel.Purpose;
import dev.anabranch.imported.RefusedFileException;
import dev.anabranch.lakehouse.DecidedModel;
import dev.anabranch.lakehouse.Judgement;
import dev.anabranch.lakehouse.ModelDecisions;
import dev.anabranch.lakehouse.ModelDecisions.Decision;
import dev.anabranch.lakehouse.ModelRegistry;
import dev.anabranch.lakehouse.ModelRegistry.Registered;
import dev.anabranch.model.LargeArtifacts;
import dev.anabranch.model.Question;
import dev.anabranch.model.UnusableModelException;
import dev.anabranch.usecase.UseCases;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletionException;

/** Where people see the versions of a model and decide which one is live. It blocks: the registry is in the archive. */
@ApplicationScoped
class ModelDesk {
    private final OpenLakehouse lakehouse;
    private final Models models;
    private final ModelShelf shelf;
    private final ExperimentDesk experiments;
    private final TopicWriter writer;
    private final Clock clock;

    ModelDesk(
            OpenLakehouse lakehouse,
            Models models,
            ModelShelf shelf,
            ExperimentDesk experiments,
            TopicWriter writer,
            Clock clock) {
        this.lakehouse = lakehouse;
        this.models = models;
        this.shelf = shelf;
        this.experiments = experiments;
        this.writer = writer;
        this.clock = clock;
    }

    List<Decision> decisions(String name) {
        shelf.requireKnown(name);
        return new ModelDecisions(lakehouse.get()).of(name);
    }

    /**
     * Makes a version live, everywhere. An experiment with the model ends with it: its champion is no more.
     *
     * @param insteadOf   the version that whoever decides believes to be decided on; null when he does not say
     * @param unevaluated whether a version may be live that was measured on no labels
     * @throws Missing     when there is no such version
     * @throws Conflict    when it did not pass its gates or has not faced them, does not do what its record says, or
     *     somebody else decided
     * @throws Unavailable when the archive or the broker cannot be reached
     */
    Decision makeLive(String name, long number, Long insteadOf, boolean unevaluated, String by, String why) {
        return makeLive(name, number, insteadOf, unevaluated, by, why, false);
    }

    private Decision makeLive(
            String name, long number, Long insteadOf, boolean unevaluated, String by, String why, boolean back) {
        Registered registered = shelf.fitToAnswer(name, number, unevaluated);
        ModelDecisions decisions = new ModelDecisions(lakehouse.get());
        Optional<Decision> seen = decisions.newest(name);
        Long current = seen.map(Decision::version).orElse(null);
        if (insteadOf != null && !insteadOf.equals(current)) {
            throw new Conflict("The version of " + name + " to be replaced must be the one decided on last, "
                    + told(seen) + ", got " + insteadOf);
        }
        Optional<Decision> decided = current != null && current == number
                ? seen
                : back
                        ? decisions.goBack(name, seen, number, by, why, clock.millis())
                        : decisions.decide(name, seen, number, by, why, clock.millis());
        Decision made = publish(
                decided.orElseThrow(() -> new Conflict(
                        "Somebody else decided on " + name + " meanwhile: " + told(decisions.newest(name)))),
                registered.version(),
                decisions);
        experiments.endedBy(made, by, why);
        return made;
    }

    /**
     * Keeps a model that was trained elsewhere as a version. It is not live: that is decided apart.
     *
     * @throws Refused     when the file cannot be a model of that name; nothing is kept
     * @throws Unavailable when the archive cannot be reached
     */
    Registered register(String name, byte[] file, ImportedModel.Mapping mapping, ImportedModel.Origin origin) {
        shelf.requireKnown(name);
        Purpose purpose = new Purpose(name, models.features(name), fingerprints(name));
        ModelVersion version;
        try {
            version = ImportedModel.of(file, purpose, mapping, origin, clock.millis());
            models.prove(version);
        } catch (RefusedFileException e) {
            throw new Refused(e.violations());
        } catch (UnusableModelException e) {
            throw new Refused("onnx", "must prove itself", e.getMessage());
        }
        return new ModelRegistry(lakehouse.get())
                .register(
                        version,
                        Judgement.of(
                                "signature",
                                true,
                                "it was trained elsewhere: what it takes and gives was checked, and it has been measured"
                                        + " on no labels yet"));
    }

    /** Of the views that the features of a model are made of. */
    private static Map<String, String> fingerprints(String model) {
        Map<String, String> fingerprints = new TreeMap<>();
        UseCases.named(model)
                .map(useCase -> useCase.question().map(Question::views).orElseGet(useCase::views))
                .orElse(List.of())
                .forEach(view -> fingerprints.put(view.name(), view.fingerprint()));
        return fingerprints;
    }

    /** Makes live what was live before what is. */
    Decision rollBack(String name, String by, String why) {
        List<Decision> all = decisions(name);
        if (all.isEmpty()) {
            throw new Conflict("Nothing was ever decided on " + name + ", so there is nothing to go back to");
        }
        long current = all.get(all.size() - 1).version();
        long earlier = ModelDecisions.before(all)
                .orElseThrow(
                        () -> new Conflict("No version of " + name + " before version " + current + " was ever live"));
        return makeLive(name, earlier, current, true, by, why, true); // it was live before
    }

    /** Acknowledged before it returns: every replica and the stream hear of it at once. */
    private Decision publish(Decision decided, ModelVersion decidedOn, ModelDecisions decisions) {
        String name = decided.name();
        DecidedModel model = new DecidedModel(name, new ModelRegistry(lakehouse.get()), decisions);
        return model.publish(decided, decidedOn, version -> {
            try {
                ModelVersion published = LargeArtifacts.parted(
                        version,
                        (key, part) -> writer.append(Topics.ARTIFACTS, key, part)
                                .join()
                                .offset());
                writer.append(Topics.MODELS, name, Wire.MODEL_VERSION.encode(published))
                        .join();
            } catch (CompletionException e) {
                throw e.getCause() instanceof Unavailable unavailable
                        ? new Unavailable("Version " + version.getVersion() + " is decided on and not yet live; ask for"
                                + " it again: " + unavailable.getMessage())
                        : e;
            }
        });
    }

    private static String told(Optional<Decision> decision) {
        return decision.map(d -> "version " + d.version() + " (by " + d.by() + ")")
                .orElse("none yet");
    }
}
