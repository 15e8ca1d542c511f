package dev.anabranch.recommendation.serving;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.anabranch.serving.Provenance;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * Items for somebody, the best first.
 *
 * @param answerId   names this answer for ever; absent where it cannot be told later what the user made of it: for visits
 *                   without a name, groups, previews, and where there is no item
 * @param user       whom they are for; absent for a visit without a name
 * @param basis      {@code personal}, or {@code trending} when nothing is known of whom they are for
 * @param because    in words, when they are not personal
 * @param context    where
 * @param atMillis   the moment they are as of
 * @param items      the best first; fewer than asked for when no more come into consideration
 * @param models     by what they were found and ranked
 * @param exact      whether everything that was read equals a fold over the log
 * @param provenance how the user's history is known; absent for a visit without a name
 */
@Schema(description = "Items for somebody, the best first")
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Recommendations(
        String answerId,
        String user,
        String basis,
        String because,
        String context,
        long atMillis,
        List<Recommended> items,
        Models models,
        boolean exact,
        Provenance provenance) {
    static final String PERSONAL = "personal";
    static final String TRENDING = "trending";

    Recommendations(
            String user,
            String basis,
            String because,
            String context,
            long atMillis,
            List<Recommended> items,
            Models models,
            boolean exact,
            Provenance provenance) {
        this(null, user, basis, because, context, atMillis, items, models, exact, provenance);
    }

    Recommendations named(String answerId) {
        return new Recommendations(answerId, user, basis, because, context, atMillis, items, models, exact, provenance);
    }

    /**
     * An item.
     *
     * @param score      greater is better; comparable within one answer
     * @param attributes what it is like
     */
    @Schema(name = "RecommendedItem")
    public record Recommended(String itemId, double score, Map<String, String> attributes) {}

    /**
     * What took part.
     *
     * @param items   the vectors; absent while there are none
     * @param search  how the nearest vectors were found; absent while there are none
     * @param ranking the model that ranked; absent when it was done by rule
     * @param variant the part it played: champion, or an arm of an experiment; absent when it was done by rule
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @Schema(name = "RecommendedBy")
    public record Models(Version items, String search, Version ranking, String variant) {
        static final String EXACT = "exact, in the order of norms";
    }

    /** A model version. */
    @Schema(name = "RecommendationModelVersion")
    public record Version(String name, long version, String sha256) {}
}
