package dev.anabranch.serving;

import io.smallrye.common.annotation.NonBlocking;
import jakarta.validation.constraints.NotNull;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** What does it cost to be asked? */
@Path("/v1/constant")
@Tag(name = "status")
@Consumes(MediaType.APPLICATION_JSON)
@Produces(MediaType.APPLICATION_JSON)
@NonBlocking
public class ConstantResource {
    private static final Constant SAME = new Constant("the same");

    /** @param answer whatever was asked */
    public record Constant(String answer) {}

    @POST
    @Operation(
            summary = "The same answer, whatever JSON object is sent",
            description =
                    "Nothing of the platform is asked: the body is read, the answer written. Whoever measures other"
                            + " questions here measures them beside this one.")
    public Constant constant(@NotNull(message = "must be given") Map<String, Object> anything) {
        return SAME;
    }
}
