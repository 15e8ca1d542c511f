package dev.anabranch.view;

import dev.anabranch.contract.SpeedFloor;
import dev.anabranch.contract.SpeedProgress;
import dev.anabranch.contract.Wire;
import java.util.ArrayList;
import java.util.List;

/**
 * Keeps one partition of a speed view: folds events into cells and prunes what the batch layer has taken over.
 *
 * <p>The writes of one event must become visible together with the input position that caused them, or not at all: that
 * is the engine's business (a transaction). Each cell checks that events reach it in order and once.
 */
public final class SpeedWriter<A> {
    private final View<A> view;
    private final KeyValues.Writable cells;

    public SpeedWriter(View<A> view, KeyValues.Writable cells) {
        this.view = view;
        this.cells = cells;
    }

    /**
     * Folds what one event adds to one tile.
     *
     * @throws IllegalStateException when an event at or past {@code position} was folded into the same cell before
     */
    public void fold(Contribution<A> contribution, Position position) {
        CellKey key = new CellKey(contribution.entity(), position.origin(), position.block(), contribution.tileStart());
        byte[] keyBytes = key.toBytes();
        byte[] current = cells.get(keyBytes);
        Cell<A> next = current == null
                ? new Cell<>(key, position.offset(), contribution.aggregate())
                : new CellReader<>(view).read(key, current).plus(view, position, contribution.aggregate());
        cells.put(keyBytes, next.toBytes(view));
    }

    /**
     * Announces {@code floor} and then removes the cells that lie before it.
     *
     * @param floor the cut of the complete generation before the latest: readers that are one generation behind still
     *     find all they need
     * @return how many cells were removed
     */
    public int prune(Cut floor) {
        byte[] before = cells.get(ViewKeys.FLOOR);
        Cut raised = before == null
                ? floor
                : floor.union(Cuts.read(Wire.SPEED_FLOOR.decode(before).getCut()));
        cells.put(ViewKeys.FLOOR, Wire.SPEED_FLOOR.encode(new SpeedFloor(Cuts.write(raised))));
        List<byte[]> gone = new ArrayList<>();
        cells.scan(new byte[0], (key, value) -> {
            if (!ViewKeys.isControl(key)) {
                CellKey cell = CellKey.fromBytes(key);
                if (!raised.leavesOut(cell.origin(), cell.block())) {
                    gone.add(key);
                }
            }
        });
        gone.forEach(cells::delete);
        return gone.size();
    }

    /** Leaves a sign of life. */
    public void progress(long atMillis, long newestArrivalMillis) {
        cells.put(ViewKeys.PROGRESS, Wire.SPEED_PROGRESS.encode(new SpeedProgress(atMillis, newestArrivalMillis)));
    }
}
