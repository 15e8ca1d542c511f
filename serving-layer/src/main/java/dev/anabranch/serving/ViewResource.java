package dev.anabranch.serving;

import dev.anabranch.event.EventType;
import dev.anabranch.usecase.UseCases;
import dev.anabranch.view.View;
import io.smallrye.common.annotation.NonBlocking;
import io.smallrye.mutiny.Uni;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.UriInfo;
import java.time.Clock;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestPath;
import org.jboss.resteasy.reactive.RestQuery;

/** What is known of an entity? */
@Path("/v1/views")
@Tag(name = "views", description = "What is known of entities: batch part, speed part, and both merged")
@Produces(MediaType.APPLICATION_JSON)
@NonBlocking
public class ViewResource {
    private static final int MOST_ENTITIES = 1_000;

    private final Views views;
    private final Clock clock;

    ViewResource(Views views, Clock clock) {
        this.views = views;
        this.clock = clock;
    }

    /**
     * A question about many entities.
     *
     * @param entities whom to tell about
     * @param at       epoch milliseconds or an ISO-8601 instant; now when absent
     */
    public record Entities(
            @NotNull(message = "must be given")
            @Size(min = 1, max = MOST_ENTITIES, message = "must name 1 to 1000 entities")
            List<String> entities,

            @Schema(
                    description = "Epoch milliseconds or an ISO-8601 instant; now when absent",
                    examples = "2026-01-31T12:00:00Z")
            Object at) {}

    /** @param answers one for each entity, in the order they were named */
    public record Answers(List<ViewAnswer> answers) {}

    @GET
    @Path("/{view}/{entity}")
    @Operation(
            summary = "What is known of one entity",
            description = "Each window with what the batch layer learnt, what has happened since its cut, and both"
                    + " merged, and how it is known. An entity never seen has empty aggregates and \"seen\": false.")
    @APIResponse(
            responseCode = "200",
            description = "What is known",
            content = @Content(schema = @Schema(implementation = ViewAnswer.class)))
    @APIResponse(
            responseCode = "400",
            description = "A rule is broken",
            content = @Content(mediaType = Problem.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
    @APIResponse(
            responseCode = "404",
            description = "No such view",
            content = @Content(mediaType = Problem.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
    @APIResponse(
            responseCode = "503",
            description = "The entity's partition is still being read; try again",
            content = @Content(mediaType = Problem.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
    public Uni<ViewAnswer> one(
            @Parameter(description = "The view", example = "fraud.customer") @RestPath String view,
            @Parameter(description = "The entity's key") @RestPath String entity,
            @Parameter(
                            description =
                                    "The moment the windows end at: epoch milliseconds or an ISO-8601 instant; now when absent")
                    @RestQuery
                    String at,
            @Context UriInfo uri) {
        View<?> known = known(view);
        uri.getQueryParameters().forEach(ViewResource::requireAt);
        return ask(
                known,
                identifier("entity", entity),
                Moment.read(uri.getQueryParameters().getFirst("at"), "at", clock.millis()));
    }

    /** A misspelt parameter would be a question about another moment. */
    private static void requireAt(String parameter, List<String> given) {
        if (!parameter.equals("at")) {
            throw new Refused(parameter, "is not known; known is [at]", String.join(", ", given));
        }
        if (given.size() > 1) {
            throw new Refused(parameter, "must be given once", String.join(", ", given));
        }
    }

    @POST
    @Path("/{view}")
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(summary = "What is known of up to 1000 entities", description = "Each as if asked about alone.")
    @APIResponse(
            responseCode = "200",
            description = "What is known of each, in the order they were named",
            content = @Content(schema = @Schema(implementation = Answers.class)))
    @APIResponse(
            responseCode = "400",
            description = "Not JSON, or a rule is broken",
            content = @Content(mediaType = Problem.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
    public Uni<Answers> many(@RestPath String view, @NotNull(message = "must be given") @Valid Entities question) {
        View<?> known = known(view);
        long now = clock.millis();
        long atMillis = Moment.read(question.at(), "at", now);
        for (int i = 0; i < question.entities().size(); i++) {
            identifier("entities[" + i + "]", question.entities().get(i));
        }
        List<Uni<ViewAnswer>> asked = question.entities().stream()
                .map(entity -> ask(known, entity, atMillis))
                .toList();
        return Uni.join().all(asked).andFailFast().map(Answers::new);
    }

    /** Ages are told as of when the answer is there, not as of when it was asked for. */
    private <A> Uni<ViewAnswer> ask(View<A> view, String entity, long atMillis) {
        return views.ask(view, entity, atMillis).map(answer -> ViewAnswer.of(answer, clock.millis()));
    }

    private static View<?> known(String name) {
        return UseCases.view(name)
                .orElseThrow(() -> new Unknown(
                        "view", name, UseCases.views().stream().map(View::name).toList()));
    }

    private static String identifier(String field, String given) {
        if (!EventType.isIdentifier(given)) {
            throw new Refused(field, "must have 1 to 256 characters and no control characters", "'" + given + "'");
        }
        return given;
    }
}
