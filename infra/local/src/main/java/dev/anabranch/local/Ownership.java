package dev.anabranch.local;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * One command at a time may start processes in a home, and keeps it while it is in the foreground. The lock goes with
 * the process that holds it, however that ends.
 */
public final class Ownership implements AutoCloseable {
    private final Home home;
    private final FileChannel channel;
    private final FileLock lock;

    private Ownership(Home home, FileChannel channel, FileLock lock) {
        this.home = home;
        this.channel = channel;
        this.lock = lock;
    }

    /** Empty when another command holds it. */
    public static Optional<Ownership> take(Home home) {
        try {
            Files.createDirectories(home.run());
            FileChannel channel =
                    FileChannel.open(home.run().resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            FileLock lock = channel.tryLock();
            if (lock == null) {
                channel.close();
                return Optional.empty();
            }
            home.pidFile(Home.LAUNCHER).write(ProcessHandle.current());
            return Optional.of(new Ownership(home, channel, lock));
        } catch (IOException e) {
            throw new Problem("Cannot lock " + home.run() + ": " + e, e);
        }
    }

    /** The command that holds it. */
    public static Optional<ProcessHandle> holder(Home home) {
        return home.pidFile(Home.LAUNCHER).running();
    }

    @Override
    public void close() {
        home.pidFile(Home.LAUNCHER).delete();
        try {
            lock.release();
            channel.close();
        } catch (IOException e) {
            throw new Problem("Cannot unlock " + home.run() + ": " + e, e);
        }
    }
}
