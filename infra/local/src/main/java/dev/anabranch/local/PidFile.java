package dev.anabranch.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/**
 * Which process does a job. It holds the process id and when that process started: ids are used again, so a process with
 * this id that started at another time is a stranger.
 *
 * @param path the file: {@code <pid> <start, epoch milliseconds>}
 */
public record PidFile(Path path) {
    /** How far the start of one process may seem to move: systems count it from a boot time in whole seconds. */
    static final long TOLERANCE_MILLIS = 2_000;

    public void write(ProcessHandle process) {
        try {
            Files.createDirectories(path.getParent());
            Files.writeString(path, process.pid() + " " + startMillis(process) + "\n");
        } catch (IOException e) {
            throw new Problem("Cannot write " + path + ": " + e, e);
        }
    }

    /** The process, if it is alive and the one that was meant. */
    public Optional<ProcessHandle> running() {
        try {
            String[] words = Files.readString(path).strip().split(" ");
            long pid = Long.parseLong(words[0]);
            long started = Long.parseLong(words[1]);
            return ProcessHandle.of(pid)
                    .filter(ProcessHandle::isAlive)
                    .filter(process -> Math.abs(startMillis(process) - started) <= TOLERANCE_MILLIS);
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new Problem("Cannot read " + path + ": " + e, e);
        } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
            throw new Problem(
                    path + " must hold a process id and its start in epoch milliseconds; if no platform runs "
                            + "in this directory, delete it",
                    e);
        }
    }

    public void delete() {
        try {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            throw new Problem("Cannot delete " + path + ": " + e, e);
        }
    }

    /** 0 when the system does not say. */
    private static long startMillis(ProcessHandle process) {
        return process.info().startInstant().map(Instant::toEpochMilli).orElse(0L);
    }
}
