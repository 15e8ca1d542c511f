package dev.anabranch.simulator;

import java.nio.file.Path;

/** A file of recorded events that cannot be read further. The rows before stay good. */
public final class BrokenFileException extends RuntimeException {
    private final Path file;
    private final long line;

    public BrokenFileException(Path file, long line, String problem, Throwable cause) {
        super(file.getFileName() + " line " + line + ": " + problem, cause);
        this.file = file;
        this.line = line;
    }

    public Path file() {
        return file;
    }

    /** The line in question, the header being line 1. When the file ends too early, the last line that was read. */
    public long line() {
        return line;
    }
}
