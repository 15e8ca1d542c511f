package dev.anabranch.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** How much room the volume of a directory has: better told before anything is made than when half of it is. */
public final class Room {
    private static final long MEBI = 1L << 20;
    private static final long LEAST = 64 * MEBI;

    private Room() {}

    /**
     * What to say when the volume of {@code directory}, which need not be there yet, has less room than an empty platform
     * and its logs take; empty when there is enough.
     */
    public static Optional<String> lackingAt(Path directory) {
        return lackingAt(directory, LEAST);
    }

    /** @param least bytes there must be room for */
    static Optional<String> lackingAt(Path directory, long least) {
        Path there = directory.toAbsolutePath();
        while (!Files.exists(there)) {
            there = there.getParent();
        }
        try {
            long left = Files.getFileStore(there).getUsableSpace();
            return left >= least
                    ? Optional.empty()
                    : Optional.of("The volume of " + directory + " must have room for " + least / MEBI + " MiB, has "
                            + left / MEBI + " left");
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot tell how much room is left in " + there, e);
        }
    }

    /**
     * @param setting names the directory
     * @throws IllegalArgumentException when its volume lacks room
     */
    public static void requireAt(Path directory, String setting) {
        lackingAt(directory).ifPresent(what -> {
            throw new IllegalArgumentException(what + "; see " + setting);
        });
    }
}
