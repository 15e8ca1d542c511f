package dev.anabranch.view;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The whole history of one entity, asked about as it was known at any moment: what training sets and explanations are
 * made of.
 *
 * <p>Not thread safe.
 */
public final class Timeline<A> {
    private final View<A> view;
    private final List<Entry<A>> entries = new ArrayList<>();
    private boolean sorted = true;

    private record Entry<A>(long tileStart, Position position, long arrivalMillis, A aggregate) {}

    public Timeline(View<A> view) {
        this.view = view;
    }

    public void add(Contribution<A> contribution, Position position, long arrivalMillis) {
        entries.add(new Entry<>(contribution.tileStart(), position, arrivalMillis, contribution.aggregate()));
        sorted = false;
    }

    /** The windows that end at {@code atMillis}, made of the events that were known. */
    public WindowValues<A> read(long atMillis, Known known) {
        if (!sorted) {
            entries.sort(Comparator.comparingLong(Entry::tileStart));
            sorted = true;
        }
        WindowValues.Fold<A> fold = new WindowValues.Fold<>(view, atMillis);
        for (int i = firstFrom(fold.earliestMillis()); i < entries.size(); i++) {
            Entry<A> entry = entries.get(i);
            if (entry.tileStart >= atMillis) {
                break;
            }
            if (known.includes(entry.position, entry.arrivalMillis)) {
                fold.add(entry.tileStart, entry.aggregate);
            }
        }
        return fold.values();
    }

    private int firstFrom(long millis) {
        int low = 0;
        int high = entries.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (entries.get(middle).tileStart < millis) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }
}
