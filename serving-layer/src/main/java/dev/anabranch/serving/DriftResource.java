package dev.anabranch.serving;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.anabranch.contract.DriftFinding;
import dev.anabranch.contract.DriftReport;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestPath;

/** Whether models still see what they were measured on. */
@Path("/v1/drift")
@Tag(name = "models")
@Produces(MediaType.APPLICATION_JSON)
public class DriftResource {
    private final Drift drift;
    private final Models models;

    DriftResource(Drift drift, Models models) {
        this.drift = drift;
        this.models = models;
    }

    /** All models that a run has looked at. */
    @Schema(name = "Drift")
    public record All(List<OfModel> models) {}

    /**
     * One model.
     *
     * @param version     that was live
     * @param run         which run looked
     * @param foundMillis when
     * @param toMillis    where the windows end: the end of the hour of the newest prediction or label
     * @param nothing     why nothing could be compared; absent when it was
     * @param action      what was done about it; absent when nothing was
     * @param alerts      the findings beyond their thresholds
     * @param findings    all of them
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @Schema(name = "ModelDrift", description = "How far what a model sees is from what it was measured on")
    public record OfModel(
            String model,
            long version,
            String run,
            long foundMillis,
            long toMillis,
            String nothing,
            String action,
            List<Finding> alerts,
            List<Finding> findings) {
        static OfModel of(DriftReport report) {
            List<Finding> findings =
                    report.getFindings().stream().map(Finding::of).toList();
            return new OfModel(
                    report.getModel(),
                    report.getVersion(),
                    report.getRun(),
                    report.getFoundMillis(),
                    report.getToMillis(),
                    orNull(report.getNothing()),
                    orNull(report.getAction()),
                    findings.stream()
                            .filter(finding -> finding.sinceMillis() != null)
                            .toList(),
                    findings);
        }

        private static String orNull(String text) {
            return text.isEmpty() ? null : text;
        }
    }

    /**
     * One figure beside the one it must stay below.
     *
     * @param subject     {@code feature/} and its name, {@code score}, {@code label} or {@code features}
     * @param statistic   {@code psi}, {@code ks}, {@code missing}, {@code rate} or {@code skew}
     * @param threshold   from where on it is an alert
     * @param rows        how many values are in the window
     * @param sinceMillis when the run was that raised it; absent when it is no alert
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @Schema(name = "DriftFinding")
    public record Finding(
            String subject,
            String statistic,
            String window,
            double value,
            double threshold,
            long rows,
            Long sinceMillis,
            String detail) {
        static Finding of(DriftFinding finding) {
            return new Finding(
                    finding.getSubject(),
                    finding.getStatistic(),
                    finding.getWindow(),
                    finding.getValue(),
                    finding.getThreshold(),
                    finding.getRows(),
                    finding.getRaised() ? finding.getSinceMillis() : null,
                    finding.getDetail());
        }
    }

    @GET
    @Operation(summary = "How far what each model sees is from what it was measured on")
    public All all() {
        return new All(drift.all().stream().map(OfModel::of).toList());
    }

    @GET
    @Path("/{model}")
    @Operation(summary = "The same of one model")
    @APIResponse(responseCode = "404", description = "No such model, or no run has looked at it yet")
    public OfModel of(@RestPath String model) {
        return drift.of(model).map(OfModel::of).orElseThrow(() -> new Missing(missing(model)));
    }

    private String missing(String model) {
        return models.names().contains(model)
                ? "No run of the batch layer has looked yet whether " + model
                        + " drifts: runs do once a version is live"
                : "There is no model named '" + model + "'; there are " + models.names();
    }
}
