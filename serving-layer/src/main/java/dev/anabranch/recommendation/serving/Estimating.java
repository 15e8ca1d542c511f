package dev.anabranch.recommendation.serving;

import dev.anabranch.contract.ModelVersion;
import dev.anabranch.recommendation.History;
import dev.anabranch.recommendation.RecommendationViews;
import dev.anabranch.recommendation.Taste;
import dev.anabranch.serving.Models;
import dev.anabranch.serving.Views;
import dev.anabranch.vectors.FoldIn;
import dev.anabranch.vectors.Vectors;
import dev.anabranch.view.WindowValues;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the live vectors make of an item for a user, and why. */
@ApplicationScoped
class Estimating {
    private final Views views;
    private final Models models;
    private final Clock clock;

    Estimating(Views views, Models models, Clock clock) {
        this.views = views;
        this.models = models;
        this.clock = clock;
    }

    /**
     * Which of the user's own items speak for an item, and how much.
     *
     * @param parts add up to {@code estimate}
     */
    record Because(double estimate, Map<String, Double> parts, ModelVersion by) {}

    /** Empty when there are no vectors, none of the item, or none of anything the user turned to. */
    Uni<Optional<Because>> because(String userId, String itemId) {
        return folded(userId, folded -> {
            Map<String, Double> parts = folded.folded().because(itemId);
            return folded.has(itemId)
                    ? Optional.of(new Because(
                            parts.values().stream()
                                    .mapToDouble(Double::doubleValue)
                                    .sum(),
                            parts,
                            folded.version()))
                    : Optional.empty();
        });
    }

    /** What the user's vector makes of each item; absent where there is no vector. Empty as {@link #because} is. */
    Uni<Optional<Map<String, Double>>> estimates(String userId, List<String> items) {
        return folded(userId, folded -> {
            float[] vector = folded.folded().vector();
            Map<String, Double> estimates = new LinkedHashMap<>();
            for (String item : items) {
                estimates.put(item, folded.has(item) ? (double) folded.vectors().product(vector, item) : null);
            }
            return Optional.of(estimates);
        });
    }

    private record FoldedUser(ModelVersion version, Vectors vectors, FoldIn.Folded folded) {
        boolean has(String item) {
            return vectors.has(item);
        }
    }

    private interface WithFolded<R> {
        Optional<R> of(FoldedUser folded);
    }

    private <R> Uni<Optional<R>> folded(String userId, WithFolded<R> work) {
        long now = clock.millis();
        Optional<LiveVectors> vectors = LiveVectors.of(models);
        if (vectors.isEmpty()) {
            return Uni.createFrom().item(Optional.empty());
        }
        MergedKnowledge knowledge = new MergedKnowledge(views);
        return Recommending.uni(knowledge.read(RecommendationViews.USER, List.of(userId), now))
                .map(read -> {
                    WindowValues<History> values = read.get(userId);
                    Map<String, Double> strengths = Taste.strengths(values.get(RecommendationViews.HISTORY), now);
                    return vectors.get()
                            .taste()
                            .of(strengths)
                            .flatMap(folded -> work.of(new FoldedUser(
                                    vectors.get().version(),
                                    vectors.get().taste().vectors(),
                                    folded)));
                });
    }
}
