package dev.anabranch.serving;

import dev.anabranch.explain.Explanation;
import dev.anabranch.explain.RankedExplanation;
import dev.anabranch.explain.Remade;
import io.smallrye.common.annotation.Blocking;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestPath;
import org.jboss.resteasy.reactive.RestQuery;

/** Why this score, why these items? */
@Path("/v1/predictions")
@Tag(name = "predictions", description = "What a prediction was made of")
@Produces(MediaType.APPLICATION_JSON)
public class ExplanationResource {
    private static final int MOST_EVENTS = 1_000;

    private final Explanations explanations;

    ExplanationResource(Explanations explanations) {
        this.explanations = explanations;
    }

    @GET
    @Path("/{id}/explanation")
    @Blocking
    @Operation(
            summary = "A prediction made again from the archive, and what it was made of",
            description =
                    "Features as of the recorded positions and the score of the recorded artifact, beside those that"
                            + " were logged; what each feature adds to the score, and the events behind it. Of an"
                            + " answer that put things in order, the same of each item, and the order; without"
                            + " events.")
    @APIResponse(
            responseCode = "200",
            description = "The explanation; \"identical\" says whether all came out as it was logged, to the bit",
            content = @Content(schema = @Schema(oneOf = {Explanation.class, RankedExplanation.class})))
    @APIResponse(
            responseCode = "404",
            description =
                    "There never was such a prediction, its retention has passed, or a release before did not log what it"
                            + " was made of; the detail says which",
            content = @Content(mediaType = Problem.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
    @APIResponse(
            responseCode = "503",
            description =
                    "It, or an event that it was made of, is not archived yet, or the archive cannot be reached; try again",
            content = @Content(mediaType = Problem.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
    public Remade explanation(
            @Parameter(description = "The predictionId or answerId of an answer") @RestPath String id,
            @Parameter(description = "How many of the events behind each view of a score are named, from 0 to 1000")
                    @RestQuery
                    @DefaultValue("20")
                    int events)
            throws InterruptedException {
        if (events < 0 || events > MOST_EVENTS) {
            throw new Refused("events", "must be between 0 and " + MOST_EVENTS, String.valueOf(events));
        }
        return explanations.explain(id, events);
    }
}
