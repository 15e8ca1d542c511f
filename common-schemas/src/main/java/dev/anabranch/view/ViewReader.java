package dev.anabranch.view;

import dev.anabranch.contract.BatchHeader;
import dev.anabranch.contract.NumberedWire;
import dev.anabranch.contract.Wire;
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
    private final ReadingSums.Keeper keeper;
    private final LastDecoded<Cut> floors =
            new LastDecoded<>(bytes -> Cuts.read(Wire.SPEED_FLOOR.decode(bytes).getCut()));
    private final LastDecoded<Long> footers =
            new LastDecoded<>(bytes -> Wire.BATCH_FOOTER.decode(bytes).getGeneration());
    private final LastDecoded<Opened> headers = new LastDecoded<>(Opened::of);

    /**
     * @param batch the partition of the batch view that the entities asked about belong to
     * @param speed the partition of the speed view with the same number
     */
    public ViewReader(View<A> view, KeyValues batch, KeyValues speed) {
        this(view, batch, speed, ReadingSums.Keeper.NONE);
    }

    /**
     * The same.
     *
     * @param keeper of sums for the next reading; of use where the stores give the same array for a value each time
     */
    public ViewReader(View<A> view, KeyValues batch, KeyValues speed, ReadingSums.Keeper keeper) {
        this.view = view;
        this.batch = batch;
        this.speed = speed;
        this.keeper = keeper;
    }

    /** What is known of {@code entity} now, in windows that end at {@code atMillis}. */
    public Reading<A> read(String entity, long atMillis) {
        byte[] prefix = CellKey.prefix(entity);
        ScannedCells<A> cells = new ScannedCells<>(view, entity, prefix.length);
        speed.scan(prefix, cells::take);
        byte[] floor = speed.get(ViewKeys.FLOOR);
        Cut pruned = floor == null ? Cut.NOTHING : floors.of(floor);
        return merge(entity, atMillis, batchPart(entity), cells, pruned);
    }

    private Reading<A> merge(String entity, long atMillis, BatchPart known, ScannedCells<A> cells, Cut pruned) {
        WindowValues.Fold<A> fold = new WindowValues.Fold<>(view, atMillis);
        SortedMap<Origin, Long> last = new TreeMap<>();
        WindowValues<A> batchValues;
        if (keeper == ReadingSums.Keeper.NONE || !(cells.areBusy() || isLong(known.row))) {
            batchValues = batchValues(known.row, fold.another());
            cells.addPast(known.generation.cut, fold, last);
        } else {
            ReadingSums<A> earlier = earlier(entity, fold);
            ReadingSums.Row<A> row = earlier != null && earlier.row().stored() == known.stored
                    ? earlier.row()
                    : ReadingSums.Row.of(known.stored, batchValues(known.row, fold.another()));
            ReadingSums.Speed<A> before = earlier == null ? ReadingSums.Speed.nothing() : earlier.speed();
            ReadingSums.Speed<A> now = cells.addPast(known.generation.cut, fold, last, before);
            if (earlier == null || row != earlier.row() || now != before) {
                keeper.keep(view, entity, new ReadingSums<>(fold.bounds(), row, now));
            }
            batchValues = new WindowValues<>(view, atMillis, row.values());
        }
        WindowValues<A> speedValues = fold.values();
        return new Reading<>(
                entity,
                batchValues,
                speedValues,
                batchValues.plus(speedValues),
                known.generation.number,
                known.generation.cut,
                known.generation.createdMillis,
                last,
                whyInexact(known.generation, pruned, fold.earliestMillis()));
    }

    private WindowValues<A> batchValues(NumberedWire.Payload row, WindowValues.Fold<A> fold) {
        if (row != null) {
            Tiles.addTo(fold, view, row.array(), row.from(), row.length());
        }
        return fold.values();
    }

    private static boolean isLong(NumberedWire.Payload row) {
        return row != null && Tiles.count(row.array(), row.from(), row.length()) >= TileSums.LEAST_TILES;
    }

    @SuppressWarnings("unchecked") // under the name of this view only its own are kept
    private ReadingSums<A> earlier(String entity, WindowValues.Fold<A> fold) {
        ReadingSums<A> kept = (ReadingSums<A>) keeper.kept(view, entity);
        return kept != null && kept.areWithin(fold.bounds()) ? kept : null;
    }

    private Optional<String> whyInexact(Opened known, Cut pruned, long earliestMillis) {
        if (!known.opened) {
            return Optional.of("Generation " + known.number + " of " + view
                    + " has no header here: the batch view has not been read to its end");
        }
        if (!known.cut.covers(pruned)) {
            return Optional.of("Generation " + known.number + " of " + view + " is cut at " + known.cut
                    + " and the speed view has no cells before " + pruned);
        }
        if (known.number > 0 && !known.fingerprint.equals(view.fingerprint())) {
            return Optional.of("Generation " + known.number + " of " + view + " was made by another declaration");
        }
        if (Math.max(0, earliestMillis) < known.tilesFromMillis) { // there are no events before 1970
            return Optional.of("The windows look back to " + earliestMillis + " and generation " + known.number + " of "
                    + view + " keeps tiles from " + known.tilesFromMillis + " on");
        }
        return Optional.empty();
    }

    private BatchPart batchPart(String entity) {
        long number = 0;
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            byte[] footer = batch.get(ViewKeys.FOOTER);
            byte[] row = batch.get(ViewKeys.row(entity));
            NumberedWire.Payload published = row == null ? null : NumberedWire.BATCH_ROW.read(row);
            number = Math.max(footer == null ? 0 : footers.of(footer), published == null ? 0 : published.number());
            if (number == 0) {
                return new BatchPart(null, null, Opened.NONE);
            }
            byte[] header = batch.get(ViewKeys.header(number));
            if (header != null) {
                return new BatchPart(row, published, headers.of(header));
            }
            // A later generation completed in between and took this header away: look again.
        }
        return new BatchPart(null, null, new Opened(number, false, Cut.NOTHING, 0, "", 0));
    }

    /**
     * @param stored the row as it is stored; null when the entity has none
     * @param row    the same, read
     */
    private record BatchPart(byte[] stored, NumberedWire.Payload row, Opened generation) {}

    /**
     * A generation, as its header has it.
     *
     * @param opened whether it has a header: without one nothing is known of its cut
     */
    private record Opened(
            long number, boolean opened, Cut cut, long tilesFromMillis, String fingerprint, long createdMillis) {
        static final Opened NONE = new Opened(0, true, Cut.NOTHING, 0, "", 0);

        static Opened of(byte[] bytes) {
            BatchHeader header = Wire.BATCH_HEADER.decode(bytes);
            return new Opened(
                    header.getGeneration(),
                    true,
                    Cuts.read(header.getCut()),
                    header.getTilesFromMillis(),
                    header.getFingerprint(),
                    header.getCreatedMillis());
        }
    }
}
