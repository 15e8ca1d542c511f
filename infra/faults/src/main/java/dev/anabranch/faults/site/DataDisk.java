package dev.anabranch.faults.site;

import dev.anabranch.local.Problem;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** A small disk of its own for catalog and warehouse, which can be filled up. Needs the right to mount one. */
public final class DataDisk implements AutoCloseable {
    private static final int MIB = 1024 * 1024;

    private final Path directory;
    private final Path ballast;
    private volatile boolean mounted = true;

    private DataDisk(Path directory) {
        this.directory = directory;
        this.ballast = directory.resolve("ballast");
    }

    /**
     * Mounts it, in memory, where the platform keeps its data.
     *
     * @return empty when this process may not mount anything
     */
    public static Optional<DataDisk> mount(Path directory, int mebibytes) {
        try {
            Files.createDirectories(directory);
        } catch (IOException e) {
            throw new Problem("Cannot create " + directory + ": " + e, e);
        }
        boolean mounted =
                run("mount", "-t", "tmpfs", "-o", "size=" + mebibytes + "m", "anabranch-faults", directory.toString());
        if (!mounted) {
            return Optional.empty();
        }
        DataDisk disk = new DataDisk(directory);
        Runtime.getRuntime().addShutdownHook(new Thread(disk::detach, "unmount"));
        return Optional.of(disk);
    }

    /** For a round that is stopped: it goes from the file tree now, and from memory when the last process has let go. */
    private void detach() {
        if (mounted) {
            run("umount", "--lazy", directory.toString());
        }
    }

    /** What an earlier round may have left behind. */
    public static void unmountLeftOver(Path directory) {
        if (Files.isDirectory(directory)) {
            run("umount", directory.toString());
        }
    }

    /** Leaves no room at all. */
    public void fill() throws IOException {
        byte[] block = new byte[MIB];
        try (OutputStream out = Files.newOutputStream(ballast)) {
            for (int size = MIB; size > 0; ) {
                try {
                    out.write(block, 0, size);
                } catch (IOException e) {
                    size /= 2; // no room for so much: try less
                }
            }
        }
    }

    public void empty() throws IOException {
        Files.deleteIfExists(ballast);
    }

    public long freeBytes() throws IOException {
        return Files.getFileStore(directory).getUsableSpace();
    }

    @Override
    public void close() {
        if (!run("umount", directory.toString())) {
            throw new Problem("Cannot unmount " + directory + "; do it with: umount " + directory);
        }
        mounted = false;
    }

    private static boolean run(String... command) {
        try {
            Process process = new ProcessBuilder(List.of(command))
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return process.waitFor() == 0;
        } catch (IOException e) {
            return false; // there is no such command here
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
