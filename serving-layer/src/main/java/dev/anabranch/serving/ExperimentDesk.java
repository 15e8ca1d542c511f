package dev.anabranch.serving;

import dev.anabranch.contract.BucketRange;
import dev.anabranch.contract.Experiment;
import dev.anabranch.contract.ExperimentArm;
import dev.anabranch.contract.ModelKey;
import dev.anabranch.contract.Topics;
import dev.anabranch.event.EventType.Violation;
import dev.anabranch.experiment.Buckets;
import dev.anabranch.experiment.Shares;
import dev.anabranch.experiment.Variant;
import dev.anabranch.lakehouse.DecidedExperiment;
import dev.anabranch.lakehouse.ExperimentResults;
import dev.anabranch.lakehouse.ExperimentResults.Found;
import dev.anabranch.lakehouse.Experiments;
import dev.anabranch.lakehouse.Experiments.Action;
import dev.anabranch.lakehouse.Experiments.Step;
import dev.anabranch.lakehouse.ModelDecisions;
import dev.anabranch.lakehouse.ModelDecisions.Decision;
import dev.anabranch.lakehouse.ModelRegistry;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletionException;
import java.util.stream.Collectors;

/** Where people begin experiments, change shares and end them. It blocks: the steps are in the archive. */
@ApplicationScoped
class ExperimentDesk {
    private final OpenLakehouse lakehouse;
    private final Models models;
    private final ModelShelf shelf;
    private final TopicWriter writer;
    private final Clock clock;

    ExperimentDesk(OpenLakehouse lakehouse, Models models, ModelShelf shelf, TopicWriter writer, Clock clock) {
        this.lakehouse = lakehouse;
        this.models = models;
        this.shelf = shelf;
        this.writer = writer;
        this.clock = clock;
    }

    /**
     * A version and its share of the entities that are not held out; of the holdout, of all.
     *
     * @param share from 0 to 1, in steps of 0.0001; 0 of a shadow
     */
    record Wanted(String arm, long version, double share) {}

    List<Step> steps(String model) {
        shelf.requireKnown(model);
        return experiments().of(model);
    }

    /** What the last run found that looked at an experiment. */
    Optional<Found> results(Experiment experiment) {
        return new ExperimentResults(lakehouse.get()).newest(experiment.getModel(), experiment.getNumber());
    }

    /**
     * Begins an experiment beside the live version.
     *
     * @throws Refused  when shares or versions break a rule
     * @throws Missing  when there is no such version
     * @throws Conflict when one is running, nothing is live, or a version is not fit to answer
     */
    Step start(String model, List<Wanted> wanted, boolean unevaluated, String by, String why) {
        long champion = champion(model);
        check(wanted, champion);
        Experiments experiments = experiments();
        Optional<Step> seen = experiments.newest(model);
        if (seen.filter(Step::running).isPresent()) {
            throw new Conflict("Experiment " + seen.get().experiment().getNumber() + " with " + model
                    + " is running, begun by " + seen.get().by() + "; it must be stopped before another begins");
        }
        fit(model, wanted, unevaluated);
        long now = clock.millis();
        long number = seen.map(step -> step.experiment().getNumber()).orElse(0L) + 1;
        Experiment begun = new Experiment(model, number, 1, now, now, champion, arms(Map.of(), wanted));
        return take(experiments, seen, Action.START, begun, by, why);
    }

    /** The same for the experiment that is running: from now on it has these arms, and nobody changes his who need not. */
    Step change(String model, List<Wanted> wanted, boolean unevaluated, String by, String why) {
        long champion = champion(model);
        check(wanted, champion);
        Experiments experiments = experiments();
        Optional<Step> seen = experiments.newest(model);
        Experiment before = running(model, seen);
        fit(model, wanted, unevaluated);
        Map<String, List<BucketRange>> had =
                before.getArms().stream().collect(Collectors.toMap(ExperimentArm::getName, ExperimentArm::getBuckets));
        Experiment changed = new Experiment(
                model,
                before.getNumber(),
                before.getPhase() + 1,
                before.getStartedMillis(),
                clock.millis(),
                champion,
                arms(had, wanted));
        return take(experiments, seen, Action.SHARES, changed, by, why);
    }

    /** Ends it: everybody is answered by the live version. What is ended already is told to all layers again. */
    Step stop(String model, String by, String why) {
        shelf.requireKnown(model);
        Experiments experiments = experiments();
        Optional<Step> seen = experiments.newest(model);
        if (seen.isPresent() && !seen.get().running()) {
            publish(model);
            return seen.get();
        }
        return take(experiments, seen, Action.STOP, running(model, seen), by, why);
    }

    /** Ends the experiment whose champion is no longer live. */
    void endedBy(Decision decision, String by, String why) {
        String told = "version " + decision.version() + " was made live: " + why;
        decided(experiments(), decision.name()).endUnlessBeside(decision, by, told, clock.millis());
        publish(decision.name());
    }

    private Experiments experiments() {
        return new Experiments(lakehouse.get());
    }

    private DecidedExperiment decided(Experiments experiments, String model) {
        return new DecidedExperiment(model, new ModelRegistry(lakehouse.get()), experiments);
    }

    private long champion(String model) {
        shelf.requireKnown(model);
        if (!models.triesVersions(model)) {
            throw new Conflict("Answers by " + model + " are not kept, so versions of it could not be compared");
        }
        return decided(model)
                .map(Decision::version)
                .orElseThrow(() -> new Conflict("No version of " + model + " was ever made live, so there is nothing to"
                        + " compare others with; make one live first"));
    }

    private Optional<Decision> decided(String model) {
        return new ModelDecisions(lakehouse.get()).newest(model);
    }

    private static Experiment running(String model, Optional<Step> seen) {
        return seen.filter(Step::running)
                .map(Step::experiment)
                .orElseThrow(() -> new Conflict("No experiment with " + model + " is running"));
    }

    private static void check(List<Wanted> wanted, long champion) {
        List<Violation> violations = new ArrayList<>();
        if (wanted.isEmpty()) {
            violations.add(new Violation("challengers", "must be given, or shadows, or a holdout", "none"));
        }
        Set<Long> versions = new TreeSet<>();
        int sum = 0;
        for (Wanted each : wanted) {
            if (!versions.add(each.version())) {
                violations.add(new Violation(
                        each.arm(), "must be of a version that has no other arm", String.valueOf(each.version())));
            }
            if (each.version() == champion && !each.arm().equals(Variant.HOLDOUT)) {
                violations.add(new Violation(
                        each.arm(), "must be of another version than the live one", String.valueOf(champion)));
            }
            if (Math.abs(each.share() * Buckets.COUNT - buckets(each)) > 1e-6) {
                violations.add(new Violation(
                        "share of " + each.arm(), "must be a multiple of 0.0001", String.valueOf(each.share())));
            }
            if (!each.arm().equals(Variant.HOLDOUT)) {
                sum += buckets(each);
            }
        }
        if (sum > Buckets.COUNT) {
            violations.add(new Violation(
                    "challengers",
                    "must have shares of 1 together at most",
                    String.valueOf(sum / (double) Buckets.COUNT)));
        }
        if (!violations.isEmpty()) {
            throw new Refused(violations);
        }
    }

    private static int buckets(Wanted arm) {
        return (int) Math.round(arm.share() * Buckets.COUNT);
    }

    /** Whoever answers somebody must be fit to; a shadow must be able to score. */
    private void fit(String model, List<Wanted> wanted, boolean unevaluated) {
        for (Wanted each : wanted) {
            if (Variant.isShadow(each.arm())) {
                if (!models.triesShadows(model)) {
                    throw new Conflict("What " + model + " would answer is judged by what people make of it, so "
                            + each.arm() + " must be a challenger: nobody would be shown its answers");
                }
                shelf.prove(shelf.version(model, each.version()).version());
            } else {
                shelf.fitToAnswer(model, each.version(), unevaluated);
            }
        }
    }

    private static List<ExperimentArm> arms(Map<String, List<BucketRange>> had, List<Wanted> wanted) {
        Map<String, Integer> drawn = new LinkedHashMap<>();
        Map<String, Integer> heldOut = new LinkedHashMap<>();
        for (Wanted each : wanted) {
            (each.arm().equals(Variant.HOLDOUT) ? heldOut : drawn).put(each.arm(), buckets(each));
        }
        Map<String, List<BucketRange>> buckets = new HashMap<>(Shares.allot(had, drawn));
        buckets.putAll(Shares.allot(had, heldOut)); // drawn apart from the others
        return wanted.stream()
                .map(each -> new ExperimentArm(each.arm(), each.version(), buckets.get(each.arm())))
                .toList();
    }

    private Step take(
            Experiments experiments, Optional<Step> seen, Action action, Experiment experiment, String by, String why) {
        Step taken = experiments
                .take(seen, action, experiment, by, why, clock.millis())
                .orElseThrow(() -> new Conflict("Somebody else decided on experiments with " + experiment.getModel()
                        + " meanwhile: "
                        + experiments
                                .newest(experiment.getModel())
                                .map(ExperimentDesk::told)
                                .orElse("none yet")));
        Optional<Decision> live = decided(experiment.getModel());
        boolean overtaken = live.isPresent()
                && decided(experiments, experiment.getModel())
                        .endUnlessBeside(
                                live.get(), live.get().by(), "another version was made live meanwhile", clock.millis());
        publish(experiment.getModel());
        if (overtaken) {
            throw new Conflict("Version " + live.get().version() + " of " + experiment.getModel()
                    + " was made live meanwhile (by " + live.get().by() + "), so the experiment is stopped");
        }
        return taken;
    }

    private static String told(Step step) {
        return step.action().name().toLowerCase(Locale.ROOT) + " of experiment "
                + step.experiment().getNumber() + " by " + step.by();
    }

    private void publish(String model) {
        decided(experiments(), model).publish(this::append);
    }

    private void append(ModelKey key, byte[] value) {
        try {
            writer.append(Topics.MODELS, key.toString(), value).join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof Unavailable unavailable
                    ? new Unavailable(
                            "The step is taken and not yet in force everywhere; stop the experiment or change its"
                                    + " shares to tell all layers again: " + unavailable.getMessage())
                    : e;
        }
    }
}
