package dev.anabranch.usecase;

import dev.anabranch.event.EventType;
import dev.anabranch.learning.Learning;
import dev.anabranch.model.Question;
import dev.anabranch.quality.OutcomeSums;
import dev.anabranch.ranking.Ranking;
import dev.anabranch.view.View;
import java.util.List;
import java.util.Optional;

/**
 * One use case: what happens, and what is kept of it. Listed in
 * {@code META-INF/services/dev.anabranch.usecase.UseCase}.
 */
public interface UseCase {
    /** In lower case; the first part of the names of its views. */
    String name();

    List<EventType<?>> events();

    List<View<?>> views();

    /** What it asks its model; empty when it scores nothing. */
    default Optional<Question<?>> question() {
        return Optional.empty();
    }

    /** How its answers that put things in order are written down and made again; empty when it gives none. */
    default Optional<Ranking<?>> ranking() {
        return Optional.empty();
    }

    /**
     * What came of the predictions of each version of its model, one of {@link #views}, by {@link
     * dev.anabranch.quality.Outcomes#judged}; empty when nobody finds out what came true.
     */
    default Optional<View<OutcomeSums>> outcomes() {
        return Optional.empty();
    }

    /** How a model of it learns as labels arrive; its examples are one of {@link #events}. Empty when none does. */
    default Optional<Learning> learning() {
        return Optional.empty();
    }
}
