package dev.anabranch.fraud.serving;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.anabranch.serving.Provenance;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * How likely a payment is to be fraudulent, and all that was made of.
 *
 * @param predictionId names this prediction for ever; it is on the predictions topic under this name
 * @param score        from 0 to 1
 * @param calibrated   the share of frauds among payments with such a score, by the labels of the last 28 days; absent while
 *     there are too few
 * @param atMillis     the moment the views were read at: when the payment was made
 * @param model        what gave the score
 * @param features     the model's inputs by name
 * @param provenance   how each view was known, by view
 */
@Schema(description = "How likely a payment is to be fraudulent, and all that was made of")
public record FraudScore(
        String predictionId,
        double score,
        @JsonInclude(JsonInclude.Include.NON_NULL) Double calibrated,
        long atMillis,
        Model model,
        Map<String, Double> features,
        Map<String, Provenance> provenance) {
    /**
     * A model version.
     *
     * @param variant the part it plays
     * @param sha256  the digest of its artifact
     */
    @Schema(name = "ScoredBy")
    public record Model(String name, long version, String variant, String sha256) {}
}
