package dev.anabranch.broker;

import java.io.IOException;
import java.lang.module.ModuleDescriptor.Version;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where the broker keeps its log, and which Kafka wrote it last.
 *
 * @param directory holds the log and, beside it, what this process writes down of it
 */
record LogDirectory(Path directory) {
    private static final String UNKNOWN = "a Kafka of an earlier build of this platform, 4.3.1 most likely";

    Path files() {
        return directory.resolve("log");
    }

    boolean formatted() {
        return Files.exists(files().resolve("meta.properties"));
    }

    /**
     * Notes that this version of Kafka is the one that writes from now on. One that is older than what is noted would fail
     * in the middle of its start, on the first record it cannot read.
     *
     * @throws IllegalStateException when a newer one has written the log, or nobody noted who did
     */
    void claim(String version) throws IOException {
        Path note = directory.resolve("kafka-version");
        if (formatted()) {
            String last = Files.exists(note) ? Files.readString(note).strip() : UNKNOWN;
            if (last.equals(UNKNOWN) || Version.parse(last).compareTo(Version.parse(version)) > 0) {
                throw new IllegalStateException(
                        "The log in " + files() + " must be one that Kafka " + version + " can read, it was written by "
                                + last + "; try another directory (--dir), or remove this one");
            }
        }
        Files.writeString(note, version + System.lineSeparator());
    }
}
