package dev.anabranch.recommendation;

import dev.anabranch.view.Contribution;
import dev.anabranch.view.Knowledge;
import dev.anabranch.view.Known;
import dev.anabranch.view.Position;
import dev.anabranch.view.Timeline;
import dev.anabranch.view.View;
import dev.anabranch.view.WindowValues;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.avro.specific.SpecificRecord;

/**
 * A log in memory, asked as it was known at any of its events: the same views, folded by the same code as training sets
 * and explanations. A million interactions are some gigabytes.
 *
 * <p>Not thread safe.
 */
public final class ReplayedKnowledge {
    private final Map<String, Map<String, Timeline<?>>> timelines = new HashMap<>();

    /** Adds an event of the log; in any order. */
    public void add(SpecificRecord event, Position position, long arrivalMillis) {
        for (View<?> view : new RecommendationUseCase().views()) {
            add(view, event, position, arrivalMillis);
        }
    }

    private <A> void add(View<A> view, SpecificRecord event, Position position, long arrivalMillis) {
        for (Contribution<A> each : view.contributions(position.origin().topic(), event)) {
            timeline(view, each.entity()).add(each, position, arrivalMillis);
        }
    }

    /** What was known then. */
    public Knowledge as(Known known) {
        return new Knowledge() {
            @Override
            public <A> CompletionStage<Map<String, WindowValues<A>>> read(
                    View<A> view, Collection<String> entities, long atMillis) {
                Map<String, WindowValues<A>> values = new LinkedHashMap<>(); // sums hang on the order, to the bit
                for (String entity : entities) {
                    Timeline<A> timeline = find(view, entity);
                    long at = view.endOfTile(atMillis);
                    values.put(entity, timeline == null ? WindowValues.empty(view, at) : timeline.read(at, known));
                }
                return CompletableFuture.completedFuture(values);
            }
        };
    }

    @SuppressWarnings("unchecked") // each view has timelines of its own kind only
    private <A> Timeline<A> timeline(View<A> view, String entity) {
        return (Timeline<A>) timelines
                .computeIfAbsent(view.name(), v -> new HashMap<>())
                .computeIfAbsent(entity, e -> new Timeline<>(view));
    }

    @SuppressWarnings("unchecked") // each view has timelines of its own kind only
    private <A> Timeline<A> find(View<A> view, String entity) {
        return (Timeline<A>) timelines.getOrDefault(view.name(), Map.of()).get(entity);
    }
}
