package dev.anabranch.batch.schedule;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Optional;

/** Up to which moment the runs of each use case were made, in files that outlive the process. */
final class Served {
    private final Path folder;

    Served(Path stateDir) {
        folder = stateDir.resolve("schedule");
    }

    /** Empty when none was ever made. */
    Optional<Instant> of(String useCase) {
        Path file = folder.resolve(useCase);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try {
            return Optional.of(Instant.parse(Files.readString(file).strip()));
        } catch (DateTimeParseException e) {
            throw new IllegalArgumentException(
                    file + " must hold the moment of the last run, got '" + e.getParsedString() + "'; delete it", e);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + file, e);
        }
    }

    void upTo(String useCase, Instant moment) {
        Path file = folder.resolve(useCase);
        Path written = folder.resolve(useCase + ".new");
        try {
            Files.createDirectories(folder);
            Files.writeString(written, moment.toString());
            Files.move(written, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write " + file, e);
        }
    }
}
