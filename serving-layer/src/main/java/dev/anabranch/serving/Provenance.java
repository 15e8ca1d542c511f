package dev.anabranch.serving;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.anabranch.view.Origin;
import dev.anabranch.view.Reading;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * How an answer is known. What it includes can be found again in the archive: everything before {@code asOf}.
 *
 * @param generation     of the batch part; 0 when there is none yet
 * @param createdMillis  when that was computed; 0 when there is none yet
 * @param cutAgeMs       how long ago that was; absent when there is none yet
 * @param exact          whether the answer equals a fold over the log before {@code asOf}
 * @param inexactBecause why not
 * @param asOf           for each origin the first offset not included
 * @param last           for each origin with speed cells of this entity past the cut, the last offset folded
 * @param standby        true when the replica that keeps the entity does not answer, or is reading it again, and this is
 *                       from a copy; how old that is, {@code freshness} says; absent otherwise
 * @param freshness      how recently the speed layer has written
 */
@Schema(description = "How an answer is known")
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Provenance(
        long generation,
        long createdMillis,
        Long cutAgeMs,
        boolean exact,
        String inexactBecause,
        List<OriginAt> asOf,
        List<OriginAt> last,
        Boolean standby,
        SpeedSign freshness) {
    /** An offset in one partition of an event topic. */
    public record OriginAt(String topic, int partition, long offset) {}

    /**
     * The speed layer's latest sign of life in the entity's partition.
     *
     * @param signOfLifeMillis    when; absent when it never gave one
     * @param signOfLifeAgeMs     how long ago that is
     * @param newestArrivalMillis the arrival of the newest event of which it knows that none that arrived earlier is
     *     missing, from whichever partition; absent when there is none
     * @param newestArrivalAgeMs  how long ago that is
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record SpeedSign(
            Long signOfLifeMillis, Long signOfLifeAgeMs, Long newestArrivalMillis, Long newestArrivalAgeMs) {
        static SpeedSign of(Freshness freshness, long nowMillis) {
            boolean lived = freshness.atMillis() > 0;
            boolean saw = freshness.newestArrivalMillis() > 0;
            return new SpeedSign(
                    lived ? freshness.atMillis() : null,
                    lived ? nowMillis - freshness.atMillis() : null,
                    saw ? freshness.newestArrivalMillis() : null,
                    saw ? nowMillis - freshness.newestArrivalMillis() : null);
        }
    }

    public static Provenance of(Answer<?> answer, long nowMillis) {
        Reading<?> reading = answer.reading();
        return new Provenance(
                reading.generation(),
                reading.createdMillis(),
                reading.generation() == 0 ? null : nowMillis - reading.createdMillis(),
                reading.exact(),
                reading.inexact().orElse(null),
                list(reading.asOf().origins()),
                list(reading.last()),
                answer.standby() ? true : null,
                SpeedSign.of(answer.freshness(), nowMillis));
    }

    static List<OriginAt> list(Map<Origin, Long> offsets) {
        return offsets.entrySet().stream()
                .map(e -> new OriginAt(e.getKey().topic(), e.getKey().partition(), e.getValue()))
                .toList();
    }
}
