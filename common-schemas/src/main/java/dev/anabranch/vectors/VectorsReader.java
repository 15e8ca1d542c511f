package dev.anabranch.vectors;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.CompletableFuture;

/**
 * Reads a {@link VectorsArtifact} as it comes, in parts that may begin and end anywhere, and makes of each what is to be made. It
 * holds the vectors and no more of the artifact than an item that is not whole yet.
 */
final class VectorsReader {
    private static final int MOST_NAME_BYTES = 1 << 16;
    private static final int MOST_RANK = 1 << 12;

    /** Its norm, its name and where that ends, a place in the table of names. */
    private static final int BYTES_BESIDE_A_VECTOR = 48;

    private final long length;
    private final long heap;
    private ByteBuffer begun = buffer(VectorsArtifact.HEADER);
    private Item next = Item.HEADER;
    private CompletableFuture<float[]> room;
    private Names.Builder names;
    private int rank;
    private VectorsBuilder vectors;

    private enum Item {
        HEADER,
        NAME_LENGTH,
        NAME,
        VECTOR,
        END
    }

    /**
     * @param length of the artifact in bytes at most: what says that it holds more is refused
     * @param heap   the same for what is made of it
     */
    VectorsReader(long length, long heap) {
        this.length = length;
        this.heap = heap;
    }

    /**
     * Takes the next bytes, of an array's buffer, leaving it as it was.
     *
     * @throws IllegalArgumentException when they are not of such an artifact
     */
    void take(ByteBuffer part) {
        ByteBuffer in = part.slice().order(ByteOrder.LITTLE_ENDIAN);
        while (in.hasRemaining()) {
            if (next == Item.END) {
                throw new IllegalArgumentException(
                        "The artifact must end with its last vector, got " + in.remaining() + " bytes more");
            }
            int needed = begun.remaining();
            if (begun.position() == 0 && in.remaining() >= needed) {
                if (next == Item.VECTOR) {
                    needed = (int) Math.min((long) vectors.missing() * needed, in.remaining() / needed * (long) needed);
                }
                take(in, needed);
            } else {
                begun.put(in.array(), in.arrayOffset() + in.position(), Math.min(needed, in.remaining()));
                in.position(in.position() + Math.min(needed, in.remaining()));
                if (!begun.hasRemaining()) {
                    begun.flip();
                    take(begun, begun.limit());
                }
            }
        }
    }

    private void take(ByteBuffer in, int bytes) {
        switch (next) {
            case HEADER -> header(in);
            case NAME_LENGTH -> {
                int name = in.getInt();
                if (name < 0 || name > MOST_NAME_BYTES) {
                    throw new IllegalArgumentException(
                            "A name must have from 0 to " + MOST_NAME_BYTES + " bytes, got " + name);
                }
                expect(Item.NAME, name);
                if (name == 0) {
                    take(in, 0);
                }
            }
            case NAME -> {
                names.add(in.array(), in.arrayOffset() + in.position(), bytes);
                in.position(in.position() + bytes);
                afterNames();
            }
            case VECTOR -> {
                ByteBuffer floats = in.slice(in.position(), bytes).order(ByteOrder.LITTLE_ENDIAN);
                in.position(in.position() + bytes);
                vectors.add(floats.asFloatBuffer());
                expect(vectors.missing() == 0 ? Item.END : Item.VECTOR, rank * Float.BYTES);
            }
            case END -> throw new IllegalStateException("Nothing may be taken after the end");
        }
    }

    private void header(ByteBuffer in) {
        if (in.getInt() != VectorsArtifact.MAGIC || in.getInt() != VectorsArtifact.VERSION) {
            throw new IllegalArgumentException(
                    "The artifact must begin with AVEC and version " + VectorsArtifact.VERSION);
        }
        int size = in.getInt();
        rank = in.getInt();
        if (size < 0
                || rank < 1
                || rank > MOST_RANK
                || VectorsArtifact.HEADER + size * (Integer.BYTES + (long) rank * Float.BYTES) > length) {
            throw new IllegalArgumentException("The artifact must hold what it says, got " + size + " vectors of rank "
                    + rank + " in " + length + " bytes");
        }
        if (size * (BYTES_BESIDE_A_VECTOR + (long) rank * Float.BYTES) > heap) {
            throw new IllegalArgumentException("There must be room for the artifact, got " + size + " vectors of rank "
                    + rank + " with " + heap + " bytes to give");
        }
        // A quarter of a gigabyte may take the system a second to give; the names come meanwhile.
        room = CompletableFuture.supplyAsync(() -> new float[Vectors.blocksLength(size, rank)]);
        names = new Names.Builder(size);
        afterNames();
    }

    private void afterNames() {
        if (!names.isComplete()) {
            expect(Item.NAME_LENGTH, Integer.BYTES);
            return;
        }
        vectors = new VectorsBuilder(names.build(), rank, room.join());
        names = null;
        room = null;
        expect(vectors.missing() == 0 ? Item.END : Item.VECTOR, rank * Float.BYTES);
    }

    private void expect(Item item, int bytes) {
        next = item;
        if (begun.capacity() < bytes) {
            begun = buffer(bytes);
        }
        begun.clear().limit(bytes);
    }

    private static ByteBuffer buffer(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** @throws IllegalArgumentException when the artifact has not come to its end */
    Vectors finish() {
        if (next != Item.END) {
            throw new IllegalArgumentException("The artifact is cut short: it ends before " + next);
        }
        return vectors.build();
    }
}
