package dev.anabranch.recommendation.serving;

import dev.anabranch.contract.ViewReadings;
import dev.anabranch.recommendation.RecommendationViews;
import dev.anabranch.serving.Answer;
import dev.anabranch.serving.Provenance;
import dev.anabranch.serving.Views;
import dev.anabranch.view.Knowledge;
import dev.anabranch.view.Readings;
import dev.anabranch.view.View;
import dev.anabranch.view.WindowValues;
import io.smallrye.mutiny.Uni;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Merged views as they stand, for one question; and how what was read is known. */
final class MergedKnowledge implements Knowledge {
    private final Views views;
    private final Map<String, Answer<?>> users = new LinkedHashMap<>();
    private final Set<String> seenItems = new HashSet<>();
    private final Readings readings = new Readings();
    private boolean exact = true;

    MergedKnowledge(Views views) {
        this.views = views;
    }

    @Override
    public <A> CompletionStage<Map<String, WindowValues<A>>> read(
            View<A> view, Collection<String> entities, long atMillis) {
        if (entities.isEmpty()) {
            return CompletableFuture.completedFuture(Map.of());
        }
        List<Uni<Answer<A>>> asked = new ArrayList<>(entities.size());
        entities.forEach(entity -> asked.add(views.ask(view, entity, view.endOfTile(atMillis))));
        return Uni.join()
                .all(asked)
                .andFailFast()
                .map(answers -> values(view, answers))
                .subscribeAsCompletionStage();
    }

    private synchronized <A> Map<String, WindowValues<A>> values(View<A> view, List<Answer<A>> answers) {
        Map<String, WindowValues<A>> values = new LinkedHashMap<>();
        for (Answer<A> answer : answers) {
            String entity = answer.reading().entity();
            values.put(entity, answer.reading().merged());
            exact &= answer.reading().exact();
            readings.add(answer.reading());
            if (view == RecommendationViews.USER) {
                users.putIfAbsent(entity, answer);
            } else if (answer.seen()
                    && (view == RecommendationViews.ITEM_ACTIVITY || view == RecommendationViews.CATALOGUE)) {
                seenItems.add(entity);
            }
        }
        return values;
    }

    /** Whether everything that was read equals a fold over the log. */
    synchronized boolean exact() {
        return exact;
    }

    /** Everything that was read, as it is written down. */
    synchronized List<ViewReadings> readings() {
        return readings.write();
    }

    /** Whether anything is known of an item that was read. */
    synchronized boolean knows(String itemId) {
        return seenItems.contains(itemId);
    }

    /** How the history of a user is known; null when it was not read. */
    synchronized Provenance provenance(String userId, long nowMillis) {
        Answer<?> answer = users.get(userId);
        return answer == null ? null : Provenance.of(answer, nowMillis);
    }
}
