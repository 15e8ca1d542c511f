package dev.anabranch.view;

import dev.anabranch.contract.BatchFooter;
import dev.anabranch.contract.BatchHeader;
import dev.anabranch.contract.NumberedWire;
import dev.anabranch.contract.Wire;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Merges the two parts of one partition of a view: {@code batch(tiles in window) + speed(tiles in window, blocks past
 * the cut)}.
 *
 * <p>The partition may be written while it is read, so the order of the reads matters:
 *
 * <ol>
 *   <li>the cells, in one scan, and then the floor. Floors are published ahead of the tombstones they announce, so if a
 *       cell was already gone, this floor says so;
 *   <li>the footer, and then the row. A footer comes after the rows it completes, so if the row is older than the
 *       footer, the footer's cut holds for it: nothing happened between the two cuts;
 *   <li>the header of whichever generation is the later. It came before both.
 * </ol>
 *
 * <p>The batch part may be newer than the cells. That is no harm: events before its cut are in it, and cells are taken
 * from the cut on only.
 */
public final class ViewReader<A> {
    private static final int ATTEMPTS = 10;

    private final View<A> view;
    private final KeyValues batch;
    private final KeyValues speed;

    /**
     * @param batch the partition of the batch view that the entities asked about belong to
     * @param speed the partition of the speed view with the same number
     */
    public ViewReader(View<A> view, KeyValues batch, KeyValues speed) {
        this.view = view;
        this.batch = batch;
        this.speed = speed;
    }

    /** What is known of {@code entity} now, in windows that end at {@code atMillis}. */
    public Reading<A> read(String entity, long atMillis) {
        List<Cell<A>> cells = new ArrayList<>();
        CellReader<A> reader = new CellReader<>(view);
        speed.scan(CellKey.prefix(entity), (key, value) -> cells.add(reader.read(key, value)));
        byte[] floor = speed.get(ViewKeys.FLOOR);
        Cut pruned = floor == null
                ? Cut.NOTHING
                : Cuts.read(Wire.SPEED_FLOOR.decode(floor).getCut());
        return merge(entity, atMillis, batchPart(entity), cells, pruned);
    }

    private Reading<A> merge(String entity, long atMillis, BatchPart<A> known, List<Cell<A>> cells, Cut pruned) {
        WindowValues.Fold<A> batchFold = new WindowValues.Fold<>(view, atMillis);
        known.tiles.addTo(batchFold);
        WindowValues.Fold<A> speedFold = new WindowValues.Fold<>(view, atMillis);
        SortedMap<Origin, Long> last = new TreeMap<>();
        for (Cell<A> cell : cells) {
            CellKey key = cell.key();
            if (known.cut.leavesOut(key.origin(), key.block())) {
                speedFold.add(key.tileStart(), cell.aggregate());
                last.merge(key.origin(), cell.lastOffset(), Math::max);
            }
        }
        WindowValues<A> batchValues = batchFold.values();
        WindowValues<A> speedValues = speedFold.values();
        return new Reading<>(
                entity,
                batchValues,
                speedValues,
                batchValues.plus(speedValues),
                known.generation,
                known.cut,
                known.createdMillis,
                last,
                whyInexact(known, pruned, batchFold.earliestMillis()));
    }

    private Optional<String> whyInexact(BatchPart<A> known, Cut pruned, long earliestMillis) {
        if (!known.opened) {
            return Optional.of("Generation " + known.generation + " of " + view
                    + " has no header here: the batch view has not been read to its end");
        }
        if (!known.cut.covers(pruned)) {
            return Optional.of("Generation " + known.generation + " of " + view + " is cut at " + known.cut
                    + " and the speed view has been pruned up to " + pruned);
        }
        if (known.generation > 0 && !known.fingerprint.equals(view.fingerprint())) {
            return Optional.of("Generation " + known.generation + " of " + view + " was made by another declaration");
        }
        if (Math.max(0, earliestMillis) < known.tilesFromMillis) { // there are no events before 1970
            return Optional.of("The windows look back to " + earliestMillis + " and generation " + known.generation
                    + " of " + view + " keeps tiles from " + known.tilesFromMillis + " on");
        }
        return Optional.empty();
    }

    private BatchPart<A> batchPart(String entity) {
        long generation = 0;
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            byte[] footer = batch.get(ViewKeys.FOOTER);
            byte[] row = batch.get(ViewKeys.row(entity));
            BatchFooter complete = footer == null ? null : Wire.BATCH_FOOTER.decode(footer);
            NumberedWire.Payload published = row == null ? null : NumberedWire.BATCH_ROW.read(row);
            generation = Math.max(
                    complete == null ? 0 : complete.getGeneration(), published == null ? 0 : published.number());
            if (generation == 0) {
                return new BatchPart<>(Tiles.none(view), 0, true, Cut.NOTHING, 0, "", 0);
            }
            byte[] headerValue = batch.get(ViewKeys.header(generation));
            if (headerValue != null) {
                BatchHeader header = Wire.BATCH_HEADER.decode(headerValue);
                Tiles<A> tiles = published == null
                        ? Tiles.none(view)
                        : Tiles.fromBytes(view, published.array(), published.from(), published.length());
                return new BatchPart<>(
                        tiles,
                        generation,
                        true,
                        Cuts.read(header.getCut()),
                        header.getTilesFromMillis(),
                        header.getFingerprint(),
                        header.getCreatedMillis());
            }
            // A later generation completed in between and took this header away: look again.
        }
        return new BatchPart<>(Tiles.none(view), generation, false, Cut.NOTHING, 0, "", 0);
    }

    /** @param opened whether the generation has a header: without one nothing is known of its cut */
    private record BatchPart<A>(
            Tiles<A> tiles,
            long generation,
            boolean opened,
            Cut cut,
            long tilesFromMillis,
            String fingerprint,
            long createdMillis) {}
}
