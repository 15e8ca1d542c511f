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
import org.apache.avro.specific.SpecificRecord;
import org.apache.iceberg.expressions.Expression;

/** What the archive has of some entities of a view, as far as it was known at some positions. Not thread safe. */
final class RememberedEntities<A> implements Interested {
    private final View<A> view;
    private final boolean once;
    private final Map<String, Remembered<A>> entities = new HashMap<>();
    private final Map<String, Long> ends = new HashMap<>();
    private long earliestMillis = Long.MAX_VALUE;

    /** One entity. */
    private interface Remembered<A> {
        void add(Contribution<A> contribution, Position position, long arrivalMillis);

        WindowValues<A> values(Known known, long endMillis);
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
        if (once) {
            entities.put(entity, summed(new RunningFold<>(view, end, Known.upTo(asOf))));
        } else {
            entities.computeIfAbsent(entity, name -> kept(new Timeline<>(view)));
        }
        asOf.origins().forEach((origin, before) -> ends.merge(origin.topic(), before, Math::max));
        earliestMillis = Math.min(earliestMillis, end - view.reach().toMillis());
    }

    private static <A> Remembered<A> summed(RunningFold<A> fold) {
        return new Remembered<>() {
            @Override
            public void add(Contribution<A> contribution, Position position, long arrivalMillis) {
                fold.add(contribution, position, arrivalMillis);
            }

            @Override
            public WindowValues<A> values(Known known, long endMillis) {
                return fold.values(); // known and end are those it was wanted with
            }
        };
    }

    private static <A> Remembered<A> kept(Timeline<A> timeline) {
        return new Remembered<>() {
            @Override
            public void add(Contribution<A> contribution, Position position, long arrivalMillis) {
                timeline.add(contribution, position, arrivalMillis);
            }

            @Override
            public WindowValues<A> values(Known known, long endMillis) {
                return timeline.read(endMillis, known);
            }
        };
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
                entity.add(contribution, archived.position(), archived.arrivalMillis());
            }
        }
    }

    /** What the view said of a wanted entity, as far as it was known. */
    WindowValues<A> values(String entity, Known known, long atMillis) {
        return entities.get(entity).values(known, view.endOfTile(atMillis));
    }
}
