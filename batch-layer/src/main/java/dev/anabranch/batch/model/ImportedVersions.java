package dev.anabranch.batch.model;

import dev.anabranch.batch.BatchRun;
import dev.anabranch.contract.ModelVersion;
import dev.anabranch.imported.ImportedModel;
import dev.anabranch.lakehouse.ModelJudgements;
import dev.anabranch.lakehouse.ModelRegistry;
import dev.anabranch.lakehouse.ModelRegistry.Registered;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The versions of a model that were trained elsewhere and have been measured on no labels yet. A run that has labels
 * measures them as it does its own, beside the live version and on the same rows; making one live stays with people.
 *
 * <p>Nobody here knows what such a model has learnt from: where that was the held-out rows, it looks better than it is.
 */
public final class ImportedVersions {
    private static final Logger LOG = LoggerFactory.getLogger(ImportedVersions.class);

    private final BatchRun run;
    private final String name;
    private final List<ModelVersion> waiting;

    /** @param name of the model */
    public ImportedVersions(BatchRun run, String name) {
        this.run = run;
        this.name = name;
        this.waiting = run.asOf().isPresent()
                ? List.of() // what is held out there is not the newest
                : new ModelRegistry(run.session().lakehouse())
                        .versions(name).stream()
                                .filter(registered -> !registered.evaluated())
                                .map(Registered::version)
                                .filter(ImportedModel::isOne)
                                .toList();
    }

    /** Whether there is none to measure. */
    public boolean isEmpty() {
        return waiting.isEmpty();
    }

    /**
     * Measures each and keeps what was found. Where there is too little to measure on, they go on waiting: that is nothing
     * that could be held against them.
     *
     * @param live     the version that is live, if any
     * @param features what the use case supplies today
     */
    public void judge(Gates gates, Optional<ModelVersion> live, List<String> features, HeldOut heldOut) {
        if (!waiting.isEmpty() && !gates.canTell(heldOut)) {
            String why =
                    "there must be " + gates.rows() + " rows and " + gates.positives() + " positives, got " + heldOut;
            LOG.info("No version that was trained elsewhere is judged: {}", why);
            run.stage("no judgement: " + why, () -> 0);
            return;
        }
        ModelJudgements judgements = new ModelJudgements(run.session().lakehouse());
        for (ModelVersion version : waiting) {
            run.stage("judge version " + version.getVersion(), () -> {
                ModelJudgements.Found found = Judging.of(run, gates, live, features, version, heldOut, heldOut);
                judgements.add(found);
                LOG.info(
                        "{} version {}, which was trained elsewhere, {}: {}",
                        name,
                        version.getVersion(),
                        found.judgement().passed() ? "passed its gates and may be made live" : "may not be live",
                        found.judgement().reason());
                return heldOut.rows().size();
            });
        }
    }
}
