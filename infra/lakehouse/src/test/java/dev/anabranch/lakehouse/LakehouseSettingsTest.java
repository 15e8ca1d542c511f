package dev.anabranch.lakehouse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.hadoop.conf.Configuration;
import org.apache.iceberg.Schema;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.jdbc.JdbcCatalog;
import org.apache.iceberg.types.Types;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class LakehouseSettingsTest {
    @ConfigMapping(prefix = "anabranch")
    interface Read {
        CatalogConfig catalog();
    }

    @TempDir
    Path folder;

    @Test
    void theCatalogIsAnSqliteFileUnlessToldOtherwise() {
        assertThat(Lakehouse.catalogProperties(read(Map.of("anabranch.state-dir", folder.toString()))))
                .containsEntry("uri", "jdbc:sqlite:" + folder + "/catalog.db?journal_mode=WAL&busy_timeout=30000")
                .containsEntry("warehouse", "file://" + folder + "/warehouse")
                .doesNotContainKeys("io-impl", "jdbc.user", "jdbc.password");
    }

    @Test
    void anotherDatabaseAndABucketAreAMatterOfSettings() {
        Map<String, String> properties = Lakehouse.catalogProperties(read(Map.of(
                "anabranch.catalog.uri", "jdbc:postgresql://db:5432/iceberg",
                "anabranch.catalog.user", "anabranch",
                "anabranch.catalog.password", "secret",
                "anabranch.catalog.warehouse", "s3://lake/warehouse",
                "anabranch.catalog.s3.endpoint", "http://s3:9000",
                "anabranch.catalog.s3.region", "us-east-1",
                "anabranch.catalog.s3.access-key-id", "id",
                "anabranch.catalog.s3.secret-access-key", "key",
                "anabranch.catalog.s3.path-style", "true")));
        assertThat(properties)
                .containsEntry("uri", "jdbc:postgresql://db:5432/iceberg")
                .containsEntry("warehouse", "s3://lake/warehouse")
                .containsEntry("jdbc.user", "anabranch")
                .containsEntry("jdbc.password", "secret")
                .containsEntry("io-impl", "org.apache.iceberg.aws.s3.S3FileIO")
                .containsEntry("s3.endpoint", "http://s3:9000")
                .containsEntry("client.region", "us-east-1")
                .containsEntry("s3.access-key-id", "id")
                .containsEntry("s3.secret-access-key", "key")
                .containsEntry("s3.path-style-access", "true");
    }

    @Test
    void aWarehouseThatTakesNothingIsNamed() throws IOException {
        CatalogConfig config = CatalogConfig.of("jdbc:sqlite:none", folder.resolve("a-file") + "/warehouse");
        Files.createFile(folder.resolve("a-file"));

        assertThatThrownBy(() -> Lakehouse.requireRoom(config))
                .isInstanceOf(Lakehouse.UnusableException.class)
                .hasMessageStartingWith("The warehouse " + config.warehouse() + " must take a file of 16 MiB, got: ")
                .hasMessageEndingWith("; see anabranch.catalog.warehouse and anabranch.catalog.s3.*");
    }

    @Test
    void inOneThatTakesItNothingIsLeft() {
        CatalogConfig config = CatalogConfig.under(folder);

        Lakehouse.requireRoom(config);

        assertThat(folder.resolve("warehouse")).isEmptyDirectory();
    }

    @Test
    void aCatalogThatAnEarlierIcebergMadeIsWidenedByWhoeverOpensItFirst() throws Exception {
        CatalogConfig config = read(Map.of("anabranch.state-dir", folder.toString()));
        Map<String, String> earlier = new HashMap<>(Lakehouse.catalogProperties(config));
        earlier.put("jdbc.schema-version", "V0");
        TableIdentifier name = TableIdentifier.of("old", "table");
        Schema schema = new Schema(Types.NestedField.required(1, "id", Types.LongType.get()));
        try (JdbcCatalog before = new JdbcCatalog()) {
            before.setConf(new Configuration());
            before.initialize(Lakehouse.CATALOG, earlier);
            before.createNamespace(name.namespace());
            before.createTable(name, schema);
        }
        ExecutorService processes = Executors.newFixedThreadPool(4);
        try {
            Callable<Boolean> opening = () -> {
                try (Lakehouse lakehouse = Lakehouse.open(config)) {
                    return lakehouse.find(name).isPresent();
                }
            };
            for (Future<Boolean> found : processes.invokeAll(Collections.nCopies(4, opening))) {
                assertThat(found.get()).isTrue();
            }
        } finally {
            processes.shutdown();
        }
    }

    @Test
    void aDatabaseThatDoesNotAnswerIsToldWithTheSettingToLookAt() throws IOException {
        CatalogConfig config = read(Map.of(
                "anabranch.catalog.uri",
                "jdbc:postgresql://127.0.0.1:" + closedPort() + "/iceberg",
                "anabranch.catalog.warehouse",
                folder.toString()));
        assertThatThrownBy(() -> Lakehouse.open(config))
                .isInstanceOf(Lakehouse.UnusableException.class)
                .hasMessageContaining("The catalog at " + config.uri() + " must open, got: ")
                .hasMessageContaining("efused")
                .hasMessageContaining("anabranch.catalog.uri, .user and .password");
    }

    @Test
    void aStoreThatDoesNotAnswerIsToldBeforeACatalogIsMade() throws IOException {
        CatalogConfig config = inBucket("http://127.0.0.1:" + closedPort());
        assertThatThrownBy(() -> Lakehouse.open(config))
                .isInstanceOf(Lakehouse.UnusableException.class)
                .hasMessageContaining("The bucket of s3://no-such-bucket/warehouse must be there, at http://127.0.0.1:")
                .hasMessageContaining("anabranch.catalog.warehouse and anabranch.catalog.s3.*");
        assertThat(Files.exists(folder.resolve("catalog.db"))).isFalse();
    }

    @Test
    void aBucketThatIsNotThereIsToldInTheWordsOfTheStore() throws IOException {
        byte[] answer = ("<?xml version=\"1.0\" encoding=\"UTF-8\"?><Error><Code>NoSuchBucket</Code>"
                        + "<Message>The specified bucket does not exist</Message></Error>")
                .getBytes(StandardCharsets.UTF_8);
        HttpServer store = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        store.createContext("/", exchange -> {
            exchange.getResponseHeaders().set("Content-Type", "application/xml");
            exchange.sendResponseHeaders(404, answer.length);
            exchange.getResponseBody().write(answer);
            exchange.close();
        });
        store.start();
        try {
            CatalogConfig config =
                    inBucket("http://127.0.0.1:" + store.getAddress().getPort());
            assertThatThrownBy(() -> Lakehouse.open(config))
                    .isInstanceOf(Lakehouse.UnusableException.class)
                    .hasMessageContaining("The specified bucket does not exist");
        } finally {
            store.stop(0);
        }
    }

    private CatalogConfig inBucket(String endpoint) {
        return read(Map.of(
                "anabranch.catalog.uri", "jdbc:sqlite:" + folder.resolve("catalog.db"),
                "anabranch.catalog.warehouse", "s3://no-such-bucket/warehouse",
                "anabranch.catalog.s3.endpoint", endpoint,
                "anabranch.catalog.s3.region", "us-east-1",
                "anabranch.catalog.s3.access-key-id", "id",
                "anabranch.catalog.s3.secret-access-key", "key",
                "anabranch.catalog.s3.path-style", "true"));
    }

    private static CatalogConfig read(Map<String, String> settings) {
        return new SmallRyeConfigBuilder()
                .addDefaultInterceptors()
                .withMapping(Read.class)
                .withValidateUnknown(false)
                .withDefaultValues(settings)
                .build()
                .getConfigMapping(Read.class)
                .catalog();
    }

    private static int closedPort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
