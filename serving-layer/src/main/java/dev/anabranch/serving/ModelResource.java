package dev.anabranch.serving;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.anabranch.contract.ModelVersion;
import dev.anabranch.imported.ImportedModel;
import dev.anabranch.lakehouse.Judgement;
import dev.anabranch.lakehouse.ModelDecisions.Decision;
import dev.anabranch.lakehouse.ModelRegistry.Entry;
import dev.anabranch.lakehouse.ModelRegistry.Registered;
import dev.anabranch.view.Cuts;
import io.smallrye.common.annotation.Blocking;
import io.smallrye.common.annotation.NonBlocking;
import io.smallrye.mutiny.Uni;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.LongFunction;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestPath;
import org.jboss.resteasy.reactive.RestQuery;
import org.jboss.resteasy.reactive.RestResponse;

/** Which models are there, what is known of each version, and which one is live. */
@Path("/v1/models")
@Tag(name = "models", description = "Versions of models, and which is live")
@Produces(MediaType.APPLICATION_JSON)
public class ModelResource {
    private static final String K = "Of precision at k: among so many predictions with the highest scores";
    private static final String AT =
            "The moment the windows end at, in the hour that has begun: epoch milliseconds or an ISO-8601 instant; now when"
                    + " absent";

    private final Models models;
    private final ModelDesk desk;
    private final ModelShelf shelf;
    private final ModelQuality quality;
    private final ModelErrors errors;
    private final Clock clock;

    ModelResource(
            Models models, ModelDesk desk, ModelShelf shelf, ModelQuality quality, ModelErrors errors, Clock clock) {
        this.models = models;
        this.desk = desk;
        this.shelf = shelf;
        this.quality = quality;
        this.errors = errors;
        this.clock = clock;
    }

    /** @param models each model that is used here, without its artifact */
    public record LiveModels(List<Status.OfModel> models) {}

    /**
     * A model through time.
     *
     * @param live      the version that answers here; absent when none does
     * @param versions  all there ever were, oldest first
     * @param decisions which was to be live from when, oldest first
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record History(String name, Long live, List<Entry> versions, List<Decision> decisions) {}

    /**
     * All that is known of a version.
     *
     * @param snapshots     what it was trained from: the snapshot of the archive, by table
     * @param cut           for each origin the first offset not seen in training
     * @param views         the fingerprint of each view it reads
     * @param codeRevision  of the code that trained it
     * @param artifactBytes how much the model weighs
     * @param metrics       what it measured when it was judged
     * @param evaluated     whether it was measured on labels
     * @param passed        whether it may be live
     * @param gate          why, in words
     * @param judgement     why, in figures; absent of a version from before they were kept
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Detail(
            String name,
            long version,
            String algorithm,
            List<String> features,
            Map<String, Long> snapshots,
            List<Provenance.OriginAt> cut,
            Map<String, String> views,
            String codeRevision,
            Map<String, String> parameters,
            long seed,
            Map<String, Double> metrics,
            long createdMillis,
            String sha256,
            long artifactBytes,
            boolean evaluated,
            boolean passed,
            String gate,
            Judgement judgement) {
        static Detail of(Registered registered) {
            ModelVersion version = registered.version();
            return new Detail(
                    version.getName(),
                    version.getVersion(),
                    version.getAlgorithm(),
                    version.getFeatures(),
                    new TreeMap<>(version.getSnapshots()),
                    Provenance.list(Cuts.read(version.getCut()).origins()),
                    new TreeMap<>(version.getViews()),
                    version.getCodeRevision(),
                    new TreeMap<>(version.getParameters()),
                    version.getSeed(),
                    new TreeMap<>(registered.metrics()),
                    version.getCreatedMillis(),
                    version.getSha256(),
                    version.getArtifact().remaining(),
                    registered.evaluated(),
                    registered.passed(),
                    registered.gate(),
                    registered.judgement());
        }
    }

    /**
     * How all versions of a model have fared.
     *
     * @param live     the version that answers here; absent when none does
     * @param versions oldest first
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Qualities(String name, Long live, List<ModelQuality.OfVersion> versions) {}

    /**
     * How far off all versions of a model have been.
     *
     * @param live     the version that answers here; absent when none does
     * @param versions oldest first
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Errors(String name, Long live, List<ModelErrors.OfVersion> versions) {}

    /**
     * @param version   what is to be live
     * @param insteadOf   the version decided on before, where whoever decides wants to be sure that it still is
     * @param unevaluated true to make a version live that was trained elsewhere, or learns
     *     online, and was measured on no labels
     * @param by          who decides
     * @param why         for whoever wonders later
     */
    public record Promotion(
            @NotNull(message = "must be given") @Min(value = 1, message = "must be 1 or more")
            Long version,

            @Min(value = 1, message = "must be 1 or more") Long insteadOf,

            Boolean unevaluated,

            @NotBlank(message = "must be given") @Size(max = 200, message = "must have 200 characters at most")
            String by,

            @NotBlank(message = "must be given") @Size(max = 2000, message = "must have 2000 characters at most")
            String why) {}

    /**
     * @param by  who decides
     * @param why for whoever wonders later
     */
    public record Rollback(
            @NotBlank(message = "must be given") @Size(max = 200, message = "must have 200 characters at most")
            String by,

            @NotBlank(message = "must be given") @Size(max = 2000, message = "must have 2000 characters at most")
            String why) {}

    @GET
    @NonBlocking
    @Operation(summary = "The live version of each model", description = "Its record without the artifact.")
    public LiveModels models() {
        return new LiveModels(models.status(clock.millis()));
    }

    @GET
    @Path("/{name}")
    @Blocking
    @Operation(summary = "Every version of a model, and who decided which was live from when")
    @APIResponse(
            responseCode = "200",
            content = @Content(schema = @Schema(implementation = History.class)),
            description = "Oldest first")
    @APIResponse(
            responseCode = "404",
            description = "No such model",
            content = @Content(mediaType = Problem.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
    public History history(@Parameter(description = "fraud, say") @RestPath String name) {
        List<Entry> versions = shelf.versions(name);
        return new History(name, live(name), versions, desk.decisions(name));
    }

    @GET
    @Path("/{name}/{version}")
    @Blocking
    @Operation(
            summary = "All that is known of a version",
            description = "What it was trained from, by which code, with which parameters, and what its gates said.")
    @APIResponse(
            responseCode = "200",
            content = @Content(schema = @Schema(implementation = Detail.class)),
            description = "Its record without the artifact")
    @APIResponse(
            responseCode = "404",
            description = "No such model or version",
            content = @Content(mediaType = Problem.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
    public Detail version(@RestPath String name, @RestPath long version) {
        return Detail.of(shelf.version(name, version));
    }

    @GET
    @Path("/{name}/quality")
    @Blocking
    @Operation(
            summary = "How good each version of a model has shown itself",
            description = "Predictions that were made in the stream and have met their labels, over windows of when it"
                    + " became known what came true.")
    @APIResponse(
            responseCode = "200",
            content = @Content(schema = @Schema(implementation = Qualities.class)),
            description = "Oldest version first")
    @APIResponse(
            responseCode = "400",
            description = "A rule is broken",
            content = @Content(mediaType = Problem.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
    @APIResponse(
            responseCode = "404",
            description = "No such model, or one whose predictions do not meet labels",
            content = @Content(mediaType = Problem.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
    @APIResponse(
            responseCode = "503",
            description = "The partition of a version is still being read; try again",
            content = @Content(mediaType = Problem.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
    public Uni<Qualities> qualities(
            @RestPath String name,
            @Parameter(description = K) @RestQuery @DefaultValue("100") @Min(value = 1, message = "must be 1 or more")
                    long k,
            @Parameter(description = AT) @RestQuery String at) {
        long atMillis = Moment.read(at, "at", clock.millis());
        List<Entry> versions = shelf.versions(name);
        ModelQuality.view(name);
        return ofEach(versions, version -> quality.of(name, version, k, atMillis))
                .map(all -> new Qualities(name, live(name), all));
    }

    @GET
    @Path("/{name}/{version}/quality")
    @Blocking
    @Operation(
            summary = "How good a version of a model has shown itself",
            description = "Predictions that were made in the stream and have met their labels, over windows of when it"
                    + " became known what came true.")
    @APIResponse(
            responseCode = "200",
            content = @Content(schema = @Schema(implementation = ModelQuality.OfVersion.class)),
            description = "Its figures in each window, and how they are known")
    @APIResponse(
            responseCode = "400",
            description = "A rule is broken",
            content = @Content(mediaType = Problem.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
    @APIResponse(
            responseCode = "404",
            description = "No such model or version, or a model whose predictions do not meet labels",
            content = @Content(mediaType = Problem.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
    @APIResponse(
            responseCode = "503",
            description = "The version's partition is still being read; try again",
            content = @Content(mediaType = Problem.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
    public Uni<ModelQuality.OfVersion> quality(
            @RestPath String name,
            @RestPath long version,
            @Parameter(description = K) @RestQuery @DefaultValue("100") @Min(value = 1, message = "must be 1 or more")
                    long k,
            @Parameter(description = AT) @RestQuery String at) {
        long atMillis = Moment.read(at, "at", clock.millis());
        shelf.version(name, version);
        return quality.of(name, version, k, atMillis);
    }

    @GET
    @Path("/{name}/errors")
    @Blocking
    @Operation(
            summary = "How far off the amounts have been that each version of a model expected",
            description =
                    "Bias, mean absolute and root mean squared error of predictions that were made in the stream and have"
                            + " met their labels, in the unit of the use case: for fraud what was expected to be lost, and what was,"
                            + " in cents.")
    @APIResponse(
            responseCode = "200",
            content = @Content(schema = @Schema(implementation = Errors.class)),
            description = "Oldest version first")
    @APIResponse(
            responseCode = "400",
            description = "A rule is broken",
            content = @Content(mediaType = Problem.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
    @APIResponse(
            responseCode = "404",
            description = "No such model, or one that expects no amounts",
            content = @Content(mediaType = Problem.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
    @APIResponse(
            responseCode = "503",
            description = "The partition of a version is still being read; try again",
            content = @Content(mediaType = Problem.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
    public Uni<Errors> errors(@RestPath String name, @Parameter(description = AT) @RestQuery String at) {
        long atMillis = Moment.read(at, "at", clock.millis());
        List<Entry> versions = shelf.versions(name);
        ModelErrors.view(name);
        return ofEach(versions, version -> errors.of(name, version, atMillis))
                .map(all -> new Errors(name, live(name), all));
    }

    private static <V> Uni<List<V>> ofEach(List<Entry> versions, LongFunction<Uni<V>> asked) {
        return versions.isEmpty()
                ? Uni.createFrom().item(List.of())
                : Uni.join()
                        .all(versions.stream()
                                .map(version -> asked.apply(version.version()))
                                .toList())
                        .andFailFast();
    }

    /** The version that answers here; null when none does. */
    private Long live(String name) {
        return models.version(name).map(ModelVersion::getVersion).orElse(null);
    }

    @GET
    @Path("/{name}/{version}/errors")
    @Blocking
    @Operation(
            summary = "How far off the amounts have been that a version of a model expected",
            description = "As for all versions.")
    @APIResponse(
            responseCode = "200",
            content = @Content(schema = @Schema(implementation = ModelErrors.OfVersion.class)),
            description = "Its figures in each window, and how they are known")
    @APIResponse(
            responseCode = "400",
            description = "A rule is broken",
            content = @Content(mediaType = Problem.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
    @APIResponse(
            responseCode = "404",
            description = "No such model or version, or a model that expects no amounts",
            content = @Content(mediaType = Problem.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
    @APIResponse(
            responseCode = "503",
            description = "The version's partition is still being read; try again",
            content = @Content(mediaType = Problem.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
    public Uni<ModelErrors.OfVersion> errors(
            @RestPath String name, @RestPath long version, @Parameter(description = AT) @RestQuery String at) {
        long atMillis = Moment.read(at, "at", clock.millis());
        shelf.version(name, version);
        return errors.of(name, version, atMillis);
    }

    @POST
    @Path("/{name}")
    @Consumes(MediaType.APPLICATION_OCTET_STREAM)
    @Blocking
    @Operation(
            summary = "Keeps a model that was trained elsewhere as a version",
            description =
                    "The body is an ONNX file: one float tensor [rows, features] in, the score of each row, from 0 to 1,"
                            + " out. Kept is what can be live; it is not live until that is decided.")
    @APIResponse(
            responseCode = "201",
            content = @Content(schema = @Schema(implementation = Detail.class)),
            description = "Its record; its lineage says where it came from")
    @APIResponse(
            responseCode = "400",
            description = "It cannot be a model of that name; every rule that it breaks is named, and nothing is kept",
            content = @Content(mediaType = Problem.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
    @APIResponse(
            responseCode = "404",
            description = "No such model",
            content = @Content(mediaType = Problem.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
    public RestResponse<Detail> register(
            @RestPath String name,
            @Parameter(
                            description =
                                    "What the file takes, in order, separated by commas: names of features of the use case")
                    @RestQuery
                    @NotBlank(message = "must be given")
                    String features,
            @Parameter(
                            description =
                                    "Which of the file's outputs is the score; where only one can be, it need not be said")
                    @RestQuery
                    String output,
            @Parameter(description = "The name of the file, for the record")
                    @RestQuery
                    @NotBlank(message = "must be given")
                    @Size(max = 200, message = "must have 200 characters at most")
                    String file,
            @Parameter(description = "Who brings it")
                    @RestQuery
                    @NotBlank(message = "must be given")
                    @Size(max = 200, message = "must have 200 characters at most")
                    String by,
            @Parameter(description = "For whoever wonders later")
                    @RestQuery
                    @NotBlank(message = "must be given")
                    @Size(max = 2000, message = "must have 2000 characters at most")
                    String why,
            byte[] onnx) {
        ImportedModel.Mapping mapping = new ImportedModel.Mapping(
                Arrays.stream(features.split(",", -1)).map(String::strip).toList(), Optional.ofNullable(output));
        Registered registered = desk.register(
                name, onnx == null ? new byte[0] : onnx, mapping, new ImportedModel.Origin(file, by, why));
        return RestResponse.status(RestResponse.Status.CREATED, Detail.of(registered));
    }

    @POST
    @Path("/{name}/live")
    @Consumes(MediaType.APPLICATION_JSON)
    @Blocking
    @Operation(
            summary = "Makes a version live, on every replica and in the stream",
            description = "The decision is kept with who made it and why. A version that did not pass its gates or has"
                    + " not faced them, or that does not do what its record says, is refused.")
    @APIResponse(
            responseCode = "200",
            content = @Content(schema = @Schema(implementation = Decision.class)),
            description = "Decided, and told to all layers")
    @APIResponse(
            responseCode = "404",
            description = "No such model or version",
            content = @Content(mediaType = Problem.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
    @APIResponse(
            responseCode = "409",
            description = "The version may not be live, or somebody else decided in between; nothing has changed",
            content = @Content(mediaType = Problem.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
    public Decision makeLive(@RestPath String name, @NotNull(message = "must be given") @Valid Promotion promotion) {
        return desk.makeLive(
                name,
                promotion.version(),
                promotion.insteadOf(),
                Boolean.TRUE.equals(promotion.unevaluated()),
                promotion.by(),
                promotion.why());
    }

    @POST
    @Path("/{name}/rollback")
    @Consumes(MediaType.APPLICATION_JSON)
    @Blocking
    @Operation(
            summary = "Goes back to the version that was live before, on every replica and in the stream",
            description = "That is what was live before what is, whatever its number; called again, it goes back"
                    + " one further.")
    @APIResponse(
            responseCode = "200",
            content = @Content(schema = @Schema(implementation = Decision.class)),
            description = "Decided, and told to all layers")
    @APIResponse(
            responseCode = "409",
            description = "There is nothing to go back to, or somebody else decided in between",
            content = @Content(mediaType = Problem.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
    public Decision rollBack(@RestPath String name, @NotNull(message = "must be given") @Valid Rollback rollback) {
        return desk.rollBack(name, rollback.by(), rollback.why());
    }
}
