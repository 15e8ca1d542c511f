package dev.anabranch.batch;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;

/**
 * One run of a use case at a time on this machine. The lock is the operating system's, so it ends with its process,
 * however that ends. {@link RunLease} does the same for several machines, and takes longer to find out.
 */
public final class RunLock implements AutoCloseable {
    /** Another run of the use case is under way. The message is meant for the operator. */
    public static final class HeldException extends RuntimeException {
        HeldException(String message) {
            super(message);
        }
    }

    private final FileChannel channel;

    private RunLock(FileChannel channel) {
        this.channel = channel;
    }

    /**
     * @param now when the run starts, for the message that another run may give
     * @throws HeldException when another run of the use case is under way
     */
    public static RunLock take(Path stateDir, String useCase, Instant now) {
        Path folder = stateDir.resolve("locks");
        Path file = folder.resolve("batch-" + useCase + ".lock");
        Path holder = folder.resolve("batch-" + useCase + ".holder");
        try {
            Files.createDirectories(folder);
            FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            FileLock lock = tryLock(channel);
            if (lock == null) {
                channel.close();
                String who = Files.exists(holder) ? Files.readString(holder) : "a process that did not say";
                throw new HeldException("A batch run of " + useCase + " is under way (" + who
                        + "); wait until it ends, or stop that process");
            }
            String who = "process " + ProcessHandle.current().pid() + ", since " + now;
            Files.writeString(holder, who);
            return new RunLock(channel);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot lock " + file + ": " + e.getMessage(), e);
        }
    }

    private static FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            return null; // held by this very process
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot release the lock of a run", e);
        }
    }
}
