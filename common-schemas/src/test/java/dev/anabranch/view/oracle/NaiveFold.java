package dev.anabranch.view.oracle;

import dev.anabranch.view.Known;
import dev.anabranch.view.Position;
import dev.anabranch.view.Source;
import dev.anabranch.view.View;
import dev.anabranch.view.Window;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.avro.specific.SpecificRecord;

/** The naive fold: every known event of the entity that lies in the window, added up. */
public final class NaiveFold {
    private NaiveFold() {}

    /**
     * An event in the log.
     *
     * @param position      where it stands
     * @param arrivalMillis when it got there
     * @param event         what happened
     */
    public record Entry(Position position, long arrivalMillis, SpecificRecord event) {}

    /**
     * The aggregate of {@code entity} in each window of {@code view} that ends at {@code atMillis}, over the events that
     * were known.
     */
    public static <A> List<A> fold(View<A> view, List<Entry> log, Known known, String entity, long atMillis) {
        List<A> windows = new ArrayList<>();
        for (Window window : view.windows()) {
            A sum = view.monoid().empty();
            for (Entry entry : log) {
                if (known.includes(entry.position(), entry.arrivalMillis())) {
                    for (Source<?, A> source :
                            view.sourcesOf(entry.position().origin().topic())) {
                        sum = view.monoid().plus(sum, one(view, source, entry.event(), entity, window, atMillis));
                    }
                }
            }
            windows.add(sum);
        }
        return windows;
    }

    private static <E extends SpecificRecord, A> A one(
            View<A> view, Source<E, A> source, SpecificRecord record, String entity, Window window, long atMillis) {
        E event = source.type().cast(record);
        boolean counts = source.filter().test(event)
                && source.entity().apply(event).equals(entity)
                && window.contains(source.time().applyAsLong(event), atMillis);
        return counts ? source.lift().apply(event) : view.monoid().empty();
    }

    /** The log split by entity, so that a check of many entities need not read all of it for each. */
    public static Map<String, List<Entry>> byEntity(View<?> view, List<Entry> log) {
        Map<String, List<Entry>> split = new LinkedHashMap<>();
        for (Entry entry : log) {
            for (String entity : entities(view, entry)) {
                split.computeIfAbsent(entity, e -> new ArrayList<>()).add(entry);
            }
        }
        return split;
    }

    private static Set<String> entities(View<?> view, Entry entry) {
        Set<String> entities = new LinkedHashSet<>();
        for (Source<?, ?> source : view.sourcesOf(entry.position().origin().topic())) {
            entities.add(entity(source, entry.event()));
        }
        return entities;
    }

    private static <E extends SpecificRecord> String entity(Source<E, ?> source, SpecificRecord record) {
        return source.entity().apply(source.type().cast(record));
    }
}
