package dev.anabranch.serving;

import dev.anabranch.view.Reading;
import dev.anabranch.view.View;
import dev.anabranch.view.Window;
import dev.anabranch.view.WindowValues;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * What is known of one entity, as it is told over HTTP.
 *
 * @param at         the moment the windows end at
 * @param seen       whether any event of the entity is known; one never seen has empty aggregates
 * @param measures   each measure over each window, merged: {@code <measure>.<window>}
 * @param windows    each window with both parts and their sum
 * @param provenance how it is known
 */
@Schema(description = "What is known of one entity of a view at one moment")
public record ViewAnswer(
        String view,
        String entity,
        long atMillis,
        Instant at,
        boolean seen,
        Map<String, Double> measures,
        List<InWindow> windows,
        Provenance provenance) {
    /**
     * One window.
     *
     * @param window     its label
     * @param fromMillis the first millisecond inside
     * @param toMillis   the first millisecond that is no longer inside
     * @param batch      what the batch layer learnt
     * @param speed      what has happened since its cut
     * @param merged     both together
     */
    public record InWindow(String window, long fromMillis, long toMillis, Part batch, Part speed, Part merged) {}

    /**
     * One part of a window's answer.
     *
     * @param measures  each measure by name
     * @param aggregate what the measures are read off: its fields, exact to the last digit
     */
    public record Part(Map<String, Double> measures, Object aggregate) {}

    static <A> ViewAnswer of(Answer<A> answer, long nowMillis) {
        Reading<A> reading = answer.reading();
        WindowValues<A> merged = reading.merged();
        View<A> view = merged.view();
        List<InWindow> windows = new ArrayList<>(view.windows().size());
        for (int i = 0; i < view.windows().size(); i++) {
            Window window = view.windows().get(i);
            windows.add(new InWindow(
                    window.label(),
                    window.fromMillis(merged.atMillis()),
                    window.toMillis(merged.atMillis()),
                    part(view, reading.batch().get(i)),
                    part(view, reading.speed().get(i)),
                    part(view, merged.get(i))));
        }
        return new ViewAnswer(
                view.name(),
                reading.entity(),
                merged.atMillis(),
                Instant.ofEpochMilli(merged.atMillis()),
                answer.seen(),
                merged.measures(),
                windows,
                Provenance.of(answer, nowMillis));
    }

    private static <A> Part part(View<A> view, A aggregate) {
        Map<String, Double> measures = new LinkedHashMap<>();
        view.measures().forEach((name, measure) -> measures.put(name, measure.applyAsDouble(aggregate)));
        return new Part(measures, aggregate);
    }
}
