package dev.anabranch.serving;

import dev.anabranch.usecase.UseCases;
import dev.anabranch.view.View;
import io.smallrye.common.annotation.NonBlocking;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.jboss.resteasy.reactive.RestQuery;

/** What other replicas ask this one about entities it keeps. It never asks on, so a question cannot go in circles. */
@Path(ReplicaResource.PATH)
@NonBlocking
public class ReplicaResource {
    static final String PATH = "/internal/v1/answer";

    private final Views views;

    ReplicaResource(Views views) {
        this.views = views;
    }

    @GET
    @Produces(MediaType.APPLICATION_OCTET_STREAM)
    @Operation(hidden = true)
    public byte[] answer(@RestQuery String view, @RestQuery String entity, @RestQuery String at) {
        View<?> known = UseCases.view(view)
                .orElseThrow(() -> new Unknown(
                        "view", view, UseCases.views().stream().map(View::name).toList()));
        if (entity == null) {
            throw new Refused("entity", "must be given", "nothing");
        }
        if (at == null || !at.matches("\\d{1,18}")) {
            throw new Refused("at", "must be epoch milliseconds", at == null ? "nothing" : "'" + at + "'");
        }
        return AnswerWire.write(views.askHere(known, entity, Long.parseLong(at)));
    }
}
