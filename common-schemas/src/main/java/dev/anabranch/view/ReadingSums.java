package dev.anabranch.view;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;

/**
 * What was added up to read a busy entity, for whoever reads it next: its row; of each origin the cells of the last block, and those of
 * the blocks before, to which nothing is added any more; and all of that. A next reading looks whether row and cells are still the
 * same arrays, and adds only what has come since. It comes to the same to the bit, for {@code plus} is associative.
 *
 * <p>Of use where the edges of the windows stay for a while, so that questions of the same minute are about the same tiles.
 */
public final class ReadingSums<A> {
    /** What an object takes for each byte of its written form; measured of popular items by name, larger than of numbers. */
    private static final int GROWN = 8;

    /** Of an array beside its bytes, reference included. */
    private static final int ARRAY = 24;
    /** Of all there is besides. */
    private static final int BASE = 1_000;

    private final long[] bounds;
    private final Row<A> row;
    private final Speed<A> speed;

    /** Where sums are kept between readings. May lose anything at any time, and is used by many threads. */
    public interface Keeper {
        /** Keeps nothing. */
        Keeper NONE = new Keeper() {
            @Override
            public ReadingSums<?> kept(View<?> view, String entity) {
                return null;
            }

            @Override
            public void keep(View<?> view, String entity, ReadingSums<?> sums) {
                // nothing is asked for again
            }
        };

        /** What was kept of an entity last; null when nothing is. */
        ReadingSums<?> kept(View<?> view, String entity);

        /** Keeps this, and forgets what was kept of the entity before. */
        void keep(View<?> view, String entity, ReadingSums<?> sums);
    }

    /**
     * The batch part.
     *
     * @param stored  the row as it was stored; null where there was none
     * @param values  the sum of its tiles in each window
     * @param written how many bytes these have, written
     */
    record Row<A>(byte[] stored, List<A> values, long written) {
        static <A> Row<A> of(byte[] stored, WindowValues<A> values) {
            return new Row<>(stored, values.values(), bytesOf(values.view().monoid(), values.values()));
        }
    }

    /**
     * The speed part.
     *
     * @param origins what came from each
     * @param sums    all of it, one for each segment of time; null where no cell lies
     * @param written how many bytes these have, written
     */
    record Speed<A>(Map<Origin, OfOrigin<A>> origins, List<A> sums, long written) {
        static <A> Speed<A> of(Monoid<A> monoid, Map<Origin, OfOrigin<A>> origins, List<A> sums) {
            return new Speed<>(origins, sums, bytesOf(monoid, sums));
        }

        static <A> Speed<A> nothing() {
            return new Speed<>(Map.of(), List.of(), 0);
        }
    }

    /**
     * The cells of one origin past the cut. After another cut the first of them is another.
     *
     * @param complete those of all blocks but the last
     * @param last     those of the last
     * @param newest   the offset of the last event in them
     */
    record OfOrigin<A>(Stretch<A> complete, Stretch<A> last, long newest) {}

    /**
     * Cells that follow each other.
     *
     * @param cells   as they were stored: an array for each, which is no other cell's
     * @param stored  how many bytes they take: here alone, once they are pruned
     * @param sums    one for each segment of time; null where no cell lies
     * @param written how many bytes the sums have, written
     */
    record Stretch<A>(byte[][] cells, long stored, List<A> sums, long written) {
        static <A> Stretch<A> of(Monoid<A> monoid, byte[][] cells, List<A> sums) {
            long stored = 0;
            for (byte[] cell : cells) {
                stored += ARRAY + cell.length;
            }
            return new Stretch<>(cells, stored, sums, bytesOf(monoid, sums));
        }

        /** Whether its cells are the first of {@code stored[from, to)}. */
        boolean begins(byte[][] stored, int from, int to) {
            if (cells.length > to - from) {
                return false;
            }
            for (int i = 0; i < cells.length; i++) {
                if (cells[i] != stored[from + i]) {
                    return false;
                }
            }
            return true;
        }
    }

    ReadingSums(long[] bounds, Row<A> row, Speed<A> speed) {
        this.bounds = bounds;
        this.row = row;
        this.speed = speed;
    }

    /** Whether they are of windows with these edges. */
    boolean areWithin(long[] bounds) {
        return Arrays.equals(bounds, this.bounds);
    }

    Row<A> row() {
        return row;
    }

    Speed<A> speed() {
        return speed;
    }

    /** How many bytes of memory they take, about. */
    public int bytes() {
        long written = row.written + speed.written;
        long stored = row.stored == null ? 0 : ARRAY + row.stored.length;
        for (OfOrigin<A> one : speed.origins.values()) {
            written += one.complete.written + one.last.written;
            stored += one.complete.stored + one.last.stored;
        }
        return (int) Math.min(Integer.MAX_VALUE, BASE + GROWN * written + stored);
    }

    private static <A> long bytesOf(Monoid<A> monoid, List<A> aggregates) {
        long[] bytes = new long[1];
        OutputStream counting = new OutputStream() {
            @Override
            public void write(int one) {
                bytes[0]++;
            }

            @Override
            public void write(byte[] array, int from, int length) {
                bytes[0] += length;
            }
        };
        try {
            BinaryEncoder out = EncoderFactory.get().directBinaryEncoder(counting, null);
            for (A aggregate : aggregates) {
                if (aggregate != null) {
                    monoid.write(aggregate, out);
                }
            }
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException("Nothing is written anywhere", e);
        }
        return bytes[0];
    }
}
