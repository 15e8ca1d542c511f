package dev.anabranch.explain;

import dev.anabranch.event.EventType;
import dev.anabranch.lakehouse.ArchivedEvent;
import dev.anabranch.view.Contribution;
import dev.anabranch.view.Cut;
import dev.anabranch.view.Known;
import dev.anabranch.view.Position;
import dev.anabranch.view.RunningFold;
import dev.anabranch.view.Timeline;
import dev.anabranch.view.View;
import dev.anabranch.view.WindowValues;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BiFunction;
import org.apache.avro.specific.SpecificRecord;
import org.apache.iceberg.expressions.Expression;

/** What the archive has of some entities of a view, as far as it was known at some positions. Not thread safe. */
final class RememberedEntities<A> implements Interested {
    private final View<A> view;
    private final boolean once;
    private final Map<String, Remembered<A>> entities = new HashMap<>();
    private final Map<String, Long> ends = new HashMap<>();
    private long earliestMillis = Long.MAX_VALUE;

    /** One entity: takes what events contribute, and tells what is known of it. */
    private record Remembered<A>(Taking<A> taking, BiFunction<Known, Long, WindowValues<A>> values) {}

    private interface Taking<A> {
        void add(Contribution<A> contribution, Position position, long arrivalMillis);
    }

    /**
     * @param once whether each entity is asked about once: then sums are kept, however many events there are; else the
     *             events are
     */
    RememberedEntities(View<A> view, boolean once) {
        this.view = view;
        this.once = once;
    }

    /** Has an entity remembered, as of positions. */
    void want(String entity, Cut asOf, long atMillis) {
        long end = view.endOfTile(atMillis);
        entities.computeIfAbsent(entity, name -> {
            if (once) {
                RunningFold<A> fold = new RunningFold<>(view, end, Known.upTo(asOf));
                return new Remembered<>(fold::add, (known, at) -> fold.values()); // both are those it is wanted with
            }
            Timeline<A> timeline = new Timeline<>(view);
            return new Remembered<>(timeline::add, (known, at) -> timeline.read(at, known));
        });
        asOf.origins().forEach((origin, before) -> ends.merge(origin.topic(), before, Math::max));
        earliestMillis = Math.min(earliestMillis, end - view.reach().toMillis());
    }

    @Override
    public View<?> view() {
        return view;
    }

    @Override
    public Expression rows(EventType<?> type) {
        return EntityColumn.rows(view, type, entities.keySet(), earliestMillis, ends.getOrDefault(type.topic(), 0L));
    }

    /** A row that was let through for another view may be older than any window here. */
    @Override
    public <E extends SpecificRecord> void take(EventType<E> type, ArchivedEvent<E> archived) {
        for (Contribution<A> contribution : view.contributions(type.topic(), archived.event())) {
            Remembered<A> entity = entities.get(contribution.entity());
            if (entity != null && contribution.tileStart() >= earliestMillis) {
                entity.taking().add(contribution, archived.position(), archived.arrivalMillis());
            }
        }
    }

    /** What the view said of a wanted entity, as far as it was known. */
    WindowValues<A> values(String entity, Known known, long atMillis) {
        return entities.get(entity).values().apply(known, view.endOfTile(atMillis));
    }
}
