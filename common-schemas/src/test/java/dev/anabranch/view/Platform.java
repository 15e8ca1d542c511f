package dev.anabranch.view;

import dev.anabranch.contract.BatchFooter;
import dev.anabranch.contract.BatchHeader;
import dev.anabranch.contract.BatchRow;
import dev.anabranch.contract.Wire;
import dev.anabranch.view.oracle.NaiveFold;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** One partition of one view with both layers beside it, driven step by step. */
final class Platform<A> {
    private final View<A> view;
    final MemoryKeyValues batch = new MemoryKeyValues();
    final MemoryKeyValues speed = new MemoryKeyValues();
    final SpeedWriter<A> writer;
    final ViewReader<A> reader;

    Platform(View<A> view) {
        this.view = view;
        writer = new SpeedWriter<>(view, speed);
        reader = new ViewReader<>(view, batch, speed);
    }

    /** The speed layer folds what lies in [from, to) of each origin. */
    void foldFrom(List<NaiveFold.Entry> log, Cut from, Cut to) {
        for (NaiveFold.Entry entry : log) {
            if (to.includes(entry.position()) && !from.includes(entry.position())) {
                for (Contribution<A> c :
                        view.contributions(entry.position().origin().topic(), entry.event())) {
                    writer.fold(c, entry.position());
                }
            }
        }
    }

    SortedMap<Long, A> tiles(List<NaiveFold.Entry> log, Cut cut, String entity) {
        SortedMap<Long, A> tiles = new TreeMap<>();
        for (NaiveFold.Entry entry : log) {
            if (cut.includes(entry.position())) {
                for (Contribution<A> c :
                        view.contributions(entry.position().origin().topic(), entry.event())) {
                    if (c.entity().equals(entity)) {
                        tiles.merge(c.tileStart(), c.aggregate(), view.monoid()::plus);
                    }
                }
            }
        }
        return tiles;
    }

    void header(long generation, Cut cut, long tilesFrom) {
        BatchHeader header =
                new BatchHeader(view.name(), generation, Cuts.write(cut), tilesFrom, view.fingerprint(), 1L);
        batch.put(ViewKeys.header(generation), Wire.BATCH_HEADER.encode(header));
    }

    void row(List<NaiveFold.Entry> log, long generation, Cut cut, long tilesFrom, String entity) {
        Tiles<A> tiles = Tiles.of(view, tiles(log, cut, entity)).from(tilesFrom);
        batch.put(
                ViewKeys.row(entity),
                Wire.BATCH_ROW.encode(new BatchRow(generation, ByteBuffer.wrap(tiles.toBytes()))));
    }

    void footer(long generation, Cut floor) {
        batch.put(ViewKeys.FOOTER, Wire.BATCH_FOOTER.encode(new BatchFooter(generation, Cuts.write(floor))));
    }
}
