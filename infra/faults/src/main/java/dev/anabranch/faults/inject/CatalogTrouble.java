package dev.anabranch.faults.inject;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** The catalog of the archive, locked by somebody else, or gone. */
final class CatalogTrouble {
    private CatalogTrouble() {}

    /** Somebody holds the lock that every writer needs. */
    static final class Locked implements Fault {
        private Connection holder;

        @Override
        public void inject(Scene scene) {
            String uri = "jdbc:sqlite:" + scene.site().home().catalog() + "?busy_timeout=30000";
            try {
                holder = DriverManager.getConnection(uri);
                try (Statement lock = holder.createStatement()) {
                    lock.execute("BEGIN EXCLUSIVE");
                }
            } catch (SQLException e) {
                throw new CouldNotInjectException("The catalog could not be locked: " + e.getMessage(), e);
            }
        }

        @Override
        public Recovery heal(Scene scene) throws SQLException {
            try (Statement release = holder.createStatement()) {
                release.execute("ROLLBACK");
            }
            holder.close();
            return scene.signs().archives();
        }
    }

    /** It cannot be opened any more, until it is back. */
    static final class Gone implements Fault {
        private static final String AWAY = ".away";

        private final List<Path> moved = new ArrayList<>();

        @Override
        public void inject(Scene scene) throws IOException {
            Path catalog = scene.site().home().catalog();
            for (String part : List.of("", "-wal", "-shm")) {
                Path file = catalog.resolveSibling(catalog.getFileName() + part);
                if (Files.exists(file)) {
                    Files.move(file, file.resolveSibling(file.getFileName() + AWAY));
                    moved.add(file);
                }
            }
            if (moved.isEmpty()) {
                throw new CouldNotInjectException("There is no catalog at " + catalog);
            }
            Files.createDirectory(catalog); // or the next who opens it would make an empty one
        }

        @Override
        public Recovery heal(Scene scene) throws IOException {
            Files.delete(scene.site().home().catalog());
            for (Path file : moved) {
                Files.move(file.resolveSibling(file.getFileName() + AWAY), file);
            }
            return scene.signs().archives();
        }
    }
}
