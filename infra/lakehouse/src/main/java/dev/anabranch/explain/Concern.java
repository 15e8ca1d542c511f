package dev.anabranch.explain;

import dev.anabranch.contract.ViewReading;
import dev.anabranch.event.EventType;
import dev.anabranch.lakehouse.ArchivedEvent;
import dev.anabranch.view.Contribution;
import dev.anabranch.view.Cut;
import dev.anabranch.view.Cuts;
import dev.anabranch.view.Known;
import dev.anabranch.view.Reading;
import dev.anabranch.view.Timeline;
import dev.anabranch.view.View;
import dev.anabranch.view.Window;
import dev.anabranch.view.WindowValues;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.avro.specific.SpecificRecord;

/**
 * One entity of one view, as of the positions that a prediction recorded: collects what the archive has of it. Not thread
 * safe.
 */
final class Concern<A> {
    private final View<A> view;
    private final String entity;
    private final long atMillis;
    private final Cut cut;
    private final Cut asOf;
    private final Known known;
    private final Timeline<A> timeline;
    private final List<Behind> behind = new ArrayList<>();

    /**
     * @param reading what the prediction recorded of the view
     * @param cut     that of the reading's generation
     */
    Concern(View<A> view, ViewReading reading, long atMillis, Cut cut) {
        this.view = view;
        this.entity = reading.getEntity();
        this.atMillis = atMillis;
        this.cut = cut;
        this.asOf = Reading.asOf(cut, new TreeMap<>(Cuts.readOffsets(reading.getLast())));
        this.known = Known.upTo(asOf);
        this.timeline = new Timeline<>(view);
    }

    View<A> view() {
        return view;
    }

    Cut cut() {
        return cut;
    }

    Cut asOf() {
        return asOf;
    }

    /** The first millisecond that any window looks at. */
    long earliestMillis() {
        return atMillis - view.reach().toMillis();
    }

    String entity() {
        return entity;
    }

    /** The first offset of a topic that nothing known reaches, in any of its partitions; 0 when none of it is known. */
    long end(String topic) {
        return asOf.origins().entrySet().stream()
                .filter(origin -> origin.getKey().topic().equals(topic))
                .mapToLong(Map.Entry::getValue)
                .max()
                .orElse(0);
    }

    /** @param contribution what the event gives this entity */
    <E extends SpecificRecord> void take(EventType<E> type, ArchivedEvent<E> archived, Contribution<A> contribution) {
        if (!known.includes(archived.position(), archived.arrivalMillis())) {
            return;
        }
        timeline.add(contribution, archived.position(), archived.arrivalMillis());
        List<String> windows = windows(contribution.tileStart());
        if (!windows.isEmpty()) {
            behind.add(behind(type, archived, contribution, windows));
        }
    }

    private <E extends SpecificRecord> Behind behind(
            EventType<E> type, ArchivedEvent<E> archived, Contribution<A> contribution, List<String> windows) {
        return new Behind(
                type.name(),
                type.eventId(archived.event()),
                archived.position(),
                type.eventTimeMillis(archived.event()),
                archived.arrivalMillis(),
                contribution.tileStart(),
                cut.includes(archived.position()) ? "batch" : "speed",
                windows,
                measures(contribution.aggregate()));
    }

    private List<String> windows(long tileStart) {
        return view.windows().stream()
                .filter(window -> window.contains(tileStart, atMillis))
                .map(Window::label)
                .toList();
    }

    private Map<String, Double> measures(A aggregate) {
        Map<String, Double> measures = new LinkedHashMap<>();
        view.measures().forEach((name, measure) -> measures.put(name, measure.applyAsDouble(aggregate)));
        return measures;
    }

    /** What the view said then. */
    WindowValues<A> values() {
        return timeline.read(atMillis, known);
    }

    /** The events in any of the windows, those that count latest first. */
    List<Behind> behind() {
        behind.sort(Comparator.comparingLong(Behind::countsAtMillis)
                .reversed()
                .thenComparing(Behind::position, Comparator.reverseOrder()));
        return behind;
    }
}
