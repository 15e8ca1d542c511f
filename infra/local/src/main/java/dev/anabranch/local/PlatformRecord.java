package dev.anabranch.local;

import java.io.IOException;
import java.io.Reader;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Properties;

/**
 * What a running platform was started with, written down so that other commands find it.
 *
 * @param ports      where it listens
 * @param partitions how many each partitioned topic has
 */
public record PlatformRecord(Ports ports, int partitions) {
    /** Beside the pid files of {@code home}. */
    public void write(Home home) {
        Properties p = new Properties();
        ports.byUse().forEach((use, port) -> p.setProperty("port." + use, String.valueOf(port)));
        p.setProperty("partitions", String.valueOf(partitions));
        Path file = file(home);
        try {
            Files.createDirectories(file.getParent());
            try (Writer out = Files.newBufferedWriter(file)) {
                p.store(out, "What the platform in this directory was last started with");
            }
        } catch (IOException e) {
            throw new Problem("Cannot write " + file + ": " + e, e);
        }
    }

    /** Empty when no platform was ever started in {@code home}. */
    public static Optional<PlatformRecord> read(Home home) {
        Path file = file(home);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        Properties p = new Properties();
        try (Reader in = Files.newBufferedReader(file)) {
            p.load(in);
            return Optional.of(new PlatformRecord(
                    new Ports(
                            number(p, "port.broker"),
                            number(p, "port.controller"),
                            number(p, "port.serving"),
                            number(p, "port.archiver"),
                            number(p, "port.speed"),
                            number(p, "port.scheduler")),
                    number(p, "partitions")));
        } catch (IOException e) {
            throw new Problem("Cannot read " + file + ": " + e, e);
        } catch (NumberFormatException e) {
            throw new Problem(file + " is damaged (" + e.getMessage() + "); if no platform runs here, delete it", e);
        }
    }

    private static int number(Properties p, String key) {
        String value = p.getProperty(key);
        if (value == null) {
            throw new NumberFormatException(key + " is missing");
        }
        return Integer.parseInt(value);
    }

    private static Path file(Home home) {
        return home.run().resolve("platform.properties");
    }
}
