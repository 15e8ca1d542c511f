package dev.anabranch.view;

import dev.anabranch.contract.SpeedFloor;
import dev.anabranch.contract.SpeedProgress;
import dev.anabranch.contract.Wire;
import java.util.ArrayDeque;
import java.util.Deque;

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
                : Cell.fromBytes(view, key, current).plus(view, position, contribution.aggregate());
        cells.put(keyBytes, next.toBytes(view));
    }

    /**
     * Announces {@code floor} and then removes all cells that lie before it.
     *
     * @param floor the cut of the complete generation before the latest: readers that are one generation behind still
     *     find all they need
     * @return how many cells were removed
     */
    public int prune(Cut floor) {
        announce(floor);
        return pruning().step(Integer.MAX_VALUE);
    }

    /**
     * Announces that cells before {@code floor} may be gone from now on; removes none yet. Cells before a floor that was
     * announced are nobody's: readers that still need them see the floor and say so.
     */
    public void announce(Cut floor) {
        Cut raised = announced().union(floor);
        cells.put(ViewKeys.FLOOR, Wire.SPEED_FLOOR.encode(new SpeedFloor(Cuts.write(raised))));
    }

    /** The floor that was announced last, {@link Cut#NOTHING} before the first. */
    public Cut announced() {
        byte[] floor = cells.get(ViewKeys.FLOOR);
        return floor == null
                ? Cut.NOTHING
                : Cuts.read(Wire.SPEED_FLOOR.decode(floor).getCut());
    }

    /** The removal of the cells that lie before the announced floor now, to be done in steps between events. */
    public Pruning pruning() {
        Cut floor = announced();
        Deque<byte[]> before = new ArrayDeque<>();
        cells.eachKey(key -> {
            if (!ViewKeys.isControl(key)) {
                CellKey cell = CellKey.fromBytes(key);
                if (!floor.leavesOut(cell.origin(), cell.block())) {
                    before.add(key);
                }
            }
        });
        return new Pruning(before);
    }

    /** Cells that lie before the floor and are still there. */
    public final class Pruning {
        private final Deque<byte[]> left;

        private Pruning(Deque<byte[]> left) {
            this.left = left;
        }

        /** How many cells it has still to remove. */
        public int left() {
            return left.size();
        }

        /**
         * Removes at most {@code most} of them.
         *
         * @return how many were removed
         */
        public int step(int most) {
            int gone = 0;
            for (; gone < most && !left.isEmpty(); gone++) {
                cells.delete(left.remove());
            }
            return gone;
        }
    }

    /** Leaves a sign of life. */
    public void progress(long atMillis, long newestArrivalMillis) {
        cells.put(ViewKeys.PROGRESS, Wire.SPEED_PROGRESS.encode(new SpeedProgress(atMillis, newestArrivalMillis)));
    }
}
