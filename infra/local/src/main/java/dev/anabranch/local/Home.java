package dev.anabranch.local;

import dev.anabranch.process.Room;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * The directory one platform keeps everything in: two platforms with different homes and ports do not meet.
 *
 * @param directory absolute
 */
public record Home(Path directory) {
    /** The name of the pid file of the command that keeps the platform in the foreground. */
    static final String LAUNCHER = "launcher";

    public Home {
        directory = directory.toAbsolutePath().normalize();
    }

    /** The demo's own home, so that it never touches what the platform in this one holds. */
    public Home demo() {
        return new Home(directory.resolve("demo"));
    }

    public Path logs() {
        return directory.resolve("logs");
    }

    public Path log(String process) {
        return logs().resolve(process + ".log");
    }

    /** What says which processes run. */
    public Path run() {
        return directory.resolve("run");
    }

    public PidFile pidFile(String process) {
        return new PidFile(run().resolve(process + ".pid"));
    }

    /** The processes that have a pid file, whether they still run or not; not the command that launched them. */
    public List<String> processes() {
        if (!Files.exists(run())) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(run())) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".pid"))
                    .map(name -> name.substring(0, name.length() - ".pid".length()))
                    .filter(name -> !name.equals(LAUNCHER))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new Problem("Cannot list " + run() + ": " + e, e);
        }
    }

    public Path broker() {
        return directory.resolve("broker");
    }

    /** Where the processes keep what they can build again from the topics. */
    public Path state() {
        return directory.resolve("state");
    }

    public Path catalog() {
        return directory.resolve("data").resolve("catalog.db");
    }

    public Path warehouse() {
        return directory.resolve("data").resolve("warehouse");
    }

    /**
     * Makes its directories.
     *
     * @throws Problem when there is no room for a platform; then nothing is made
     */
    public void create() {
        Room.lackingAt(directory).ifPresent(what -> {
            throw new Problem(what + "; see --dir");
        });
        try {
            for (Path each : List.of(logs(), run(), broker(), state(), warehouse())) {
                Files.createDirectories(each);
            }
        } catch (IOException e) {
            throw new Problem("Cannot create the directories of the platform in " + directory + ": " + e, e);
        }
    }

    /** Removes all data, state and logs of this platform, and nothing else that may lie in its directory. */
    public void wipe() {
        wipeData();
        deleteAll(run());
    }

    /** Removes all but what says which processes run. */
    public void wipeData() {
        for (String each : List.of("logs", "broker", "state", "data")) {
            deleteAll(directory.resolve(each));
        }
    }

    private static void deleteAll(Path start) {
        if (!Files.exists(start)) {
            return;
        }
        try (Stream<Path> found = Files.walk(start)) {
            for (Path each : found.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(each);
            }
        } catch (IOException e) {
            throw new Problem("Cannot delete " + start + ": " + e, e);
        }
    }
}
