package dev.anabranch.view;

import java.util.Collection;
import java.util.Map;
import java.util.concurrent.CompletionStage;

/** What is known of entities: merged views as they stand, or an archive as it stood. */
public interface Knowledge {
    /**
     * The values of each entity, in the windows of the view that include what happened up to and at {@code atMillis}.
     *
     * @return one for each entity, at once or later
     */
    <A> CompletionStage<Map<String, WindowValues<A>>> read(View<A> view, Collection<String> entities, long atMillis);
}
