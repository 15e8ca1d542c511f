package dev.anabranch.lakehouse;

import io.smallrye.config.WithDefault;
import java.nio.file.Path;

/** The Iceberg catalog, kept in a database that JDBC reaches: the settings {@code anabranch.catalog.*}. */
public interface CatalogConfig {
    /** {@code anabranch.catalog.uri}: the JDBC URL; the folder of an SQLite file is created when it is missing. */
    @WithDefault("jdbc:sqlite:${anabranch.state-dir:.anabranch}/catalog.db?journal_mode=WAL&busy_timeout=30000")
    String uri();

    /** {@code anabranch.catalog.warehouse}: the folder, or the URI, that the tables' files lie under. */
    @WithDefault("${anabranch.state-dir:.anabranch}/warehouse")
    String warehouse();

    /** The catalog of a process that keeps all its state in {@code stateDir}. */
    static CatalogConfig under(Path stateDir) {
        return of(stateDir.resolve("catalog.db"), stateDir.resolve("warehouse"));
    }

    /** The catalog in an SQLite file, with its tables' files under a folder. */
    static CatalogConfig of(Path file, Path folder) {
        return new CatalogConfig() {
            @Override
            public String uri() {
                return "jdbc:sqlite:" + file + "?journal_mode=WAL&busy_timeout=30000";
            }

            @Override
            public String warehouse() {
                return folder.toString();
            }
        };
    }
}
