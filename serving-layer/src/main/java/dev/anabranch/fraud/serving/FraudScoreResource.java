package dev.anabranch.fraud.serving;

import dev.anabranch.serving.Problem;
import io.smallrye.common.annotation.NonBlocking;
import io.smallrye.mutiny.Uni;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** How likely is this payment to be fraud? */
@Path("/v1/fraud")
@Tag(name = "fraud", description = "How likely is a payment to be fraud?")
@Consumes(MediaType.APPLICATION_JSON)
@Produces(MediaType.APPLICATION_JSON)
@NonBlocking
public class FraudScoreResource {
    private static final int MOST_QUESTIONS = 1_000;

    private final FraudScoring scoring;

    FraudScoreResource(FraudScoring scoring) {
        this.scoring = scoring;
    }

    /**
     * A payment that is about to be made, or was.
     *
     * @param eventTimeMillis when; now when absent
     * @param transactionId   its name, if it has one already
     */
    public record Question(
            @NotNull(message = "must be given") String customerId,
            @NotNull(message = "must be given") String terminalId,

            @NotNull(message = "must be given")
            @Schema(description = "In cents of the card's currency, 0 or more", examples = "4200")
            Long amountCents,

            @Schema(description = "When the payment is made, in epoch milliseconds; now when absent")
            Long eventTimeMillis,

            @Schema(description = "Names the payment, if it has a name already")
            String transactionId) {}

    /** @param scores one for each question, in the order they were asked, all by the same model version */
    public record FraudScores(List<FraudScore> scores) {}

    @POST
    @Path("/score")
    @Operation(
            summary = "Score one payment",
            description =
                    "Reads what is known of the customer and the terminal at the moment of the payment and asks the"
                            + " live model. Answers when the prediction is in the log, so that every answer can be explained.")
    @APIResponse(
            responseCode = "200",
            description = "The score",
            content = @Content(schema = @Schema(implementation = FraudScore.class)))
    @APIResponse(
            responseCode = "400",
            description = "Not JSON, or a rule is broken",
            content = @Content(mediaType = Problem.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
    @APIResponse(
            responseCode = "503",
            description = "There is no model yet, or the views are still being read; the detail says what is missing",
            content = @Content(mediaType = Problem.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
    public Uni<FraudScore> score(@NotNull(message = "must be given") @Valid Question question) {
        return scoring.score(question);
    }

    @POST
    @Path("/scores")
    @Operation(summary = "Score up to 1000 payments", description = "Each as if asked alone, all by one model version.")
    @APIResponse(
            responseCode = "200",
            description = "A score for each, in the order they were asked",
            content = @Content(schema = @Schema(implementation = FraudScores.class)))
    public Uni<FraudScores> scores(
            @NotNull(message = "must be given")
                    @Size(min = 1, max = MOST_QUESTIONS, message = "must hold 1 to 1000 payments")
                    List<@NotNull(message = "must be given") @Valid Question> questions) {
        return scoring.score(questions).map(FraudScores::new);
    }
}
