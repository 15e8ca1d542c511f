package dev.anabranch.lakehouse;

import dev.anabranch.event.EventType;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Driver;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.iceberg.CatalogProperties;
import org.apache.iceberg.CatalogUtil;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableProperties;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.exceptions.AlreadyExistsException;
import org.apache.iceberg.exceptions.NoSuchTableException;
import org.apache.iceberg.hadoop.HadoopFileIO;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.io.OutputFile;
import org.apache.iceberg.io.SupportsPrefixOperations;
import org.apache.iceberg.jdbc.JdbcCatalog;
import org.apache.iceberg.jdbc.UncheckedSQLException;

/** The Iceberg catalog and the tables in it. Safe to open from several processes at once. */
public final class Lakehouse implements AutoCloseable {
    /** What the catalog is called, in its database and in Spark's SQL. */
    public static final String CATALOG = "anabranch";

    /** Rows of an event table come in time order or nearly so; readers prune by the bounds in the file's metadata. */
    private static final Map<String, String> TABLE_PROPERTIES = Map.of(
            TableProperties.FORMAT_VERSION, "2",
            TableProperties.PARQUET_COMPRESSION, "zstd",
            TableProperties.METADATA_DELETE_AFTER_COMMIT_ENABLED, "true",
            TableProperties.METADATA_PREVIOUS_VERSIONS_MAX, "20");

    /** Making a catalog takes three statements; each may be somebody else's once. */
    private static final int ATTEMPTS = 4;

    /** A file that a store which is all but full refuses. */
    private static final int ROOM_BYTES = 16 << 20;

    private static final String S3_FILE_IO = "org.apache.iceberg.aws.s3.S3FileIO";

    private final JdbcCatalog catalog;
    private final Map<TableIdentifier, AppendedRows> appended = new ConcurrentHashMap<>();

    private Lakehouse(JdbcCatalog catalog) {
        this.catalog = catalog;
    }

    /**
     * Opens the catalog; in a database without one, it is made.
     *
     * @throws UnusableException when the database does not let us in, or the warehouse's bucket is not there; the
     *     message names the setting
     */
    public static Lakehouse open(CatalogConfig config) {
        registerDrivers();
        for (int attempt = 1; ; attempt++) {
            JdbcCatalog catalog = new JdbcCatalog();
            catalog.setConf(hadoop());
            try {
                requireWarehouse(config); // first: a database without a catalog is to stay so when there is no bucket
                catalog.initialize(CATALOG, catalogProperties(config));
                return new Lakehouse(catalog);
            } catch (UncheckedSQLException e) {
                catalog.close();
                if (attempt == ATTEMPTS || deniedOrAway(e)) {
                    throw new UnusableException(
                            "The catalog at " + config.uri() + " must open, got: " + innermost(e)
                                    + "; see anabranch.catalog.uri, .user and .password",
                            e);
                }
                // Another process makes the catalog's tables at this moment, and made one that this one was about to:
                // it is there at the next look.
            }
        }
    }

    private static Configuration hadoop() {
        Configuration configuration = new Configuration();
        configuration.set("fs.file.impl", ForklessLocalFileSystem.class.getName());
        return configuration;
    }

    /** The catalog or the warehouse cannot be used as the settings have them. The message is meant for the operator. */
    public static final class UnusableException extends RuntimeException {
        UnusableException(String message, Throwable cause) {
            super(message, cause);
        }
    }

    /** By the classes of SQL states: 08 is a connection that fails, 28 an authorization that is refused. */
    private static boolean deniedOrAway(Throwable failure) {
        for (Throwable each = failure; each != null; each = each.getCause()) {
            if (each instanceof SQLException sql && sql.getSQLState() != null) {
                return sql.getSQLState().startsWith("08") || sql.getSQLState().startsWith("28");
            }
        }
        return false;
    }

    /** An object store takes writes to a bucket that is not there for what they are only when they come. */
    private static void requireWarehouse(CatalogConfig config) {
        if (!inBucket(config.warehouse())) {
            return;
        }
        try (FileIO files = CatalogUtil.loadFileIO(S3_FILE_IO, bucketProperties(config.s3()), null)) {
            SupportsPrefixOperations listing = (SupportsPrefixOperations) files;
            listing.listPrefix(config.warehouse().replaceFirst("/*$", "/"))
                    .iterator()
                    .hasNext();
        } catch (RuntimeException e) {
            throw new UnusableException(
                    "The bucket of " + config.warehouse() + " must be there, at "
                            + config.s3().endpoint().orElse("Amazon's endpoint") + ", got: " + innermost(e)
                            + "; see anabranch.catalog.warehouse and anabranch.catalog.s3.*",
                    e);
        }
    }

    /**
     * Writes a file into the warehouse and takes it away again: a store that is full, or takes nothing from us, shows that
     * only when something is written.
     *
     * @throws UnusableException when it cannot be written; the message names the setting
     */
    public static void requireRoom(CatalogConfig config) {
        String folder = absolute(config.warehouse()).replaceFirst("/*$", "/");
        try (FileIO files = files(config)) {
            OutputFile file = files.newOutputFile(folder + ".room-" + UUID.randomUUID());
            try (OutputStream out = file.create()) {
                out.write(new byte[ROOM_BYTES]);
            }
            files.deleteFile(file);
        } catch (IOException | RuntimeException e) {
            throw new UnusableException(
                    "The warehouse " + config.warehouse() + " must take a file of " + ROOM_BYTES / 1024 / 1024
                            + " MiB, got: " + innermost(e)
                            + "; see anabranch.catalog.warehouse and anabranch.catalog.s3.*",
                    e);
        }
    }

    private static FileIO files(CatalogConfig config) {
        Map<String, String> properties = catalogProperties(config);
        String implementation = properties.getOrDefault(CatalogProperties.FILE_IO_IMPL, HadoopFileIO.class.getName());
        return CatalogUtil.loadFileIO(implementation, properties, hadoop());
    }

    private static String innermost(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return String.valueOf(cause.getMessage()).strip();
    }

    /** A driver registers itself when it is loaded; by itself, the JDK loads those of its own class path alone. */
    private static void registerDrivers() {
        ServiceLoader.load(Driver.class, Lakehouse.class.getClassLoader()).stream()
                .forEach(ServiceLoader.Provider::get);
    }

    /** What Iceberg, here or inside Spark, needs to know to open the catalog. */
    public static Map<String, String> catalogProperties(CatalogConfig config) {
        Map<String, String> properties = new LinkedHashMap<>();
        properties.put(CatalogProperties.URI, prepared(config.uri()));
        properties.put(CatalogProperties.WAREHOUSE_LOCATION, absolute(config.warehouse()));
        properties.put("jdbc.schema-version", "V1");
        config.user().ifPresent(user -> properties.put("jdbc.user", user));
        config.password().ifPresent(password -> properties.put("jdbc.password", password));
        if (inBucket(config.warehouse())) {
            properties.put(CatalogProperties.FILE_IO_IMPL, S3_FILE_IO);
            properties.putAll(bucketProperties(config.s3()));
        }
        return properties;
    }

    private static boolean inBucket(String warehouse) {
        return warehouse.startsWith("s3:") || warehouse.startsWith("s3a:");
    }

    private static Map<String, String> bucketProperties(CatalogConfig.S3 s3) {
        Map<String, String> properties = new LinkedHashMap<>();
        // Of Iceberg's two makers of clients the one that wants the SDK of nothing but S3.
        properties.put("s3.client-factory-impl", "org.apache.iceberg.aws.s3.DefaultS3FileIOAwsClientFactory");
        properties.put("s3.path-style-access", String.valueOf(s3.pathStyle()));
        s3.endpoint().ifPresent(endpoint -> properties.put("s3.endpoint", endpoint));
        s3.region().ifPresent(region -> properties.put("client.region", region));
        s3.accessKeyId().ifPresent(id -> properties.put("s3.access-key-id", id));
        s3.secretAccessKey().ifPresent(secret -> properties.put("s3.secret-access-key", secret));
        return properties;
    }

    public JdbcCatalog catalog() {
        return catalog;
    }

    /** The table of an event type, created or widened to its newest schema when need be. */
    public Table events(EventType<?> type) {
        Schema schema = EventTables.schema(type);
        return table(EventTables.identifier(type), schema, byDayOfEvent(schema));
    }

    /** The table of the predictions of a use case, created or widened to their newest schema when need be. */
    public Table predictions(String useCase) {
        Schema schema = EventTables.predictionsSchema();
        return table(EventTables.predictionsIdentifier(useCase), schema, byDayOfEvent(schema));
    }

    /**
     * A table, created when it is missing; columns it lacks are added.
     *
     * @param spec how it is partitioned when it is created
     */
    public Table table(TableIdentifier identifier, Schema schema, PartitionSpec spec) {
        Optional<Table> existing = find(identifier); // not tableExists, which reads the metadata a second time
        if (existing.isPresent()) {
            Table table = existing.get();
            boolean lacksColumns =
                    schema.columns().stream().anyMatch(column -> table.schema().findField(column.name()) == null);
            if (lacksColumns) {
                table.updateSchema().unionByNameWith(schema).commit();
            }
            return table;
        }
        createNamespace(identifier.namespace());
        try {
            return catalog.createTable(identifier, schema, spec, TABLE_PROPERTIES);
        } catch (AlreadyExistsException e) {
            return catalog.loadTable(identifier); // another process was faster
        }
    }

    /** A table, when there is one: for those who read and must create nothing. */
    public Optional<Table> find(TableIdentifier identifier) {
        try {
            return Optional.of(catalog.loadTable(identifier));
        } catch (NoSuchTableException e) {
            return Optional.empty();
        }
    }

    /**
     * All rows of a small table that is only ever appended to, in no order; what was read before is not read again.
     *
     * @param at which snapshot; null of an empty table
     */
    List<Record> appendedRows(TableIdentifier identifier, Table table, Snapshot at) {
        return appended.computeIfAbsent(identifier, key -> new AppendedRows()).at(table, at);
    }

    /** How many tables there are. */
    public int tables() {
        return catalog.listNamespaces().stream()
                .mapToInt(namespace -> catalog.listTables(namespace).size())
                .sum();
    }

    private static PartitionSpec byDayOfEvent(Schema schema) {
        return PartitionSpec.builderFor(schema).day(EventTables.EVENT_TIME).build();
    }

    private void createNamespace(Namespace namespace) {
        if (!catalog.namespaceExists(namespace)) {
            try {
                catalog.createNamespace(namespace, Map.of());
            } catch (AlreadyExistsException | UncheckedSQLException e) {
                if (!catalog.namespaceExists(namespace)) {
                    throw e;
                }
                // Another process was faster; all that matters is that it is there.
            }
        }
    }

    @Override
    public void close() {
        catalog.close();
    }

    /** SQLite creates its file but not the folder it lies in. */
    private static String prepared(String uri) {
        String prefix = "jdbc:sqlite:";
        if (uri.startsWith(prefix)) {
            String path = uri.substring(prefix.length()).replaceFirst("\\?.*", "");
            Path folder = Path.of(path).toAbsolutePath().getParent();
            try {
                Files.createDirectories(folder);
            } catch (IOException e) {
                throw new UncheckedIOException("Cannot create the catalog's folder " + folder, e);
            }
        }
        return uri;
    }

    private static String absolute(String warehouse) {
        return warehouse.matches("[a-z0-9]+:.*")
                ? warehouse
                : Path.of(warehouse)
                        .toAbsolutePath()
                        .normalize()
                        .toUri()
                        .toString()
                        .replaceFirst("/$", "");
    }
}
