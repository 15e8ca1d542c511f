package dev.anabranch.lakehouse;

import dev.anabranch.event.EventType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Driver;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import org.apache.hadoop.conf.Configuration;
import org.apache.iceberg.CatalogProperties;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableProperties;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.exceptions.AlreadyExistsException;
import org.apache.iceberg.exceptions.NoSuchTableException;
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

    private final JdbcCatalog catalog;

    private Lakehouse(JdbcCatalog catalog) {
        this.catalog = catalog;
    }

    /** Opens the catalog; in a database without one, it is made. */
    public static Lakehouse open(CatalogConfig config) {
        registerDrivers();
        for (int attempt = 1; ; attempt++) {
            JdbcCatalog catalog = new JdbcCatalog();
            catalog.setConf(new Configuration());
            try {
                catalog.initialize(CATALOG, catalogProperties(config));
                return new Lakehouse(catalog);
            } catch (UncheckedSQLException e) {
                catalog.close();
                if (attempt == ATTEMPTS) {
                    throw e;
                }
                // Another process makes the catalog's tables at this moment, and made one that this one was about to:
                // it is there at the next look.
            }
        }
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
