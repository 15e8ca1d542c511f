package dev.anabranch.usecase;

import dev.anabranch.event.EventType;
import dev.anabranch.model.Question;
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
}
