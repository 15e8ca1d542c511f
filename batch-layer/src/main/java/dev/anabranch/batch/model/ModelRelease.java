package dev.anabranch.batch.model;

import dev.anabranch.batch.BatchRun;
import dev.anabranch.contract.ModelKey;
import dev.anabranch.contract.ModelVersion;
import dev.anabranch.lakehouse.DecidedExperiment;
import dev.anabranch.lakehouse.DecidedModel;
import dev.anabranch.lakehouse.Experiments;
import dev.anabranch.lakehouse.Judgement;
import dev.anabranch.lakehouse.ModelDecisions;
import dev.anabranch.lakehouse.ModelDecisions.Decision;
import dev.anabranch.lakehouse.ModelRegistry;
import dev.anabranch.lakehouse.ModelRegistry.Registered;
import dev.anabranch.model.LoadedModel;
import dev.anabranch.model.UnusableModelException;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way of a trained version to the other layers, in three steps: a row in the registry; where it passed its gates, the
 * decision that it is to be live; the record on the topic. A run that is stopped between two of them leaves nothing that
 * the next run would not finish.
 *
 * <p>What people decide while a run trains stands: the run has judged its version beside another one. And while people try
 * versions side by side, none goes live by itself, nor does one that was there to be tried when they stopped.
 */
public final class ModelRelease {
    private static final Logger LOG = LoggerFactory.getLogger(ModelRelease.class);

    /** How the name of a run begins among those who decide. */
    private static final String RUN = "batch run ";

    /** How the reason of a run begins that has gone back to an earlier version. */
    private static final String ROLLED_BACK = "rolled back: ";

    private final BatchRun run;
    private final String name;
    private final ModelRegistry registry;
    private final ModelDecisions decisions;
    private final Experiments experiments;
    private final LiveModels live;
    private Optional<Decision> seen = Optional.empty();

    /** @param name of the model */
    public ModelRelease(BatchRun run, String name) {
        this(
                run,
                name,
                new ModelRegistry(run.session().lakehouse()),
                new ModelDecisions(run.session().lakehouse()),
                new Experiments(run.session().lakehouse()),
                new LiveModels(run.session().config().kafka().bootstrapServers()));
    }

    private ModelRelease(
            BatchRun run,
            String name,
            ModelRegistry registry,
            ModelDecisions decisions,
            Experiments experiments,
            LiveModels live) {
        this.run = run;
        this.name = name;
        this.registry = registry;
        this.decisions = decisions;
        this.experiments = experiments;
        this.live = live;
    }

    /**
     * Makes up for what earlier runs were stopped in.
     *
     * @return the version that is live now, beside which new ones are judged
     */
    public Optional<ModelVersion> begin() {
        seen = decisions.newest(name);
        if (run.asOf().isPresent()) {
            return Optional.empty(); // what is live may have learnt from the rows that are held out here
        }
        registry.newestPassed(name).filter(this::isUndecided).ifPresent(version -> {
            LOG.info("{} version {} passed its gates and was never made live; it is now", name, version.getVersion());
            seen = decide(version.getVersion(), "it passed its gates in an earlier run, which was stopped");
        });
        endExperimentBesideAnother();
        return tell();
    }

    /**
     * Tells the other layers what was decided, where they do not know: the version that is to be live, and what runs beside it.
     * Decides nothing.
     *
     * @return the version that is live now
     */
    public Optional<ModelVersion> tell() {
        seen = decisions.newest(name);
        DecidedExperiment experiment = experiment();
        if (!experiment.isPublished(live.record(ModelKey.experiment(name)).orElse(null))) {
            LOG.warn("What runs beside {} was not told to all layers; it is now", name);
            experiment.publish(live::publish);
        }
        Optional<ModelVersion> published = live.latest(name);
        if (published.map(ModelVersion::getVersion).equals(seen.map(Decision::version))) {
            return published;
        }
        return publish() ? live.latest(name) : published;
    }

    /** What people were stopped in: an experiment that goes on beside a version that is not live. */
    private void endExperimentBesideAnother() {
        seen.ifPresent(decision -> experiment()
                .endUnlessBeside(
                        decision,
                        "batch run " + run.id(),
                        "version " + decision.version() + " was made live",
                        run.clock().millis()));
    }

    private DecidedExperiment experiment() {
        return new DecidedExperiment(name, registry, experiments);
    }

    /** What was decided since it was trained stands, whichever version it is about, and so does what came of an experiment. */
    private boolean isUndecided(ModelVersion version) {
        long created = version.getCreatedMillis();
        Optional<Experiments.Step> step = experiments.newest(name);
        return seen.filter(decision -> decision.atMillis() >= created).isEmpty()
                && step.filter(Experiments.Step::running).isEmpty()
                && step.filter(taken -> taken.atMillis() >= created).isEmpty();
    }

    /**
     * Registers a version, and makes it live where its gates let it.
     *
     * @param version complete but for its number
     */
    public Registered finish(ModelVersion version, Judgement judgement) {
        Registered registered = registry.register(version, judgement);
        long number = registered.version().getVersion();
        LOG.info(
                "{} version {} ({}) {}: {}",
                name,
                number,
                version.getAlgorithm(),
                judgement.passed() ? "passed its gates" : "does not go live",
                judgement.reason());
        offer(registered.version(), judgement);
        return registered;
    }

    /**
     * Makes a registered version live where its gates let it, and nobody has decided otherwise meanwhile.
     *
     * @return whether it is live now
     */
    boolean offer(ModelVersion version, Judgement judgement) {
        long number = version.getVersion();
        if (judgement.passed() && run.asOf().isPresent()) {
            LOG.info(
                    "{} version {} was trained as of {} and is not made live by itself",
                    name,
                    number,
                    run.asOf().get());
        } else if (judgement.passed()
                && experiments.newest(name).filter(Experiments.Step::running).isPresent()) {
            LOG.info(
                    "{} version {} is not made live by itself while people try versions side by side; it may be a challenger",
                    name,
                    number);
        } else if (judgement.passed()) {
            Optional<Decision> before = seen;
            seen = decide(number, judgement.reason());
            if (seen.equals(before)) {
                LOG.warn(
                        "{} version {} does not go live: {} was decided on while it was trained",
                        name,
                        number,
                        decisions.newest(name).map(Decision::version).orElse(null));
            } else {
                publish();
                return true;
            }
        }
        return false;
    }

    /**
     * Makes live again what was live before a run made another version live. What people have decided stands; two versions do not take
     * turns; and nothing changes while people try versions side by side.
     *
     * @param features what the use case supplies today
     * @return the decision; empty when there is none to go back to that still answers, or somebody else has just decided
     */
    public Optional<Decision> rollBack(String why, List<String> features) {
        seen = decisions.newest(name);
        Optional<Decision> last = seen.filter(decision -> decision.replaced() != null)
                .filter(decision ->
                        decision.by().startsWith(RUN) && !decision.why().startsWith(ROLLED_BACK))
                .filter(decision -> answers(decision.replaced(), features))
                .filter(decision -> experiments
                        .newest(name)
                        .filter(Experiments.Step::running)
                        .isEmpty());
        if (last.isEmpty()) {
            return Optional.empty();
        }
        Optional<Decision> before = seen;
        seen = decisions
                .goBack(
                        name,
                        seen,
                        last.get().replaced(),
                        RUN + run.id(),
                        ROLLED_BACK + why,
                        run.clock().millis())
                .or(() -> seen);
        if (seen.equals(before)) {
            return Optional.empty();
        }
        publish();
        return seen;
    }

    /** A version that no layer could load must not be decided on: they would keep what they have, until they are restarted. */
    private boolean answers(long version, List<String> features) {
        Optional<ModelVersion> known = registry.version(name, version).map(Registered::version);
        if (known.isEmpty()) {
            return false;
        }
        try {
            LoadedModel.load(known.get(), features).close();
            return true;
        } catch (UnusableModelException e) {
            LOG.warn("{} is not rolled back to version {}: {}", name, version, e.getMessage());
            return false;
        }
    }

    private Optional<Decision> decide(long version, String why) {
        String by = RUN + run.id();
        return decisions
                .decide(name, seen, version, by, why, run.clock().millis())
                .or(() -> seen);
    }

    private boolean publish() {
        return new DecidedModel(name, registry, decisions)
                .publish(live::publish)
                .isPresent();
    }
}
