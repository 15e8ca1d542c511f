package dev.anabranch.batch;

import dev.anabranch.lakehouse.CatalogConfig;
import dev.anabranch.process.Settings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/** A catalog and a warehouse in a folder that goes away, and Spark as the settings have it: where evaluations run. */
public record Workplace(Path stateDir) implements PlatformConfig, AutoCloseable {
    public static Workplace temporary() throws IOException {
        return new Workplace(Files.createTempDirectory("anabranch-evaluation-"));
    }

    @Override
    public Kafka kafka() {
        throw new IllegalStateException("An evaluation needs no broker");
    }

    @Override
    public CatalogConfig catalog() {
        return CatalogConfig.under(stateDir);
    }

    @Override
    public Spark spark() {
        return Settings.read(PlatformConfig.class).spark();
    }

    @Override
    public Batch batch() {
        return Settings.read(PlatformConfig.class).batch();
    }

    @Override
    public Maintenance maintenance() {
        return Settings.read(PlatformConfig.class).maintenance();
    }

    @Override
    public int partitions() {
        return 1;
    }

    @Override
    public void close() {
        try (Stream<Path> all = Files.walk(stateDir)) {
            all.sorted(Comparator.reverseOrder()).forEach(path -> path.toFile().delete());
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot delete " + stateDir, e);
        }
    }
}
