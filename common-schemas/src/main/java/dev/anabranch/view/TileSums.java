package dev.anabranch.view;

import dev.anabranch.contract.ArrayDecoder;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;

/**
 * A tree of sums behind the tiles of a long row. A reading adds up whole stretches of tiles, and looks at single ones only where
 * the edge of a window cuts a stretch: it costs the logarithm of the tiles, and is the same to the bit, for {@code plus} is
 * associative.
 *
 * <p>{@link #WIDTH} tiles are a stretch. A node has up to as many children, all of them stretches or all nodes. Its bytes are its
 * height, 1 above stretches; the number of its children; where the first of them begins in the row, and how many bytes each has;
 * for each but the first how much later its first tile starts; and for each the sum of its tiles. The nodes of a height follow
 * each other, the lowest first. The row ends with where the root begins, and with the starts of the first and the last tile.
 *
 * <p>Who knows nothing of sums reads the tiles and stops. That there are some is told by the number of tiles before them: it is
 * written in five bytes, of which the last is zero, as nobody writes a number otherwise.
 */
final class TileSums {
    /** So many neighbours are added up: fewer would make the row longer, more the reading. */
    static final int WIDTH = 8;

    /** A row with fewer tiles is read as fast without. */
    static final int LEAST_TILES = 64;

    private static final int MARK_BYTES = 5;
    private static final int TAIL_BYTES = Integer.BYTES + 2 * Long.BYTES;

    /** Above as many tiles as an int can count. */
    private static final int HIGHEST = 11;

    /** Sums may make a row longer by one part in so many; where they would by more, as of aggregates that grow, there are none. */
    private static final int MOST_SHARE = 4;

    private TileSums() {}

    /**
     * What tiles are with sums behind them; null where sums are not worth it, or do not fit the aggregate.
     *
     * @param body the tiles as bytes
     * @param ends where in it each tile ends
     */
    static <A> byte[] behind(Tiles<A> tiles, byte[] body, int[] ends) throws IOException {
        if (ends.length < LEAST_TILES) {
            return null;
        }
        ByteArrayOutputStream row = new ByteArrayOutputStream(body.length + body.length / MOST_SHARE + TAIL_BYTES);
        row.write(marked(ends.length));
        row.write(body);
        int most = row.size() + body.length / MOST_SHARE;
        try {
            List<Part<A>> parts = stretches(tiles, ends);
            for (int height = 1; parts.size() > 1; height++) {
                parts = above(parts, height, tiles.view().monoid(), row);
                if (row.size() > most) {
                    return null;
                }
            }
            row.write(ByteBuffer.allocate(TAIL_BYTES)
                    .putInt(parts.get(0).from)
                    .putLong(tiles.starts().get(0))
                    .putLong(tiles.starts().get(ends.length - 1))
                    .array());
            return row.toByteArray();
        } catch (ArithmeticException e) {
            return null; // all of history does not fit; the windows asked about may
        }
    }

    /**
     * A stretch of tiles, or a node, that was written.
     *
     * @param start  of its first tile
     * @param sum    of its tiles
     * @param from   where in the row it begins
     * @param length how many bytes it has
     */
    private record Part<A>(long start, A sum, int from, int length) {}

    private static <A> List<Part<A>> stretches(Tiles<A> tiles, int[] ends) {
        List<Part<A>> stretches = new ArrayList<>();
        int from = 0;
        for (int i = 0; i < ends.length; i += WIDTH) {
            int next = Math.min(ends.length, i + WIDTH);
            A sum = tiles.aggregates().subList(i, next).stream()
                    .reduce(tiles.view().monoid().empty(), tiles.view().monoid()::plus);
            int to = ends[next - 1];
            stretches.add(new Part<>(tiles.starts().get(i), sum, MARK_BYTES + from, to - from));
            from = to;
        }
        return stretches;
    }

    /** Writes the nodes of one height. */
    private static <A> List<Part<A>> above(List<Part<A>> parts, int height, Monoid<A> monoid, ByteArrayOutputStream row)
            throws IOException {
        BinaryEncoder out = EncoderFactory.get().directBinaryEncoder(row, null);
        List<Part<A>> nodes = new ArrayList<>();
        for (int i = 0; i < parts.size(); i += WIDTH) {
            List<Part<A>> children = parts.subList(i, Math.min(parts.size(), i + WIDTH));
            int from = row.size();
            out.writeInt(height);
            out.writeInt(children.size());
            out.writeInt(children.get(0).from);
            for (Part<A> child : children) {
                out.writeInt(child.length);
            }
            for (int j = 1; j < children.size(); j++) {
                out.writeLong(children.get(j).start - children.get(j - 1).start);
            }
            A sum = monoid.empty();
            for (Part<A> child : children) {
                monoid.write(child.sum, out);
                sum = monoid.plus(sum, child.sum);
            }
            out.flush();
            nodes.add(new Part<>(children.get(0).start, sum, from, row.size() - from));
        }
        return nodes;
    }

    /** A number as Avro reads it, with the mark. */
    private static byte[] marked(int number) {
        byte[] bytes = new byte[MARK_BYTES];
        int zigzag = number << 1;
        for (int i = 0; i < MARK_BYTES - 1; i++) {
            bytes[i] = (byte) (zigzag >>> 7 * i & 0x7F | 0x80);
        }
        return bytes;
    }

    /** Whether there are sums behind the tiles that lie there. */
    static boolean areIn(byte[] bytes, int from, int length) {
        return length > MARK_BYTES + TAIL_BYTES
                && bytes[from] < 0
                && bytes[from + 1] < 0
                && bytes[from + 2] < 0
                && bytes[from + 3] < 0
                && bytes[from + 4] == 0;
    }

    /**
     * Adds the tiles to {@code fold}, as few of them one by one as it takes.
     *
     * @throws IOException when the bytes are damaged
     */
    static <A> void addTo(WindowValues.Fold<A> fold, View<A> view, byte[] bytes, int from, int length)
            throws IOException {
        int end = length - TAIL_BYTES;
        ByteBuffer tail = ByteBuffer.wrap(bytes, from + end, TAIL_BYTES);
        int root = tail.getInt();
        new Row<>(fold, view.monoid(), bytes, from, end).add(root, HIGHEST, tail.getLong(), tail.getLong() + 1);
    }

    /**
     * A row that is read.
     *
     * @param from where in the bytes it begins
     * @param end  where in the row the nodes end
     */
    private record Row<A>(WindowValues.Fold<A> fold, Monoid<A> monoid, byte[] bytes, int from, int end) {
        /**
         * Adds the tiles below a node.
         *
         * @param highest it may be
         * @param first   when the first of them starts
         * @param until   none of them starts then or later
         */
        void add(int node, int highest, long first, long until) throws IOException {
            requireWithin(node, MARK_BYTES, end - 1, "A node must begin");
            ArrayDecoder in = new ArrayDecoder().show(bytes, from + node, end - node);
            int height = in.readInt();
            requireWithin(height, 1, highest, "The height of a node must lie");
            int count = in.readInt();
            requireWithin(count, 1, WIDTH, "The children of a node must number");
            int[] places = new int[count + 1];
            places[0] = in.readInt();
            for (int i = 0; i < count; i++) {
                places[i + 1] = places[i] + in.readInt();
                requireWithin(places[i + 1], places[i] + 1, node, "A child of a node must end");
            }
            long[] starts = new long[count + 1];
            starts[0] = first;
            for (int i = 1; i < count; i++) {
                starts[i] = starts[i - 1] + in.readLong();
            }
            starts[count] = until;
            for (int i = 0; i < count; i++) {
                A sum = monoid.read(in);
                int segment = fold.segmentOf(starts[i], starts[i + 1]);
                if (segment >= 0) {
                    fold.addTo(segment, sum);
                } else if (segment == WindowValues.Fold.CUT && height > 1) {
                    add(places[i], height - 1, starts[i], starts[i + 1]);
                } else if (segment == WindowValues.Fold.CUT) {
                    addTiles(places[i], places[i + 1], starts[i]);
                }
            }
        }

        private void addTiles(int position, int next, long first) throws IOException {
            requireWithin(position, MARK_BYTES, next - 1, "A stretch of tiles must begin");
            ArrayDecoder in = new ArrayDecoder().show(bytes, from + position, next - position);
            in.readLong(); // less the start of a tile that is not at hand; it is known
            long start = first;
            fold.add(start, monoid.read(in));
            while (!in.isAtEnd()) {
                start += in.readLong();
                fold.add(start, monoid.read(in));
            }
        }

        private static void requireWithin(int number, int least, int most, String what) throws IOException {
            if (number < least || number > most) {
                throw new IOException(what + " between " + least + " and " + most + ", got " + number);
            }
        }
    }
}
