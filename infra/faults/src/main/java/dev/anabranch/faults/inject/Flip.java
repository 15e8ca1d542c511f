package dev.anabranch.faults.inject;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;

/**
 * One bit of a file, the other way round; done twice, the file is as it was.
 *
 * @param file the file
 * @param at   the byte
 * @param bit  0 to 7
 */
record Flip(Path file, long at, int bit) {
    void apply() throws IOException {
        try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "rw")) {
            open.seek(at);
            int was = open.read();
            if (was < 0) {
                throw new IOException(file + " must have a byte " + at + ", ends at " + open.length());
            }
            open.seek(at);
            open.write(was ^ (1 << bit));
        }
    }
}
