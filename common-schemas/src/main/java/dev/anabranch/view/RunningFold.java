package dev.anabranch.view;

import java.util.Arrays;
import java.util.List;

/**
 * One question about an entity, answered from entries as they come by, in any order: what is kept is sums, however many
 * entries there are. Of several questions about one entity a {@link Timeline} answers all.
 *
 * <p>Not thread safe.
 */
public final class RunningFold<A> {
    private final View<A> view;
    private final long atMillis;
    private final Known known;
    private final PairwiseSums<A>[] sums;

    /** @param atMillis where the windows end */
    @SuppressWarnings({"unchecked", "rawtypes"}) // an array of a generic class
    public RunningFold(View<A> view, long atMillis, Known known) {
        this.view = view;
        this.atMillis = atMillis;
        this.known = known;
        sums = new PairwiseSums[view.windows().size()];
        Arrays.setAll(sums, window -> new PairwiseSums<>(view.monoid()));
    }

    /** Counts what one event contributes, as far as it was known and lies in a window. */
    public void add(Contribution<A> contribution, Position position, long arrivalMillis) {
        if (known.includes(position, arrivalMillis)) {
            for (int window = 0; window < sums.length; window++) {
                if (view.windows().get(window).contains(contribution.tileStart(), atMillis)) {
                    sums[window].add(contribution.aggregate());
                }
            }
        }
    }

    public WindowValues<A> values() {
        return new WindowValues<>(
                view,
                atMillis,
                List.copyOf(Arrays.stream(sums).map(PairwiseSums::sum).toList()));
    }
}
