package dev.anabranch.recommendation.serving;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.anabranch.contract.ModelVersion;
import dev.anabranch.event.EventType;
import dev.anabranch.recommendation.Attribution;
import dev.anabranch.recommendation.RecommendationUseCase;
import dev.anabranch.recommendation.RecommendationViews;
import dev.anabranch.recommendation.Responses;
import dev.anabranch.serving.Answer;
import dev.anabranch.serving.Models;
import dev.anabranch.serving.Moment;
import dev.anabranch.serving.Problem;
import dev.anabranch.serving.Provenance;
import dev.anabranch.serving.Refused;
import dev.anabranch.serving.Views;
import dev.anabranch.view.Window;
import dev.anabranch.view.WindowValues;
import io.smallrye.common.annotation.NonBlocking;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestQuery;

/** What came of recommendations: figures read off the merged view of answers and responses. */
@Path("/v1/quality/recommendations")
@Tag(name = "recommendations")
@Produces(MediaType.APPLICATION_JSON)
@NonBlocking
public class RecommendationQualityResource {
    private static final int USUAL_VERSIONS = 5;
    private static final int MOST = 100;

    private final Views views;
    private final Models models;
    private final Clock clock;

    RecommendationQualityResource(Views views, Models models, Clock clock) {
        this.views = views;
        this.models = models;
        this.clock = clock;
    }

    /** @param rankers in the order they were asked for */
    @Schema(name = "RecommendationQuality", description = "What came of recommendations")
    public record Quality(long atMillis, List<OfRanker> rankers) {}

    /**
     * A version, a rule, or an arm of an experiment.
     *
     * @param seen       whether any answer of it is known, in the windows or before them
     * @param provenance how it is known
     */
    @Schema(name = "RankerQuality")
    public record OfRanker(String ranker, boolean seen, List<InWindow> windows, Provenance provenance) {}

    /**
     * One window. Answers count when they were given, responses when they happened, so that one may be in the window without
     * the other.
     *
     * @param fromMillis     the first millisecond inside
     * @param toMillis       the first millisecond that is no longer inside
     * @param answers        to users whose name is known
     * @param turned         interactions with items of an answer, within a day of it
     * @param hits           answers that had such an interaction
     * @param conversions    answers that had one that was more than a view
     * @param hitRate        hits an answer; absent without an answer
     * @param conversionRate conversions an answer; absent without an answer
     */
    @Schema(name = "RankerQualityInWindow")
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record InWindow(
            String window,
            long fromMillis,
            long toMillis,
            long answers,
            long turned,
            long hits,
            long conversions,
            Double hitRate,
            Double conversionRate) {}

    @GET
    @Operation(
            summary = "What users made of what they were shown",
            description = "By what put the items in order: a version of the ranking model, a rule, or an arm of an"
                    + " experiment. Without 'of': both rules, and the live version with those before it.")
    @APIResponse(
            responseCode = "200",
            description = "Hits and conversions in each window",
            content = @Content(schema = @Schema(implementation = Quality.class)))
    @APIResponse(
            responseCode = "400",
            description = "A rule is broken",
            content = @Content(mediaType = Problem.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
    public Uni<Quality> quality(
            @Parameter(
                            description =
                                    "Whose: recommendation-3, recommendation-by-rule, e1.1-challenger-4; more than"
                                            + " one may be given")
                    @RestQuery
                    List<String> of,
            @Parameter(description = "As of when: epoch milliseconds or an ISO-8601 instant; now when absent")
                    @RestQuery
                    String at) {
        long atMillis = Moment.read(at, "at", clock.millis());
        List<String> asked = of.isEmpty() ? usual() : of;
        if (asked.size() > MOST) {
            throw new Refused("of", "must be given at most " + MOST + " times", String.valueOf(asked.size()));
        }
        for (String each : asked) {
            if (!EventType.isIdentifier(each)) {
                throw new Refused("of", "must have 1 to 256 characters and no control characters", "'" + each + "'");
            }
        }
        List<Uni<OfRanker>> found = asked.stream()
                .map(ranker -> views.ask(
                                RecommendationViews.QUALITY, ranker, RecommendationViews.QUALITY.endOfTile(atMillis))
                        .map(answer -> of(ranker, answer)))
                .toList();
        return Uni.join().all(found).andFailFast().map(all -> new Quality(atMillis, all));
    }

    private List<String> usual() {
        List<String> usual = new ArrayList<>(List.of(Attribution.TRENDING, Attribution.BY_RULE));
        long live = models.version(RecommendationUseCase.NAME)
                .map(ModelVersion::getVersion)
                .orElse(0L);
        for (long version = Math.max(1, live - USUAL_VERSIONS + 1); version <= live; version++) {
            usual.add(Attribution.ranker(version));
        }
        return usual;
    }

    private OfRanker of(String ranker, Answer<Responses> answer) {
        WindowValues<Responses> merged = answer.reading().merged();
        List<InWindow> windows = new ArrayList<>();
        for (int i = 0; i < merged.view().windows().size(); i++) {
            Window window = merged.view().windows().get(i);
            Responses responses = merged.get(i);
            boolean any = responses.answers() > 0;
            windows.add(new InWindow(
                    window.label(),
                    window.fromMillis(merged.atMillis()),
                    window.toMillis(merged.atMillis()),
                    responses.answers(),
                    responses.turned(),
                    responses.hits(),
                    responses.conversions(),
                    any ? (double) responses.hits() / responses.answers() : null,
                    any ? (double) responses.conversions() / responses.answers() : null));
        }
        return new OfRanker(ranker, answer.seen(), windows, Provenance.of(answer, clock.millis()));
    }
}
