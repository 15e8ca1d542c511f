package dev.anabranch.speed;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.kafka.common.utils.Utils;

/**
 * The stores that an application keeps on disk, and whether its last life ended in order.
 *
 * <p>Kafka Streams throws away what a life that was killed left behind, since it may hold what was never committed. But it
 * finds that out store by store, each opened, refused, closed and made anew, while readers wait. This
 * takes all of it away before the first is opened. The application's identity stays: a new one would leave the
 * transactions of the old to their timeout.
 */
final class DiskState {
    private static final Pattern TASK = Pattern.compile("\\d+_\\d+");

    private final Path directory;
    private final Path mark;
    private boolean begun;

    /** @param directory of the application, in the state directory; absent when nothing is kept on disk */
    DiskState(Path directory) {
        this.directory = directory;
        mark = directory.resolve("in-use");
    }

    /**
     * Called when Kafka Streams holds the lock of the directory and has not opened a store yet.
     *
     * @return how many tasks' stores were taken away
     */
    int begin() {
        begun = true;
        if (!Files.isDirectory(directory)) {
            return 0;
        }
        try {
            if (!Files.exists(mark)) {
                Files.createFile(mark);
                return 0;
            }
            List<Path> left = tasks();
            for (Path task : left) {
                Utils.delete(task.toFile());
            }
            return left.size();
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot make ready the state directory " + directory, e);
        }
    }

    /** Called when all stores are closed: what they hold is what was committed. A life that never began says nothing. */
    void end() {
        if (!begun) {
            return;
        }
        try {
            Files.deleteIfExists(mark);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot say in " + directory + " that it was left in order", e);
        }
    }

    private List<Path> tasks() throws IOException {
        try (Stream<Path> all = Files.list(directory)) {
            return all.filter(
                            path -> TASK.matcher(path.getFileName().toString()).matches())
                    .toList();
        }
    }
}
