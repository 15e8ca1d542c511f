package dev.anabranch.serving;

import dev.anabranch.lakehouse.RunHistory;
import dev.anabranch.usecase.UseCase;
import dev.anabranch.usecase.UseCases;
import io.smallrye.common.annotation.Blocking;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestQuery;

/** What has the batch layer done? */
@Path("/v1/runs")
@Tag(name = "runs", description = "Runs of the batch layer")
@Produces(MediaType.APPLICATION_JSON)
public class RunResource {
    private static final int MOST = 1_000;

    private final OpenLakehouse lakehouse;

    RunResource(OpenLakehouse lakehouse) {
        this.lakehouse = lakehouse;
    }

    /** @param runs newest first */
    public record Runs(List<RunHistory.Run> runs) {}

    @GET
    @Blocking
    @Operation(
            summary = "The latest runs of the batch layer",
            description = "Who asked for each, what it read and did, how long that took, and how it ended. A run that"
                    + " was killed is not among them.")
    @APIResponse(
            responseCode = "200",
            description = "Newest first",
            content = @Content(schema = @Schema(implementation = Runs.class)))
    @APIResponse(
            responseCode = "404",
            description = "No such use case",
            content = @Content(mediaType = Problem.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
    public Runs runs(
            @Parameter(description = "Only those of this one") @RestQuery("use-case") Optional<String> useCase,
            @Parameter(description = "How many, from 1 to 1000") @RestQuery @DefaultValue("20") int n) {
        if (n < 1 || n > MOST) {
            throw new Refused("n", "must be between 1 and " + MOST, String.valueOf(n));
        }
        List<String> known = UseCases.all().stream().map(UseCase::name).toList();
        if (useCase.isPresent() && !known.contains(useCase.get())) {
            throw new Unknown("use case", useCase.get(), known);
        }
        return new Runs(new RunHistory(lakehouse.get()).newest(useCase, n));
    }
}
