package dev.anabranch.serving;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.anabranch.contract.ModelVersion;
import dev.anabranch.learning.LearntVersion;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * How this replica is: is it fresh, and what is live?
 *
 * @param version       of the software
 * @param startedMillis when it started
 * @param uptimeMs      how long ago that is
 * @param following     what following the views is doing: RUNNING when all is well
 * @param kafka         whether the broker answers
 * @param views         each view
 * @param models        each model that is used here
 * @param events        the event types that are taken
 */
@Schema(name = "Status", description = "How this replica is")
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Status(
        String version,
        long startedMillis,
        long uptimeMs,
        String following,
        Broker kafka,
        List<OfView> views,
        List<OfModel> models,
        Events events) {
    /**
     * @param bootstrapServers where it is
     * @param answers          whether it did when asked last
     */
    public record Broker(String bootstrapServers, boolean answers) {}

    /**
     * One view, as far as this replica keeps it.
     *
     * @param generation         the latest complete in every partition; 0 when there is none yet
     * @param cut                for each origin the first offset not included in it
     * @param cutAgeMs           how long ago it was computed
     * @param publishedAgeMs     how long ago its last footer was acknowledged
     * @param partitionsComplete kept here, and answered from
     * @param partitionsReading  kept here, and still being read
     * @param partitionsCopied   complete standby copies of what other replicas keep
     * @param speedSignOfLifeAgeMs the age of the speed layer's latest sign of life, in the partition where it is oldest
     * @param newestArrivalMillis  the newest arrival the speed layer has told of, in the partition that is furthest
     * @param lag                records of its topics that are committed and not yet seen by queries
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record OfView(
            String view,
            long generation,
            List<Provenance.OriginAt> cut,
            Long cutAgeMs,
            Long publishedAgeMs,
            List<Integer> partitionsComplete,
            List<Integer> partitionsReading,
            List<Integer> partitionsCopied,
            Long speedSignOfLifeAgeMs,
            Long newestArrivalMillis,
            Long lag) {}

    /**
     * A model that is used here.
     *
     * @param version the one that is live; absent when there is none
     * @param ageMs   how long ago that was trained
     * @param refused why the version published last is not live
     * @param labelsLearnt from how many labels it has learnt as they arrived; absent of one that was trained
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record OfModel(
            String name,
            Long version,
            String algorithm,
            String sha256,
            Long createdMillis,
            Long ageMs,
            Map<String, Double> metrics,
            List<String> features,
            String refused,
            Long labelsLearnt) {
        static OfModel live(ModelVersion version, String refused, long nowMillis) {
            return new OfModel(
                    version.getName(),
                    version.getVersion(),
                    version.getAlgorithm(),
                    version.getSha256(),
                    version.getCreatedMillis(),
                    nowMillis - version.getCreatedMillis(),
                    version.getMetrics(),
                    version.getFeatures(),
                    refused,
                    LearntVersion.labels(version.getParameters()).orElse(null));
        }

        static OfModel none(String name, String refused) {
            return new OfModel(name, null, null, null, null, null, null, null, refused, null);
        }
    }

    /**
     * @param types   the event types
     * @param accepts whether events can be appended now
     */
    public record Events(List<String> types, boolean accepts) {}
}
