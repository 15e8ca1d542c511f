package dev.anabranch.lakehouse;

import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.util.Optional;

/** The Iceberg catalog, kept in a database that JDBC reaches: the settings {@code anabranch.catalog.*}. */
public interface CatalogConfig {
    /** {@code anabranch.catalog.uri}: the JDBC URL; the folder of an SQLite file is created when it is missing. */
    @WithDefault("jdbc:sqlite:${anabranch.state-dir:.anabranch}/catalog.db?journal_mode=WAL&busy_timeout=30000")
    String uri();

    /** {@code anabranch.catalog.user}: whom the database knows us as; none for SQLite. */
    Optional<String> user();

    /** {@code anabranch.catalog.password}: what proves it. */
    Optional<String> password();

    /**
     * {@code anabranch.catalog.warehouse}: the folder that the tables' files lie under, or {@code s3://bucket/folder};
     * the bucket must be there.
     */
    @WithDefault("${anabranch.state-dir:.anabranch}/warehouse")
    String warehouse();

    /** {@code anabranch.catalog.s3.*}: where the bucket is, when the warehouse lies in one. */
    S3 s3();

    /** An S3 store. What is not told, the AWS SDK finds out for itself: environment, profile, instance role. */
    interface S3 {
        /** {@code anabranch.catalog.s3.endpoint}: {@code http://host:port} of a store other than Amazon's. */
        Optional<String> endpoint();

        /** {@code anabranch.catalog.s3.region}: such as {@code eu-central-1}. */
        Optional<String> region();

        /** {@code anabranch.catalog.s3.access-key-id}: whom the store knows us as. */
        Optional<String> accessKeyId();

        /** {@code anabranch.catalog.s3.secret-access-key}: what proves it. */
        Optional<String> secretAccessKey();

        /**
         * {@code anabranch.catalog.s3.path-style}: whether the bucket is named in the path instead of the host, as most
         * stores other than Amazon's want it.
         */
        @WithDefault("false")
        boolean pathStyle();
    }

    /** The catalog of a process that keeps all its state in {@code stateDir}. */
    static CatalogConfig under(Path stateDir) {
        return of(stateDir.resolve("catalog.db"), stateDir.resolve("warehouse"));
    }

    /** The catalog in an SQLite file, with its tables' files under a folder. */
    static CatalogConfig of(Path file, Path folder) {
        return of("jdbc:sqlite:" + file + "?journal_mode=WAL&busy_timeout=30000", folder.toString());
    }

    /** A catalog that needs no password, and no bucket. */
    static CatalogConfig of(String uri, String warehouse) {
        return new CatalogConfig() {
            @Override
            public String uri() {
                return uri;
            }

            @Override
            public Optional<String> user() {
                return Optional.empty();
            }

            @Override
            public Optional<String> password() {
                return Optional.empty();
            }

            @Override
            public String warehouse() {
                return warehouse;
            }

            @Override
            public S3 s3() {
                throw new IllegalStateException("A warehouse in a folder has no bucket: " + warehouse);
            }
        };
    }
}
