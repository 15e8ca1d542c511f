package dev.anabranch.speed;

import dev.anabranch.contract.ViewReading;
import dev.anabranch.view.Cuts;
import dev.anabranch.view.Reading;
import dev.anabranch.view.View;
import dev.anabranch.view.WindowValues;
import java.util.ArrayList;
import java.util.List;

/** What was known, before an event, of the entities it is about: one reading for each view the event has passed. */
public final class Readings {
    static final Readings NONE = new Readings(List.of());

    private final List<Before<?>> each;

    /**
     * One reading.
     *
     * @param values   the windows, ending at the event's time
     * @param evidence what they were made of
     */
    record Before<A>(WindowValues<A> values, ViewReading evidence) {}

    Readings(List<Before<?>> each) {
        this.each = each;
    }

    /**
     * The windows of {@code view}.
     *
     * @throws IllegalArgumentException when the event has not passed that view
     */
    @SuppressWarnings("unchecked") // the values of a view are of its own aggregate
    public <A> WindowValues<A> of(View<A> view) {
        for (Before<?> before : each) {
            if (before.values.view() == view) {
                return (WindowValues<A>) before.values;
            }
        }
        throw new IllegalArgumentException("View " + view + " must be read before it is asked about, got only "
                + each.stream().map(before -> before.values.view().name()).toList());
    }

    /**
     * The windows of each of {@code views}, in their order.
     *
     * @throws IllegalArgumentException when the event has not passed one of them
     */
    List<WindowValues<?>> of(List<View<?>> views) {
        List<WindowValues<?>> values = new ArrayList<>(views.size());
        views.forEach(view -> values.add(of(view)));
        return values;
    }

    Readings plus(Reading<?> reading) {
        List<Before<?>> more = new ArrayList<>(each.size() + 1);
        more.addAll(each);
        more.add(new Before<>(
                reading.merged(),
                new ViewReading(
                        reading.merged().view().name(),
                        reading.entity(),
                        reading.generation(),
                        Cuts.writeOffsets(reading.last()),
                        reading.exact())));
        return new Readings(more);
    }

    List<Before<?>> each() {
        return each;
    }

    List<ViewReading> evidence() {
        List<ViewReading> evidence = new ArrayList<>(each.size());
        each.forEach(before -> evidence.add(before.evidence));
        return evidence;
    }
}
