package dev.anabranch.serving;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.anabranch.contract.Experiment;
import dev.anabranch.contract.ExperimentArm;
import dev.anabranch.contract.ModelKey;
import dev.anabranch.experiment.ArmResult;
import dev.anabranch.experiment.ExperimentVerdict;
import dev.anabranch.experiment.Shares;
import dev.anabranch.experiment.Variant;
import dev.anabranch.lakehouse.ExperimentResults.Found;
import dev.anabranch.lakehouse.Experiments.Step;
import dev.anabranch.serving.ExperimentDesk.Wanted;
import io.smallrye.common.annotation.Blocking;
import jakarta.validation.Valid;
import jakarta.validation.constraints.DecimalMax;
import jakarta.validation.constraints.DecimalMin;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestPath;

/** Versions of a model that share its traffic, so that they can be compared. */
@Path("/v1/models/{name}/experiment")
@Tag(name = "models")
@Produces(MediaType.APPLICATION_JSON)
public class ExperimentResource {
    private final ExperimentDesk desk;
    private final Models models;

    ExperimentResource(ExperimentDesk desk, Models models) {
        this.desk = desk;
        this.models = models;
    }

    /**
     * A version and whom it answers.
     *
     * @param version its number
     * @param share   of the entities that are not held out, or of all where it is the holdout's; from 0.0001 to 1
     */
    public record Share(
            @NotNull(message = "must be given") @Min(value = 1, message = "must be 1 or more")
            Long version,

            @NotNull(message = "must be given")
            @DecimalMin(value = "0.0001", message = "must be 0.0001 or more")
            @DecimalMax(value = "1", message = "must be 1 or less")
            Double share) {}

    /**
     * Who is to be answered by what.
     *
     * @param challengers versions that answer some
     * @param shadows     versions that score everything and answer nobody
     * @param holdout     a version that the same entities keep in every experiment
     * @param unevaluated true to let a version answer that was trained elsewhere, or learns
     *     online, and was measured on no labels
     * @param by          who decides
     * @param why         for whoever wonders later
     */
    public record Arms(
            @Size(max = 20, message = "must be 20 at most")
            List<@NotNull(message = "must be given") @Valid Share> challengers,

            @Size(max = 5, message = "must be 5 at most")
            List<@NotNull(message = "must be given") @Min(value = 1, message = "must be 1 or more") Long> shadows,

            @Valid Share holdout,

            Boolean unevaluated,

            @NotBlank(message = "must be given") @Size(max = 200, message = "must have 200 characters at most")
            String by,

            @NotBlank(message = "must be given") @Size(max = 2000, message = "must have 2000 characters at most")
            String why) {
        List<Wanted> wanted() {
            List<Wanted> wanted = new ArrayList<>();
            for (Share each : challengers == null ? List.<Share>of() : challengers) {
                wanted.add(new Wanted(Variant.challenger(each.version()), each.version(), each.share()));
            }
            for (Long each : shadows == null ? List.<Long>of() : shadows) {
                wanted.add(new Wanted(Variant.shadow(each), each, 0));
            }
            if (holdout != null) {
                wanted.add(new Wanted(Variant.HOLDOUT, holdout.version(), holdout.share()));
            }
            return wanted;
        }
    }

    /**
     * An arm.
     *
     * @param name    champion, challenger-7, shadow-7 or holdout
     * @param version what scores
     * @param share   of all entities, from 0 to 1; of the champion what is left
     * @param refused why this replica does not use it; absent when it does
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Arm(String name, long version, double share, String refused) {}

    /**
     * An experiment.
     *
     * @param number        counts those with the model, from 1
     * @param phase         counts its sets of shares, from 1
     * @param startedMillis when it began, in epoch milliseconds
     * @param phaseMillis   when its shares were last changed
     * @param arms          the champion first
     */
    public record Running(long number, int phase, long startedMillis, long phaseMillis, List<Arm> arms) {}

    /**
     * What was done with an experiment.
     *
     * @param step       counts what was done with those of the model, from 1
     * @param action     start, shares or stop
     * @param experiment its number
     * @param phase      after the step
     * @param shares     of each arm but the champion, from 0 to 1: of those not held out, as they were given
     * @param by         who did it
     * @param why        in words
     * @param atMillis   when, in epoch milliseconds
     */
    public record Done(
            long step,
            String action,
            long experiment,
            int phase,
            Map<String, Double> shares,
            String by,
            String why,
            long atMillis) {
        static Done of(Step step) {
            return new Done(
                    step.step(),
                    step.action().name().toLowerCase(Locale.ROOT),
                    step.experiment().getNumber(),
                    step.experiment().getPhase(),
                    step.shares(),
                    step.by(),
                    step.why(),
                    step.atMillis());
        }
    }

    /**
     * Experiments with a model.
     *
     * @param running absent when none is
     * @param results of the newest experiment, as the last batch run found them; absent until one has looked
     * @param steps   all that was ever done, oldest first
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record History(String name, Running running, Results results, List<Done> steps) {}

    /**
     * What the arms of an experiment came to.
     *
     * @param experiment its number
     * @param phase      what is compared was assigned by the shares of this one
     * @param run        the batch run that looked
     * @param atMillis   when it did, in epoch milliseconds
     * @param arms       what each came to by itself; less loss is better
     * @param verdict    each beside the champion; it may be looked at as often as one likes
     */
    public record Results(
            long experiment, int phase, String run, long atMillis, List<Outcome> arms, ExperimentVerdict verdict) {
        static Results of(Found found) {
            return new Results(
                    found.experiment(),
                    found.phase(),
                    found.run(),
                    found.atMillis(),
                    found.arms().stream()
                            .filter(arm -> !arm.paired())
                            .map(Outcome::of)
                            .toList(),
                    ExperimentVerdict.of(found.arms(), ExperimentVerdict.Rule.USUAL));
        }
    }

    /**
     * An arm by itself.
     *
     * @param metric      the loss
     * @param entities    that it scored for
     * @param predictions that it made
     * @param labelled    those that have met their label
     * @param positives   those of them that came true
     * @param mean        loss of a labelled prediction; absent without one
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @Schema(name = "ArmOutcome")
    public record Outcome(
            String arm, String metric, long entities, long predictions, long labelled, long positives, Double mean) {
        static Outcome of(ArmResult result) {
            OptionalDouble mean = result.sums().mean();
            return new Outcome(
                    result.arm(),
                    result.metric(),
                    result.sums().entities(),
                    result.sums().predictions(),
                    result.sums().labelled(),
                    result.positives(),
                    mean.isPresent() ? mean.getAsDouble() : null);
        }
    }

    /**
     * @param by  who decides
     * @param why for whoever wonders later
     */
    public record Stop(
            @NotBlank(message = "must be given") @Size(max = 200, message = "must have 200 characters at most")
            String by,

            @NotBlank(message = "must be given") @Size(max = 2000, message = "must have 2000 characters at most")
            String why) {}

    @GET
    @Blocking
    @Operation(
            summary = "The experiment with a model, and all that was ever done",
            description =
                    "An entity has the same arm on every replica, in the stream and over REST, until shares change.")
    @APIResponse(
            responseCode = "200",
            content = @Content(schema = @Schema(implementation = History.class)),
            description = "What runs, and who did what")
    @APIResponse(
            responseCode = "404",
            description = "No such model",
            content = @Content(mediaType = Problem.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
    public History history(@RestPath String name) {
        List<Step> steps = desk.steps(name);
        if (steps.isEmpty()) {
            return new History(name, null, null, List.of());
        }
        Step newest = steps.get(steps.size() - 1);
        return new History(
                name,
                running(newest),
                desk.results(newest.experiment()).map(Results::of).orElse(null),
                steps.stream().map(Done::of).toList());
    }

    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    @Blocking
    @Operation(
            summary = "Lets versions share the traffic of the live one",
            description =
                    "Challengers answer some entities, shadows score everything and answer nobody, and a holdout keeps"
                            + " a version for the same entities in every experiment. Everybody else is answered by the live version.")
    @APIResponse(
            responseCode = "200",
            content = @Content(schema = @Schema(implementation = Running.class)),
            description = "Begun, and told to all layers")
    @APIResponse(
            responseCode = "400",
            description = "Shares pass 1, or another rule is broken; nothing has changed",
            content = @Content(mediaType = Problem.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
    @APIResponse(
            responseCode = "404",
            description = "No such model or version",
            content = @Content(mediaType = Problem.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
    @APIResponse(
            responseCode = "409",
            description =
                    "One is running, nothing is live, a version may not answer, or somebody else decided in between",
            content = @Content(mediaType = Problem.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
    public Running start(@RestPath String name, @NotNull(message = "must be given") @Valid Arms arms) {
        return running(desk.start(name, arms.wanted(), Boolean.TRUE.equals(arms.unevaluated()), arms.by(), arms.why()));
    }

    @POST
    @Path("/shares")
    @Consumes(MediaType.APPLICATION_JSON)
    @Blocking
    @Operation(
            summary = "Changes the arms of the experiment that runs, and their shares",
            description =
                    "What is given is all there will be. Nobody changes his arm who need not; what is compared begins"
                            + " anew.")
    @APIResponse(
            responseCode = "200",
            content = @Content(schema = @Schema(implementation = Running.class)),
            description = "Changed, and told to all layers")
    @APIResponse(
            responseCode = "400",
            description = "Shares pass 1, or another rule is broken; nothing has changed",
            content = @Content(mediaType = Problem.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
    @APIResponse(
            responseCode = "404",
            description = "No such model or version",
            content = @Content(mediaType = Problem.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
    @APIResponse(
            responseCode = "409",
            description = "None is running, a version may not answer, or somebody else decided in between",
            content = @Content(mediaType = Problem.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
    public Running change(@RestPath String name, @NotNull(message = "must be given") @Valid Arms arms) {
        return running(
                desk.change(name, arms.wanted(), Boolean.TRUE.equals(arms.unevaluated()), arms.by(), arms.why()));
    }

    @POST
    @Path("/stop")
    @Consumes(MediaType.APPLICATION_JSON)
    @Blocking
    @Operation(
            summary = "Ends the experiment: the live version answers everybody",
            description = "Where it is ended already, all layers are told so again.")
    @APIResponse(
            responseCode = "200",
            content = @Content(schema = @Schema(implementation = Done.class)),
            description = "Ended, and told to all layers")
    @APIResponse(
            responseCode = "409",
            description = "There never was one, or somebody else decided in between",
            content = @Content(mediaType = Problem.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
    public Done stop(@RestPath String name, @NotNull(message = "must be given") @Valid Stop stop) {
        return Done.of(desk.stop(name, stop.by(), stop.why()));
    }

    private Running running(Step step) {
        if (!step.running()) {
            return null;
        }
        Experiment experiment = step.experiment();
        List<Arm> arms = new ArrayList<>();
        Map<String, Double> shares = Shares.of(experiment);
        arms.add(new Arm(Variant.CHAMPION, experiment.getChampion(), shares.get(Variant.CHAMPION), null));
        experiment
                .getArms()
                .forEach(arm -> arms.add(new Arm(
                        arm.getName(),
                        arm.getVersion(),
                        shares.get(arm.getName()),
                        refusal(experiment, arm).orElse(null))));
        return new Running(
                experiment.getNumber(),
                experiment.getPhase(),
                experiment.getStartedMillis(),
                experiment.getPhaseMillis(),
                arms);
    }

    private Optional<String> refusal(Experiment experiment, ExperimentArm arm) {
        String model = experiment.getModel();
        return models.refusal(ModelKey.experiment(model))
                .or(() -> models.refusal(ModelKey.version(model, arm.getVersion())))
                .or(() -> models.takesPart(model, arm.getName())
                        ? Optional.empty()
                        : Optional.of("it is not loaded here (yet)"));
    }
}
